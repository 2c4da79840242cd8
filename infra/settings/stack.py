"""The settings of one stack, whole."""

from typing import Final

from pydantic import BaseModel, Field

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
        pattern=r"^([a-z][a-z0-9]{0,15}|pr-[1-9][0-9]{0,9})$",
        description="Such as dev, staging, prod or pr-12. No other hyphen: no two stacks share a name.",
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


def known_keys(part: type[BaseModel] = StackSettings) -> list[str]:
    """Every key, at whatever depth."""
    names = [field.alias or name for name, field in part.model_fields.items()]
    nested = [field.annotation for field in part.model_fields.values()]
    parts = [one for one in nested if isinstance(one, type) and issubclass(one, BaseModel)]
    return names + [name for one in parts for name in known_keys(one)]
