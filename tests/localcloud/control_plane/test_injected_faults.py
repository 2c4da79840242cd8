"""A failure that a test asks for hits the call that it names, as it says, and no other."""

from collections.abc import Iterator
from typing import Any

import cloudflare
import httpx
import pytest
from cloudflare import Cloudflare

from localcloud.control_plane.platform import ACCOUNT_ID
from tests.localcloud.conftest import API_TOKEN, Cloud

FAULTS = "/localcloud/faults"
CREATE = ("POST", "/r2/buckets", {"name": "one"})
MINUTE_MS = 60_000


@pytest.fixture
def site(cloud: Cloud) -> Iterator[Cloud]:
    yield cloud
    inject(cloud)


def inject(cloud: Cloud, *faults: dict[str, Any]) -> None:
    cloud.send("PUT", FAULTS, json={"faults": faults}).raise_for_status()


def sdk(cloud: Cloud) -> Cloudflare:
    """A client that repeats a failed call once."""
    base_url = f"{str(cloud.client.base_url).rstrip('/')}/client/v4"
    return Cloudflare(api_token=API_TOKEN, base_url=base_url, max_retries=1)


def buckets(cloud: Cloud) -> list[str]:
    return [one["name"] for one in cloud.result("GET", "/r2/buckets")["buckets"]]


def test_a_status_comes_in_place_of_the_call(site: Cloud) -> None:
    inject(site, {"status": 503, "code": 7})
    assert (site.refusal(*CREATE), buckets(site)) == ((503, 7), [])


def test_a_late_one_comes_after_the_call(site: Cloud) -> None:
    inject(site, {"is_late": True})
    assert (site.refusal(*CREATE)[0], buckets(site)) == (500, ["one"])


@pytest.mark.parametrize(("is_late", "there"), [(False, []), (True, ["one"])])
def test_a_cut_ends_the_connection(site: Cloud, *, is_late: bool, there: list[str]) -> None:
    inject(site, {"is_cut": True, "is_late": is_late})
    with pytest.raises(httpx.TransportError):
        site.call(*CREATE)
    assert buckets(site) == there


def test_a_method_and_a_part_of_the_path_choose_the_call(site: Cloud) -> None:
    inject(site, {"method": "POST", "path_contains": "/r2/", "times": 9})
    assert buckets(site) == []
    assert site.result("POST", "/workers/workers", {"name": "demo"})
    assert site.refusal(*CREATE)[0] == 500


def test_the_first_calls_may_pass_and_the_last_ones_too(site: Cloud) -> None:
    inject(site, {"skipped": 1, "times": 2})
    statuses = [site.call("GET", "/r2/buckets")[0] for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


def test_an_answer_may_be_so_slow_that_the_caller_gives_up(site: Cloud) -> None:
    inject(site, {"status": None, "delay_ms": MINUTE_MS})
    with pytest.raises(httpx.ReadTimeout):
        site.send("POST", f"/accounts/{ACCOUNT_ID}/r2/buckets", json={"name": "one"}, timeout=2)
    assert buckets(site) == ["one"]


def test_a_slow_answer_is_the_calls_own(site: Cloud) -> None:
    inject(site, {"status": None, "delay_ms": 20})
    assert site.result(*CREATE)["name"] == "one"
    assert site.send("GET", FAULTS).json()["result"] == []


def test_429_tells_when_to_come_again(site: Cloud) -> None:
    inject(site, {"status": 429, "retry_after_s": 7})
    answer = site.send("GET", f"/accounts/{ACCOUNT_ID}/r2/buckets")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_no_other_status_does(site: Cloud) -> None:
    inject(site, {"status": 503})
    assert "retry-after" not in site.send("GET", f"/accounts/{ACCOUNT_ID}/r2/buckets").headers


def test_a_client_repeats_what_may_be_repeated(site: Cloud) -> None:
    inject(site, {"status": 429, "allows_retry": True})
    with sdk(site) as client:
        assert client.r2.buckets.list(account_id=ACCOUNT_ID).buckets == []


def test_a_client_is_kept_from_repeating(site: Cloud) -> None:
    inject(site, {"status": 429})
    with sdk(site) as client, pytest.raises(cloudflare.RateLimitError):
        client.r2.buckets.list(account_id=ACCOUNT_ID)
    assert buckets(site) == []


def test_the_calls_of_localcloud_itself_are_never_hit(site: Cloud) -> None:
    inject(site, {"times": 99})
    assert site.send("GET", FAULTS).status_code == 200


@pytest.mark.parametrize("wrong", [{"status": 200}, {"status": 600}, {"times": 0}, {"delay_ms": -1}])
def test_a_fault_that_is_none_is_refused(site: Cloud, wrong: dict[str, int]) -> None:
    assert site.send("PUT", FAULTS, json={"faults": [wrong]}).status_code == 400
