"""Buckets and lifecycle rules."""

import pytest

from tests.localcloud.conftest import BASE, Cloud

RULE = {
    "id": "expire",
    "enabled": True,
    "conditions": {"prefix": ""},
    "deleteObjectsTransition": {"condition": {"type": "Age", "maxAge": 60}},
}


def test_created_bucket_is_made_in_the_data_plane(cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "results", "storageClass": "Standard"})
    assert cloud.data_plane.buckets == {"results": {}}


@pytest.mark.parametrize("name", ["ab", "Upper", "-first", "last-", "a_b", "x" * 64, ""])
def test_refuses_a_bad_name(cloud: Cloud, name: str) -> None:
    assert cloud.refusal("POST", "/r2/buckets", {"name": name}) == (400, 10005)


def test_refuses_a_name_that_is_taken(cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "results"})
    assert cloud.refusal("POST", "/r2/buckets", {"name": "results"}) == (409, 10073)


def test_refuses_to_delete_a_bucket_that_holds_objects(cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "results"})
    cloud.data_plane.buckets["results"]["tasks/1"] = 3
    answer = cloud.client.delete(f"{BASE}/r2/buckets/results")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, 10008)
    assert answer.headers["x-should-retry"] == "false"


def test_emptied_bucket_can_be_deleted(cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "results"})
    cloud.data_plane.buckets["results"]["tasks/1"] = 3
    cloud.client.delete("/client/v4/localcloud/buckets/results/objects")
    cloud.result("DELETE", "/r2/buckets/results")
    assert cloud.refusal("GET", "/r2/buckets/results") == (404, 10006)


def test_bucket_is_seen_in_its_jurisdiction_only(cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "results"}, cf_r2_jurisdiction="eu")
    assert cloud.refusal("GET", "/r2/buckets/results") == (404, 10006)
    assert cloud.result("GET", "/r2/buckets/results", cf_r2_jurisdiction="eu")["jurisdiction"] == "eu"


def test_storage_class_changes_by_header(cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "results"})
    cloud.result("PATCH", "/r2/buckets/results", cf_r2_storage_class="InfrequentAccess")
    assert cloud.result("GET", "/r2/buckets/results")["storage_class"] == "InfrequentAccess"


def test_lifecycle_is_read_as_it_was_put(cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "results"})
    rules = [RULE, {**RULE, "id": "again"}]
    cloud.result("PUT", "/r2/buckets/results/lifecycle", {"rules": rules})
    assert cloud.result("GET", "/r2/buckets/results/lifecycle") == {"rules": rules}


def test_refuses_an_age_without_a_type(cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "results"})
    rule = {**RULE, "deleteObjectsTransition": {"condition": {"maxAge": 60}}}
    assert cloud.refusal("PUT", "/r2/buckets/results/lifecycle", {"rules": [rule]})[0] == 400


def test_refuses_two_rules_with_one_id(cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "results"})
    assert cloud.refusal("PUT", "/r2/buckets/results/lifecycle", {"rules": [RULE, RULE]})[0] == 400
