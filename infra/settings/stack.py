"""The settings of one stack, whole."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel, Field, ValidationError

from infra.settings.alerts import AlertsPart
from infra.settings.parts import (
    ClaudePart,
    Client,
    ContainerPart,
    DurableObjectsPart,
    EgressPart,
    Instant,
    LimitsPart,
    Part,
    ResultsPart,
    WorkerPart,
)
from infra.settings.problems import Problem, SettingsError, problems_of

SECRET_KEYS: Final = ("claudeCredential", "serverAuthToken")
"""Set with `pulumi config set --secret`; they are never part of `StackSettings`."""

DEFAULT_CLIENT: Final = "default"
"""The client whose token is the secret `serverAuthToken`, as in the seed."""

CLASSES: Final = ("Sandbox", "Task", "TaskQueue")
"""The Durable Object classes that the Worker's code exports."""


class StackSettings(Part):
    """Everything that a stack may set. Source: `Pulumi.<team>-<environment>.yaml`."""

    account_id: str = Field(
        pattern=r"^[0-9a-f]{32}$", description="Cloudflare account: 32 hexadecimal characters."
    )
    team: str = Field(
        pattern=r"^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$",
        description="Team that owns the stack; part of every name.",
    )
    environment: str = Field(
        pattern=r"^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$", description="Such as dev, staging, prod or pr-12."
    )
    ephemeral: bool = Field(
        default=False,
        description="A stack to be thrown away: its bucket is not protected. Off, so that results are safe.",
    )
    worker: WorkerPart = Field(default_factory=WorkerPart, description="Name and addresses.")
    container: ContainerPart = Field(description="What runs a task: image, size, number.")
    claude: ClaudePart = Field(default_factory=ClaudePart, description="How Claude Code runs.")
    clients: tuple[Client, ...] = Field((), max_length=100, description="Who may call.")
    server_auth_token_not_after: Instant | None = Field(
        None, description="End of the secret serverAuthToken, ISO 8601 with offset."
    )
    results: ResultsPart = Field(default_factory=ResultsPart, description="The bucket of results.")
    limits: LimitsPart = Field(default_factory=LimitsPart, description="Bounds of tasks and queue.")
    egress: EgressPart = Field(default_factory=EgressPart, description="What a sandbox may reach.")
    durable_objects: DurableObjectsPart = Field(
        default_factory=DurableObjectsPart, description="Life cycle of the Durable Object classes."
    )
    alerts: AlertsPart = Field(default_factory=AlertsPart, description="Whom Cloudflare tells of what.")

    @property
    def is_production(self) -> bool:
        return self.environment in {"prod", "production"}


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
    except ValidationError as error:
        raise SettingsError([*problems_of(error, known_keys()), *missing_credential(secrets)]) from None
    problems = [*missing_credential(secrets), *contradictions(settings, secrets)]
    if problems:
        raise SettingsError(problems)
    return settings


def known_keys(part: type[BaseModel] = StackSettings) -> list[str]:
    """Every key, at whatever depth."""
    names = [field.alias or name for name, field in part.model_fields.items()]
    nested = [field.annotation for field in part.model_fields.values()]
    parts = [one for one in nested if isinstance(one, type) and issubclass(one, BaseModel)]
    return names + [name for one in parts for name in known_keys(one)]


def missing_credential(secrets: set[str]) -> Iterator[Problem]:
    if "claudeCredential" not in secrets:
        yield Problem(
            "claudeCredential",
            None,
            "is missing",
            "Set it with: pulumi config set --secret claudeCredential",
        )


def contradictions(settings: StackSettings, secrets: set[str]) -> Iterator[Problem]:
    """Relations between settings that are each right on their own."""
    yield from _container_contradictions(settings)
    yield from _client_contradictions(settings, secrets)
    yield from _class_contradictions(settings.durable_objects)
    yield from _alert_contradictions(settings.alerts)
    limits = settings.limits
    if limits.default_timeout_ms > limits.max_timeout_ms:
        yield Problem(
            "limits.defaultTimeoutMs",
            str(limits.default_timeout_ms),
            f"is more than limits.maxTimeoutMs ({limits.max_timeout_ms})",
            "Lower it, or raise maxTimeoutMs",
        )
    if limits.max_task_bytes > limits.max_body_bytes:
        yield Problem(
            "limits.maxTaskBytes",
            str(limits.max_task_bytes),
            f"is more than limits.maxBodyBytes ({limits.max_body_bytes})",
            "Lower it, or raise maxBodyBytes",
        )
    worker = settings.worker
    if not (worker.workers_dev or worker.custom_domain or worker.url):
        yield Problem(
            "worker", None, "has no address", "Set worker.customDomain, or turn worker.workersDev on"
        )


def _container_contradictions(settings: StackSettings) -> Iterator[Problem]:
    container = settings.container
    if (container.image is None) != container.build:
        rule = "both image and build are set" if container.build else "neither image nor build is set"
        yield Problem("container", None, rule, "Name container.image by digest, or set container.build: true")
    longest_seconds = settings.limits.max_timeout_ms / 1000
    if container.rollout_grace_seconds < longest_seconds:
        yield Problem(
            "container.rolloutGraceSeconds",
            str(container.rollout_grace_seconds),
            f"is less than the longest task ({longest_seconds:g} s), which a rollout would cut",
            "Raise it, or lower limits.maxTimeoutMs",
        )


def _client_contradictions(settings: StackSettings, secrets: set[str]) -> Iterator[Problem]:
    names = [client.name for client in settings.clients]
    if "serverAuthToken" in secrets:
        names.append(DEFAULT_CLIENT)
    if not names:
        yield Problem(
            "clients",
            None,
            "nobody could call the service",
            "Set a token with: pulumi config set --secret serverAuthToken, or list clients",
        )
    for name in sorted({one for one in names if names.count(one) > 1}):
        yield Problem("clients", f'"{name}"', "is named twice", "Give each client a name of its own")


def _class_contradictions(part: DurableObjectsPart) -> Iterator[Problem]:
    if part.migration and part.flow == "exports":
        yield Problem(
            "durableObjects.migration", None, "needs the flow migrations", "Set durableObjects.flow"
        )
    if part.renamed and part.flow == "migrations":
        yield Problem("durableObjects.renamed", None, "needs the flow exports", "Set durableObjects.flow")
    for name in sorted(set(CLASSES).intersection([*part.deleted, *part.renamed])):
        yield Problem(
            "durableObjects", f'"{name}"', "is a class that the code has", "Remove it from the list"
        )
    for name in sorted(set(part.renamed.values()) - set(CLASSES)):
        yield Problem(
            "durableObjects.renamed", f'"{name}"', "is no class of the code", f"Use one of {CLASSES}"
        )


def _alert_contradictions(part: AlertsPart) -> Iterator[Problem]:
    if part.usage and not part.has_receivers:
        yield Problem("alerts.usage", None, "has nobody to tell", "Add an address to alerts.emails")
    if part.has_receivers and not (part.incidents or part.usage):
        yield Problem("alerts", None, "has nothing to tell", "Set alerts.incidents or alerts.usage")
