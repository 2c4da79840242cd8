"""The Workers API's refusals.

Numbers come from the fact sheet named; 1001 is localcloud's where no source has one.
"""

from pydantic import JsonValue

from localcloud.control_plane.errors import NO_RETRY, ApiError


class WorkerNotFoundError(ApiError):
    """10007, as wrangler matches it."""

    def __init__(self) -> None:
        super().__init__(404, 10007, "This Worker does not exist on your account.")


class WorkerExistsError(ApiError):
    """409 (pulumi-cloudflare-wire.md 4, inferred). Not worth a retry, which would last three minutes."""

    def __init__(self, name: str) -> None:
        super().__init__(409, 1001, f"A Worker named '{name}' already exists.", headers=NO_RETRY)


class VersionNotFoundError(ApiError):
    """100146 (cloudflare-containers-api.md 3.2)."""

    def __init__(self) -> None:
        super().__init__(404, 100146, "Worker version not found.")


class DeploymentNotFoundError(ApiError):
    """404; the number is unconfirmed."""

    def __init__(self) -> None:
        super().__init__(404, 1001, "Worker deployment not found.")


class DomainNotFoundError(ApiError):
    """404; the number is unconfirmed."""

    def __init__(self) -> None:
        super().__init__(404, 1001, "Custom domain not found.")


class DomainTakenError(ApiError):
    """100116: another Worker's custom domain holds the host (pulumi.md 2.3). The status is unconfirmed."""

    def __init__(self, hostname: str) -> None:
        message = f"Hostname '{hostname}' already has a custom domain of another Worker."
        super().__init__(409, 100116, message, headers=NO_RETRY)


class BucketBindingError(ApiError):
    """10085, as wrangler prints it."""

    def __init__(self, bucket: str) -> None:
        super().__init__(
            400, 10085, f"R2 bucket '{bucket}' not found. Please use a different name and try again."
        )


class ClassBindingError(ApiError):
    """10061: the class is no Durable Object class of this Worker (cloudflare-containers-api.md 4)."""

    def __init__(self, class_name: str) -> None:
        super().__init__(
            400,
            10061,
            f"Cannot create binding for class '{class_name}' because it is not currently configured to"
            " implement Durable Objects.",
        )


class ContainerClassError(ApiError):
    """`containers` names no SQLite-backed class of this Worker (pulumi.md 1.6). The number is unconfirmed."""

    def __init__(self, class_name: str) -> None:
        super().__init__(
            400,
            10061,
            f"Cannot attach a container to class '{class_name}': it is no Durable Object class of this Worker"
            " with SQLite storage.",
        )


class MigrationTagError(ApiError):
    """10079 with 412 (pulumi.md 1.6; seen in golden traffic)."""

    def __init__(self, current_tag: str | None) -> None:
        tag = f"'{current_tag}'" if current_tag else "unset"
        super().__init__(412, 10079, f"Migration tag precondition failed; current tag is {tag}.")


class MigrationClassError(ApiError):
    """10074: a class that must not exist does, or the reverse.

    That one number serves all cases is unconfirmed.
    """

    def __init__(self, message: str) -> None:
        super().__init__(400, 10074, message)


class MigrationsAfterExportsError(ApiError):
    """100403: `exports` and `migrations` exclude each other, and the way is one-way (pulumi.md 1.6)."""

    def __init__(self, message: str) -> None:
        super().__init__(400, 100403, message)


class ReconciliationError(ApiError):
    """100402 with `meta.details` (cloudflare-containers-api.md 3.1); scenarios are the official SDK's."""

    def __init__(self, details: list[JsonValue]) -> None:
        super().__init__(
            400, 100402, "Durable Object exports could not be reconciled.", meta={"details": details}
        )


class StartupError(ApiError):
    """10021: the module does not start.

    Cloudflare tells at upload; here only the data plane, at deployment, can.
    """

    def __init__(self, message: str) -> None:
        super().__init__(400, 10021, message)
