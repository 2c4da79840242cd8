"""Reads the configuration of the running Pulumi program: the only file that does."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi.runtime.config import CONFIG, get_config, get_config_env

from infra.naming import PROJECT
from infra.settings.parsing import parse_settings
from infra.settings.problems import SettingsError
from infra.settings.stack import StackSettings


class FlatConfig:
    """The stack's configuration by full key, as dynamic providers are given it."""

    def get(self, key: str) -> str | None:
        value = get_config(key)
        return None if value is None else str(value)


@dataclass(frozen=True)
class ProviderConfig:
    """How Cloudflare is reached. None means what the environment says: `CLOUDFLARE_API_TOKEN` and so on.

    `connection` is for calls of the program itself: before the first resource, and for an image's push.
    """

    api_token: pulumi.Output[str] | None
    base_url: str | None
    connection: FlatConfig


@dataclass(frozen=True)
class Secrets:
    """Pulumi secrets, end to end."""

    claude_credential: pulumi.Output[str]
    server_auth_token: pulumi.Output[str] | None


@dataclass(frozen=True)
class StackConfig:
    """All that the program is told."""

    settings: StackSettings
    secrets: Secrets
    provider: ProviderConfig


def load_stack_config() -> StackConfig:
    """The running stack's configuration.

    Raises:
        pulumi.RunError: settings that can't be used, all problems at once. Nothing has been declared yet.
    """
    cloudflare = pulumi.Config("cloudflare")
    try:
        settings = parse_settings({key: _value(key, text) for key, text in _own_texts().items()})
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None
    warn_of_another_name(settings)
    return StackConfig(
        settings=settings,
        secrets=Secrets(required_secret("claudeCredential"), optional_secret("serverAuthToken")),
        provider=ProviderConfig(cloudflare.get_secret("apiToken"), cloudflare.get("baseUrl"), FlatConfig()),
    )


def warn_of_another_name(settings: StackSettings) -> None:
    """Names keep stacks apart: two of one team and environment would own the same resources."""
    expected, actual = f"{settings.team}-{settings.environment}", pulumi.get_stack()
    if actual != expected and not settings.ephemeral:
        pulumi.log.warn(
            f"the stack {actual} owns what is named after {expected}, as another stack might; give it that "
            f"name: pulumi stack rename {expected}"
        )


def namespaces() -> tuple[str, ...]:
    """Ours, and that of a project which `pulumi new` has given a name of its own; the latter wins."""
    return (PROJECT, pulumi.get_project())


def required_secret(key: str) -> pulumi.Output[str]:
    """One that `parse_settings` has found to be there."""
    secret = optional_secret(key)
    assert secret is not None, key  # noqa: S101
    return secret


def optional_secret(key: str) -> pulumi.Output[str] | None:
    found = [pulumi.Config(one).get_secret(key) for one in reversed(namespaces())]
    return next((one for one in found if one is not None), None)


def _own_texts() -> Mapping[str, str]:
    texts = {**get_config_env(), **CONFIG.get()}
    return {
        key.removeprefix(f"{one}:"): str(text)
        for one in namespaces()
        for key, text in texts.items()
        if key.startswith(f"{one}:")
    }


def _value(key: str, text: str) -> object:
    """Pulumi hands every value over as text: a string as it is, everything else as JSON."""
    field = next((one for one in StackSettings.model_fields.values() if one.alias == key), None)
    if field is None or field.annotation is str:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
