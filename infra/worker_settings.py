"""The plain binding `SETTINGS`: what the stack tells the Worker. worker/src/settings.ts reads it."""

import json
from typing import Any

from infra.settings import StackSettings


def worker_settings(settings: StackSettings, worker_name: str) -> str:
    """JSON with sorted keys, so that the same settings are the same version."""
    return json.dumps(document(settings, worker_name), separators=(",", ":"), sort_keys=True)


def document(settings: StackSettings, worker_name: str) -> dict[str, Any]:
    claude = settings.claude.model_dump(mode="json", by_alias=True, exclude={"version"})
    return {
        "service": worker_name,
        "team": settings.team,
        "environment": settings.environment,
        "claude": claude,
        "limits": settings.limits.model_dump(mode="json", by_alias=True),
        "container": {"maxInstances": settings.container.max_instances},
        "results": {"retentionDays": settings.results.retention_days},
        "egress": {"allowedHosts": [*settings.egress.allowed_hosts]},
    }
