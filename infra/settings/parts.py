"""The parts of a stack's settings. Each field's description says its unit, and what its default protects."""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from infra.versions import CLAUDE_CODE_VERSION

MAX_INSTANCES: Final = 1_000
MAX_TOKENS: Final = 4
"""Of one client; a rotation needs two."""

Hostname = Annotated[
    str,
    StringConstraints(
        min_length=4, max_length=253, pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$"
    ),
]


def require_text(value: object) -> object:
    """A number would be read as seconds since 1970."""
    if not isinstance(value, str):
        raise ValueError("must be ISO 8601 text with an offset, such as 2027-01-31T00:00:00Z")  # noqa: TRY004 - pydantic's
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(require_text)]
MigrationTag = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
ClassName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_$][A-Za-z0-9_$]{0,63}$")]


class Part(BaseModel):
    """Frozen, camelCase in YAML, closed: an unknown key is a mistake, never ignored. Numbers are numbers."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )


class Observability(Part):
    """Workers Logs of the service."""

    enabled: bool = Field(
        default=True,
        description="Keep the logs of Worker and containers. On, so that a failure can be explained.",
    )
    head_sampling_rate: float = Field(
        1.0, ge=0, le=1, strict=True, description="Share of requests that is logged, 0 to 1. 1 loses none."
    )


class WorkerPart(Part):
    """The Worker: its name and its addresses."""

    name: str | None = Field(
        None,
        pattern=r"^[a-z]([a-z0-9-]{0,52}[a-z0-9])?$",
        description="Name of the Worker. Default: claude-sandbox-<team>-<environment>.",
    )
    workers_dev: bool = Field(
        default=True,
        description="Serve at <name>.<subdomain>.workers.dev. On; turn it off when a custom domain serves.",
    )
    custom_domain: Hostname | None = Field(
        None, description="Hostname in one of the account's zones, such as sandbox.example.com."
    )
    url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/]+(:\d+)?$",
        description="Address when the service is reached another way, as localcloud's is. No trailing slash.",
    )
    answer_timeout_seconds: int = Field(
        300,
        ge=1,
        le=3_600,
        strict=True,
        description="Seconds that `up` waits until the new version answers. A new hostname takes minutes.",
    )
    observability: Observability = Field(default_factory=Observability, description="Workers Logs.")


class ContainerPart(Part):
    """The container application: what runs, how large, how many."""

    image: str | None = Field(
        None,
        pattern=r"^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$",
        description="Image by digest: repository:tag@sha256:... Built once, promoted through environments. "
        "The version that its tag begins with must be that of the Worker's SDK.",
    )
    build: bool = Field(
        default=False,
        description="Build container/ with Docker and push it, instead of naming an image.",
    )
    instance_type: Literal["lite", "basic", "standard-1", "standard-2", "standard-3", "standard-4"] = Field(
        "standard-1", description="Size of an instance. standard-1 has the disk that the image needs."
    )
    max_instances: int = Field(
        5,
        ge=1,
        le=MAX_INSTANCES,
        strict=True,
        description="Tasks that run at once. 5 bounds what a loop can cost.",
    )
    rollout_grace_seconds: int = Field(
        900,
        ge=0,
        le=86_400,
        strict=True,
        description="Seconds that a busy instance is left alone by a rollout. At least the longest task.",
    )
    rollout_timeout_seconds: int = Field(
        1_800,
        ge=1,
        le=7_200,
        strict=True,
        description="Seconds that `up` waits for a rollout before it fails and says at which step it stands.",
    )


class ClaudePart(Part):
    """How Claude Code runs."""

    credential: Literal["apiKey", "oauthToken"] = Field(
        "apiKey",
        description="Kind of the secret claudeCredential. oauthToken is one person's subscription.",
    )
    base_url: str = Field(
        "https://api.anthropic.com",
        pattern=r"^https?://[^\s/]+(/[^\s]*)?$",
        description="The model's API. Only the Worker reaches it; the sandbox never sees the credential.",
    )
    model: str | None = Field(
        None,
        max_length=100,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@/\[\]-]*$",
        description="Model for `claude --model`. Default: Claude Code's.",
    )
    permission_mode: Literal["acceptEdits", "auto", "default", "dontAsk", "manual", "plan"] = Field(
        "acceptEdits",
        description="`claude --permission-mode`. bypassPermissions is refused by the CLI as root.",
    )
    max_turns: int | None = Field(
        None, ge=1, strict=True, description="Most turns of one task. Default: none."
    )
    max_budget_usd: float | None = Field(
        None,
        gt=0,
        strict=True,
        description="Most that one task may cost at the model, in USD. Default: none.",
    )
    version: str = Field(
        CLAUDE_CODE_VERSION,
        pattern=r"^\d+\.\d+\.\d+$",
        description="Claude Code in an image that is built here. Default: the version that is tested.",
    )


class Token(Part):
    """One token of a client, known by its digest only."""

    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the token, as `claude-sandbox generate-token` says.",
    )
    not_after: Instant | None = Field(
        None, description="End of the token, ISO 8601 with offset. Without one it never ends."
    )


class Client(Part):
    """A caller of the service."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,38}$", description="Name in the logs; tasks belong to it."
    )
    scopes: tuple[Literal["tasks:read", "tasks:write"], ...] = Field(
        ("tasks:read", "tasks:write"), min_length=1, description="What the client may do. Default: both."
    )
    tokens: tuple[Token, ...] = Field(
        min_length=1, max_length=MAX_TOKENS, description="Its tokens. Two while one replaces the other."
    )


