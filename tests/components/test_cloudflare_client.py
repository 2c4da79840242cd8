"""A read that fails is made again; a write is made once."""

from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.dynamic import Config

from infra.cloudflare_client import CloudflareError, connect
from infra.containers_api import ContainersApi
from infra.naming import PROJECT
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.components.conftest import Inject
from tests.localcloud.conftest import API_TOKEN, Cloud, application_body

Fault = dict[str, Any]


@pytest.fixture
def api(cloud: Cloud) -> Iterator[ContainersApi]:
    """As a provider has it: with the client that `connect` makes."""
    base_url = str(cloud.client.base_url.join("/client/v4"))
    settings = {"cloudflare:apiToken": API_TOKEN, "cloudflare:baseUrl": base_url}
    with connect(Config(settings, PROJECT)) as client:
        yield ContainersApi(client, ACCOUNT_ID)


def of_containers(fault: Fault) -> Fault:
    return {"path_contains": "/containers/", "allows_retry": True, **fault}


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 500}, {"is_cut": True}], ids=str)
def test_a_read_is_made_again(cloud: Cloud, api: ContainersApi, inject: Inject, fault: Fault) -> None:
    cloud.result("POST", "/containers/applications", application_body(cloud.run_sandbox()))
    inject(of_containers(fault))
    assert api.find("demo-sandbox")


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 500}, {"is_cut": True}], ids=str)
def test_a_write_is_made_once(cloud: Cloud, api: ContainersApi, inject: Inject, fault: Fault) -> None:
    body = application_body(cloud.run_sandbox())
    inject(of_containers(fault))
    with pytest.raises(CloudflareError):
        api.create(body)
    assert cloud.result("GET", "/containers/applications") == []


@pytest.mark.parametrize(
    ("fault", "is_lost"),
    [({"status": 429}, False), ({"status": 502}, True), ({"status": 522}, True), ({"is_cut": True}, True)],
    ids=str,
)
def test_what_may_have_happened_is_told_from_what_has_not(
    cloud: Cloud, api: ContainersApi, inject: Inject, fault: Fault, *, is_lost: bool
) -> None:
    body = application_body(cloud.run_sandbox())
    inject(of_containers(fault))
    with pytest.raises(CloudflareError) as caught:
        api.create(body)
    assert caught.value.may_have_happened is is_lost
