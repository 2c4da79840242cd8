"""A bucket with results in it is refused at once, or emptied where its stack is ephemeral."""

from typing import Any

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from infra.components.bucket_contents import BucketContentsProvider
from infra.naming import PROJECT
from infra.results_kept import ResultsKeptError
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.localcloud.conftest import API_TOKEN, Cloud

KEYS = ("tasks/1/result.json", "tasks/1/a b?c#d%2F.txt", "tasks/2/events.jsonl", "\u00e9")


@pytest.fixture
def provider(cloud: Cloud) -> BucketContentsProvider:
    """Connected to an account with a bucket that holds `KEYS`."""
    cloud.result("POST", "/r2/buckets", {"name": "results"})
    cloud.data_plane.buckets["results"].update(dict.fromkeys(KEYS, 3))
    base_url = str(cloud.client.base_url.join("/client/v4"))
    made = BucketContentsProvider()
    made.configure(
        ConfigureRequest(Config({"cloudflare:apiToken": API_TOKEN, "cloudflare:baseUrl": base_url}, PROJECT))
    )
    return made


def props(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    stated = {"accountId": ACCOUNT_ID, "bucketName": "results", "jurisdiction": "default"}
    return {**stated, "isDisposable": False, **changed}


def test_results_are_refused_to_be_deleted(cloud: Cloud, provider: BucketContentsProvider) -> None:
    with pytest.raises(ResultsKeptError, match=r"holds results.*config set ephemeral true"):
        provider.delete("results", props())
    assert set(cloud.data_plane.buckets["results"]) == set(KEYS)


def test_an_empty_bucket_is_let_go(cloud: Cloud, provider: BucketContentsProvider) -> None:
    cloud.data_plane.buckets["results"].clear()
    provider.delete("results", props())


def test_an_ephemeral_stacks_bucket_is_emptied(cloud: Cloud, provider: BucketContentsProvider) -> None:
    provider.delete("results", props(isDisposable=True))
    assert cloud.data_plane.buckets["results"] == {}
    cloud.result("DELETE", "/r2/buckets/results")


@pytest.mark.parametrize("is_disposable", [True, False])
def test_a_bucket_deleted_by_hand_holds_nothing(
    cloud: Cloud, provider: BucketContentsProvider, *, is_disposable: bool
) -> None:
    cloud.data_plane.buckets["results"].clear()
    cloud.result("DELETE", "/r2/buckets/results")
    provider.delete("results", props(isDisposable=is_disposable))


def test_more_than_a_page_is_emptied(cloud: Cloud, provider: BucketContentsProvider) -> None:
    cloud.data_plane.buckets["results"].update({f"tasks/{number}": 1 for number in range(1_001)})
    provider.delete("results", props(isDisposable=True))
    assert cloud.data_plane.buckets["results"] == {}


def test_another_bucket_replaces_and_another_fate_updates() -> None:
    provider = BucketContentsProvider()
    assert not provider.diff("results", props(), props()).changes
    assert provider.diff("results", props(), props(bucketName="other")).replaces == ["bucketName"]
    fate = provider.diff("results", props(), props(isDisposable=True))
    assert (fate.changes, fate.replaces) == (True, [])
    assert provider.update("results", props(), props(isDisposable=True)).outs == props(isDisposable=True)