class ResultsPart(Part):
    """The bucket of results."""

    bucket_name: str | None = Field(
        None,
        pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",
        description="Name of the bucket. Default: <worker>-results.",
    )
    retention_days: int = Field(
        30,
        ge=1,
        le=365,
        strict=True,
        description="Days until a result is deleted. 30 keeps no data for ever.",
    )
    jurisdiction: Literal["default", "eu", "fedramp"] = Field(
        "default", description="Where the data must stay. Fixed when the bucket is made."
    )


class LimitsPart(Part):
    """Bounds of one task and of the queue."""

    default_timeout_ms: int = Field(
        300_000, ge=1_000, strict=True, description="Milliseconds of a task that names no timeout."
    )
    max_timeout_ms: int = Field(
        600_000, ge=1_000, le=3_600_000, strict=True, description="Most milliseconds that a task may ask for."
    )
    max_body_bytes: int = Field(
        1_048_576, ge=1_024, le=8_388_608, strict=True, description="Largest request body, in bytes."
    )
    max_task_bytes: int = Field(
        262_144, ge=1, le=4_194_304, strict=True, description="Largest task text, in bytes of UTF-8."
    )
    max_inline_output_bytes: int = Field(
        4_194_304,
        ge=1_024,
        le=8_388_608,
        strict=True,
        description="Most bytes of `stdout` and of `stderr` in an answer; all of them are in the bucket. "
        "More would not fit into the Worker's 128 MB.",
    )
    max_queued_tasks: int = Field(
        100, ge=0, le=10_000, strict=True, description="Tasks that may wait; one more is answered 503."
    )
    max_requests_per_minute: int = Field(
        600,
        ge=1,
        le=1_000_000,
        strict=True,
        description="Calls of POST /execute by one client in a minute; one more is answered 429. "
        "Ten a second leave the queue to other clients.",
    )


class EgressPart(Part):
    """What a sandbox may reach besides the model."""

    allowed_hosts: tuple[Hostname, ...] = Field(
        (), max_length=50, description="Hostnames. None, so that an injected prompt has nowhere to send data."
    )


class Migration(Part):
    """One step of the legacy flow. Remove it once it is deployed: it can't be sent twice."""

    new_tag: MigrationTag = Field(description="The tag after this step.")
    old_tag: MigrationTag | None = Field(None, description="The tag that is live now.")
    new_sqlite_classes: tuple[ClassName, ...] = Field((), description="Classes that do not exist yet.")


class DurableObjectsPart(Part):
    """The life cycle of the Durable Object classes."""

    flow: Literal["exports", "migrations"] = Field(
        "exports", description="exports is declarative. migrations is for a Worker that must stay on it."
    )
    renamed: dict[ClassName, ClassName] = Field(
        default_factory=dict, description="Live class to its new name. The data stays. Flow exports only."
    )
    deleted: tuple[ClassName, ...] = Field(
        (), description="Classes to delete WITH ALL THEIR DATA. Never one that the code still has."
    )
    migration: Migration | None = Field(None, description="The step to apply now. Flow migrations only.")
