"""Names: logical ones, which never change and never hold a setting, and physical ones, which are per team."""

from dataclasses import dataclass
from typing import Final

PROJECT: Final = "autonomous-claude-sandbox"
"""Name of the Pulumi project, and so the namespace of its configuration."""

SERVICE: Final = "claude-sandbox"
PROVIDER: Final = "cloudflare"
BUILDER: Final = "docker"
RESULTS_BUCKET: Final = "results"
BUCKET_CONTENTS: Final = "results-contents"
CONTAINER_IMAGE: Final = "image"
WORKER: Final = "worker"
CONTAINER_APPLICATION: Final = "container-application"
LIVE_CHECK: Final = "live-check"
ALERTS: Final = "alerts"
DESTROY_GUARD: Final = "destroy-guard"


def type_token(component: str) -> str:
    """The Pulumi type of one of our components, such as `claude-sandbox:infra:ResultsBucket`."""
    return f"claude-sandbox:infra:{component}"


@dataclass(frozen=True)
class PhysicalNames:
    """What Cloudflare's dashboard shows. Two teams on one account never share one."""

    worker: str
    bucket: str
    application: str


def physical_names(
    team: str, environment: str, *, worker: str | None = None, bucket: str | None = None
) -> PhysicalNames:
    """The names of one stack's resources.

    Args:
        team: lower-case letters, digits and hyphens.
        environment: the same.
        worker: instead of `claude-sandbox-<team>-<environment>`; the other names follow it.
        bucket: instead of `<worker>-results`.
    """
    worker_name = worker or f"claude-sandbox-{team}-{environment}"
    return PhysicalNames(
        worker=worker_name,
        bucket=bucket or f"{worker_name}-results",
        application=f"{worker_name}-sandbox",
    )
