"""Every call of an `up`, of a change and of a `destroy` fails once; the next run ends where it should."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest

from localcloud.deploy.request import Operation, Result
from tests.e2e.deployer import Config, Deployer
from tests.e2e.inventory import inventory, serving_version
from tests.e2e.releases import module, newest_upload, release

KINDS: tuple[dict[str, Any], ...] = (
    {"status": 500},
    {"status": 500, "is_late": True},
    {"status": 429, "allows_retry": True},
    {"is_cut": True},
    {"is_cut": True, "is_late": True},
)
"""Before and after the call takes effect: each call meets one of them, and each kind of call several."""


STORING = """
import { DurableObject } from "cloudflare:workers";
export class Sandbox extends DurableObject {}
export class Task extends DurableObject {}
export class TaskQueue extends DurableObject {}
export default {
  async fetch(request, env) {
    for (const key of ["events.jsonl", "result.json"]) await env.RESULTS.put(`tasks/1/${key}`, "{}");
    return new Response("stored");
  },
};
"""


def image(digit: str) -> str:
    repository = f"registry.cloudflare.com/{'0123456789abcdef' * 2}/localcloud-process"
    return f"{repository}@sha256:{digit * 64}"


STACKS: tuple[Config, Config] = (
    {"container.image": image("a"), "alerts.emails": ["ops@example.com"]},
    {"container.image": image("b"), "claude.maxTurns": 3, "worker.customDomain": "claude.example.com"},
)
"""From one to the other is another version, another image, one resource less and one more."""


@pytest.fixture(scope="module")
def undisturbed(deployer: Deployer) -> Iterator[list[dict[str, Any]]]:
    """What each of the stacks is on the account when nothing fails."""
    found = []
    for config in STACKS:
        deployer.destroy()
        deployer.deploy(config)
        found.append(inventory(deployer.call))
    deployer.destroy()
    yield found
    deployer.own_call("PUT", "faults", {"faults": []})
    deployer.destroy()


def fails_at(deployer: Deployer, number: int, operation: Operation, config: Config) -> bool:
    """One run whose call of this number fails; False where it makes fewer calls."""
    fault = {**KINDS[number % len(KINDS)], "skipped": number}
    deployer.own_call("PUT", "faults", {"faults": [fault]})
    deployer.attempt(operation, config)
    was_hit = bool(deployer.own_call("GET", "faults") == [])
    deployer.own_call("PUT", "faults", {"faults": []})
    return was_hit


def has_converged(deployer: Deployer, config: Config, expected: dict[str, Any]) -> Result:
    """A run without failures ends in the expected state, and leaves nothing to do for the next one."""
    result = deployer.deploy(config)
    assert inventory(deployer.call) == expected
    assert serving_version(deployer.call) == result.outputs["worker_version"]
    deployer.calls()
    assert set(deployer.deploy(config).counts) == {"unchanged"}
    assert deployer.writes() == []
    return result


def store_results(deployer: Deployer, url: str) -> None:
    """Objects in the bucket, as tasks leave them: a version that stores two is deployed by hand."""
    (worker,) = deployer.call("GET", "workers/workers")
    upload = newest_upload(deployer.call, worker)
    storing = {"main_module": "storing.js", "modules": [module("storing.js", STORING)]}
    release(deployer.call, worker, upload | storing)
    assert httpx.get(url).text == "stored"


def test_every_call_of_an_up_and_of_a_destroy_may_fail(
    deployer: Deployer, undisturbed: list[dict[str, Any]]
) -> None:
    up_calls, destroy_calls = 0, 0
    for number in count():
        was_up_hit = fails_at(deployer, number, "deploy", STACKS[0])
        result = has_converged(deployer, STACKS[0], undisturbed[0])
        if destroy_calls == number:
            store_results(deployer, str(result.outputs["worker_url"]))
            destroy_calls += fails_at(deployer, number, "destroy", STACKS[0])
        deployer.destroy()
        assert not any(inventory(deployer.call).values())
        if not was_up_hit:
            break
        up_calls += 1
    assert (up_calls > 14, destroy_calls > 7) == (True, True), (up_calls, destroy_calls)


def test_every_call_of_a_change_may_fail(deployer: Deployer, undisturbed: list[dict[str, Any]]) -> None:
    deployer.deploy(STACKS[0])
    for number in count(1):
        config, expected = STACKS[number % 2], undisturbed[number % 2]
        was_hit = fails_at(deployer, number - 1, "deploy", config)
        has_converged(deployer, config, expected)
        if not was_hit:
            break
    assert number > 20
