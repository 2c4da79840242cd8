"""What is on the account, without what differs from one making of a thing to the next: ids and times."""

from typing import Any, Final

from tests.e2e.releases import Call

PASSING: Final = frozenset(
    {
        "id",
        "created",
        "created_at",
        "created_on",
        "creation_date",
        "deployed_on",
        "durable_objects",
        "health",
        "modified",
        "references",
        "updated_at",
        "updated_on",
        "version",
    }
)


def inventory(call: Call) -> dict[str, Any]:
    buckets = call("GET", "r2/buckets")["buckets"]
    found = {
        "buckets": buckets,
        "rules": [call("GET", f"r2/buckets/{one['name']}/lifecycle") for one in buckets],
        "workers": call("GET", "workers/workers"),
        "domains": call("GET", "workers/domains"),
        "alerts": call("GET", "alerting/v3/policies"),
        "applications": call("GET", "containers/applications"),
    }
    return {kind: lasting(one) for kind, one in found.items()}


def lasting(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: lasting(one) for key, one in value.items() if key not in PASSING}
    return [lasting(one) for one in value] if isinstance(value, list) else value


def serving_version(call: Call) -> str:
    """The version that has all traffic of the one Worker."""
    (worker,) = call("GET", "workers/workers")
    newest = call("GET", f"workers/scripts/{worker['name']}/deployments")["deployments"][0]
    (only,) = newest["versions"]
    return str(only["version_id"])
