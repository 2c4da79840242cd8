"""What somebody changed by hand, resource by resource: a preview sees it, a deploy puts it back, once."""

from collections.abc import Callable
from typing import Any

import pytest

from localcloud.deploy.request import Result
from tests.e2e.deployer import Config, Deployer
from tests.e2e.inventory import inventory, serving_version
from tests.e2e.releases import newest_upload, release, serve

STACK: Config = {"worker.customDomain": "claude.example.com", "alerts.emails": ["ops@example.com"]}
OTHER_IMAGE = f"registry.cloudflare.com/{'0123456789abcdef' * 2}/localcloud-process@sha256:{'e' * 64}"

Change = Callable[[Deployer], object]


def only(deployer: Deployer, path: str) -> dict[str, Any]:
    """The one resource of a list."""
    listed = deployer.call("GET", path)
    (found,) = listed["buckets"] if isinstance(listed, dict) else listed
    return dict(found)


def changed(method: str, path: str, body: Any = None) -> Change:  # noqa: ANN401
    """A call on the one resource of a list."""
    return lambda deployer: deployer.call(method, f"{path}/{only(deployer, path)['id']}", body)


def worker(**settings: Any) -> Change:  # noqa: ANN401
    return changed("PATCH", "workers/workers", settings)


def application(**fields: Any) -> Change:  # noqa: ANN401
    return changed("PATCH", "containers/applications", fields)


def roll_out(**target: str) -> Change:
    rollout = {"description": "by hand", "strategy": "rolling", "step_percentage": 100}
    path = "containers/applications"
    return lambda deployer: deployer.call(
        "POST", f"{path}/{only(deployer, path)['id']}/rollouts", {**rollout, "target_configuration": target}
    )


def rules(change: Callable[[dict[str, Any]], list[dict[str, Any]]]) -> Change:
    """Replaces the lifecycle rules of the one bucket by what is made of its one rule."""

    def put(deployer: Deployer) -> object:
        path = f"r2/buckets/{only(deployer, 'r2/buckets')['name']}/lifecycle"
        (rule,) = deployer.call("GET", path)["rules"]
        return deployer.call("PUT", path, {"rules": change(rule)})

    return put


def delete_the_bucket(deployer: Deployer) -> object:
    return deployer.call("DELETE", f"r2/buckets/{only(deployer, 'r2/buckets')['name']}")


def switch_an_alert_off(deployer: Deployer) -> object:
    policy = only(deployer, "alerting/v3/policies")
    kept = {key: policy[key] for key in ("alert_type", "name", "description", "mechanisms", "filters")}
    return deployer.call("PUT", f"alerting/v3/policies/{policy['id']}", {**kept, "enabled": False})


def deploy_a_version_by_hand(deployer: Deployer) -> None:
    """The live version's code, as somebody's own version."""
    found = only(deployer, "workers/workers")
    release(deployer.call, found, newest_upload(deployer.call, found))


def roll_back(deployer: Deployer) -> None:
    """To the version before."""
    deployer.deploy({**STACK, "claude.maxTurns": 3})
    former = serving_version(deployer.call)
    deployer.deploy(STACK)
    serve(deployer.call, only(deployer, "workers/workers"), former)


CHANGES: dict[str, tuple[Change, int]] = {
    "Worker's logs": (worker(observability={"enabled": False}), 1),
    "Worker's addresses": (worker(subdomain={"enabled": False, "previews_enabled": True}), 1),
    "Worker's tags": (worker(tags=[]), 1),
    "Worker deleted": (changed("DELETE", "workers/workers"), 6),
    "bucket deleted": (delete_the_bucket, 2),
    "lifecycle rules removed": (rules(lambda _: []), 1),
    "lifecycle rule added": (rules(lambda rule: [rule, {**rule, "id": "another"}]), 1),
    "lifecycle rule disabled": (rules(lambda rule: [{**rule, "enabled": False}]), 1),
    "domain removed": (changed("DELETE", "workers/domains"), 1),
    "alert switched off": (switch_an_alert_off, 1),
    "application's limit": (application(max_instances=1), 1),
    "application's grace": (application(rollout_active_grace_period=1), 1),
    "application's image": (roll_out(image=OTHER_IMAGE), 1),
    "application's size": (roll_out(instance_type="standard-2"), 1),
    "application deleted": (changed("DELETE", "containers/applications"), 1),
    "version deployed": (deploy_a_version_by_hand, 1),
    "version rolled back": (roll_back, 1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_by_hand_is_seen_and_put_back(deployer: Deployer, name: str) -> None:
    change, resources = CHANGES[name]
    before = state(deployer, deployer.deploy(STACK))
    change(deployer)
    assert changes(deployer.preview(STACK)) == resources
    repaired = deployer.deploy(STACK)
    assert changes(repaired) == resources
    assert state(deployer, repaired) == before
    deployer.calls()
    assert changes(deployer.deploy(STACK)) == 0
    assert deployer.writes() == []


def state(deployer: Deployer, result: Result) -> Any:  # noqa: ANN401
    return inventory(deployer.call), serving_version(deployer.call) == result.outputs["worker_version"]


def changes(result: Result) -> int:
    """How many resources were made or changed."""
    return sum(count for what, count in result.counts.items() if what != "unchanged")
