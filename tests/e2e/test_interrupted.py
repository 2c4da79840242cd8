"""A failure at every single API call of an `up` and of a `destroy`: the next run ends where it should.

Each call takes effect before its answer is lost: what a failure before it leaves is a part of that.
"""

from collections.abc import Iterator

import pytest

from localcloud.home import Home
from tests.e2e.cloud import Cloud

MOST_CALLS = 60
CREATED_ONCE = {"r2/buckets", "workers/workers", "containers/applications"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    cloud = Cloud(Home(tmp_path_factory.mktemp("interrupted") / "home"))
    cloud.start()
    yield cloud
    cloud.command("stop")


def fail_call(site: Cloud, number: int) -> None:
    fault = {"skipped": number, "status": 500, "is_late": True}
    with site.control_plane as client:
        client.put("/localcloud/faults", json={"faults": [fault]}).raise_for_status()


def was_hit(site: Cloud) -> bool:
    with site.control_plane as client:
        return bool(client.get("/localcloud/faults").json()["result"] == [])


def counts(site: Cloud) -> dict[str, int]:
    with site.control_plane as client:
        account = f"/accounts/{client.get('/accounts').json()['result'][0]['id']}"
        lists = {path: client.get(f"{account}/{path}").json()["result"] for path in CREATED_ONCE}
    return {path: len(one["buckets"] if isinstance(one, dict) else one) for path, one in lists.items()}


def run(site: Cloud, command: str, number: int) -> bool:
    """One run with a failure at a call, then one without; False once the run makes fewer calls."""
    fail_call(site, number)
    site.attempt(command)
    hit = was_hit(site)
    site.clear_faults()
    site.command(command)
    return hit


def test_every_call_of_up_and_destroy_may_fail(site: Cloud) -> None:
    hits = 0
    for number in range(MOST_CALLS):
        was_up_hit = run(site, "deploy", number)
        assert set(counts(site).values()) == {1}, (number, counts(site))
        was_destroy_hit = run(site, "destroy", number)
        assert set(counts(site).values()) == {0}, (number, counts(site))
        hits += was_up_hit + was_destroy_hit
        if not (was_up_hit or was_destroy_hit):
            break
    assert hits > 15
