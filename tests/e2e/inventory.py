"""What is on the account, without what differs from one making of a thing to the next: ids and times."""

from typing import Any, Final

from tests.e2e.deployer import Deployer

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


def inventory(deployer: Deployer) -> dict[str, Any]:
    buckets = deployer.call("GET", "r2/buckets")["buckets"]
    found = {
        "buckets": buckets,
        "rules": [deployer.call("GET", f"r2/buckets/{one['name']}/lifecycle") for one in buckets],
        "workers": deployer.call("GET", "workers/workers"),
        "domains": deployer.call("GET", "workers/domains"),
        "alerts": deployer.call("GET", "alerting/v3/policies"),
        "applications": deployer.call("GET", "containers/applications"),
    }
    return {kind: lasting(one) for kind, one in found.items()}


def lasting(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: lasting(one) for key, one in value.items() if key not in PASSING}
    return [lasting(one) for one in value] if isinstance(value, list) else value


def serving_version(deployer: Deployer) -> str:
    """The version that has all traffic of the one Worker."""
    (worker,) = deployer.call("GET", "workers/workers")
    newest = deployer.call("GET", f"workers/scripts/{worker['name']}/deployments")["deployments"][0]
    (only,) = newest["versions"]
    return str(only["version_id"])
