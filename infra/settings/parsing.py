"""From a stack's values to its settings: all of them, or everything that is wrong with them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from infra.settings.contradictions import contradictions
from infra.settings.problems import Problem, SettingsError, path_text, problems_of
from infra.settings.stack import SECRET_KEYS, StackSettings, known_keys

STAND_INS: Final[dict[str, object]] = {
    "accountId": "0" * 32,
    "team": "a",
    "environment": "a",
    "container": {},
}
"""For what is missing or wrong, so that the rest can be looked at."""


def parse_settings(values: Mapping[str, object]) -> StackSettings:
    """The settings in `values`: keys of the project's own namespace, without it, secrets included.

    Of the secrets only the presence counts; their values are not looked at.

    Raises:
        SettingsError: every problem at once.
    """
    plain = {key: value for key, value in values.items() if key not in SECRET_KEYS}
    secrets = {key for key in SECRET_KEYS if values.get(key)}
    try:
        settings = StackSettings.model_validate(plain)
        problems = [*missing_credential(secrets), *contradictions(settings, secrets)]
    except ValidationError as error:
        found = problems_of(error, known_keys())
        told = contradictions_of_the_rest(plain, secrets, error.errors(include_url=False))
        raise SettingsError([*found, *missing_credential(secrets), *told]) from None
    if problems:
        raise SettingsError(problems)
    return settings


def missing_credential(secrets: Collection[str]) -> Iterator[Problem]:
    if "claudeCredential" not in secrets:
        yield Problem(
            "claudeCredential",
            None,
            "is missing",
            "Set it with: pulumi config set --secret claudeCredential",
        )


def contradictions_of_the_rest(
    values: Mapping[str, Any], secrets: Collection[str], errors: Collection[ErrorDetails]
) -> Iterator[Problem]:
    """Between the settings that are right, as if the wrong ones had not been set."""
    settings = settings_of_the_rest(values, errors)
    if settings is not None:
        wrong = [path_text(whole(error, "missing", "extra_forbidden")) for error in errors]
        yield from contradictions(settings, secrets, wrong)


def settings_of_the_rest(values: Mapping[str, Any], errors: Collection[ErrorDetails]) -> StackSettings | None:
    """Without what is wrong, and without a part that then lacks a key. None where nothing is left to go."""
    rest = dict(values)
    for error in errors:
        rest = without(rest, whole(error, "missing"))
    try:
        return StackSettings.model_validate({**STAND_INS, **rest})
    except ValidationError as error:
        return None if rest == values else settings_of_the_rest(rest, error.errors(include_url=False))


def whole(error: ErrorDetails, *of_the_part: str) -> tuple[int | str, ...]:
    """Where the error is; for these types the part around it, which lacks a key or misspells one."""
    location = error["loc"]
    return location[:-1] if error["type"] in of_the_part and len(location) > 1 else location


def without(values: Mapping[str, Any], location: tuple[int | str, ...]) -> dict[str, Any]:
    """The values but for one; a list goes as a whole."""
    head, *rest = location
    inner = values.get(str(head))
    if rest and isinstance(rest[0], str) and isinstance(inner, Mapping):
        return {**values, str(head): without(inner, tuple(rest))}
    return {key: value for key, value in values.items() if key != head}
