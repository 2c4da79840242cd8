"""Whatever is missing is told before the first resource, all at once, with the permission to add."""

from collections.abc import Iterator

import pytest
from cloudflare import Cloudflare

from infra.preflight import PreflightError, require_ready
from localcloud.control_plane.platform import ACCOUNT_ID
from tests.components.conftest import Inject
from tests.localcloud.conftest import API_TOKEN, Cloud


@pytest.fixture
def client(cloud: Cloud) -> Iterator[Cloudflare]:
    base_url = str(cloud.client.base_url.join("/client/v4"))
    with Cloudflare(api_token=API_TOKEN, base_url=base_url, max_retries=0) as one:
        yield one


def deny(inject: Inject, *paths: str) -> None:
    inject(*({"path_contains": path, "status": 403, "times": 100} for path in paths))


def findings(client: Cloudflare, custom_domain: str | None = None) -> list[str]:
    with pytest.raises(PreflightError) as caught:
        require_ready(client, ACCOUNT_ID, custom_domain, has_alerts=True)
    return caught.value.findings


def test_an_account_where_nothing_is_missing_passes(cloud: Cloud, client: Cloudflare) -> None:
    require_ready(client, ACCOUNT_ID, "sandbox.example.com", has_alerts=True)
    assert cloud.client.get("/client/v4/localcloud/requests").json()["result"]["writes"] == 0


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("/r2/", "Workers R2 Storage Write"),
        ("/workers/workers", "Workers Scripts Write"),
        ("/containers/", "Workers Containers Write"),
        ("/alerting/", "Notifications Write"),
    ],
)
def test_a_missing_permission_is_named(
    inject: Inject, client: Cloudflare, path: str, permission: str
) -> None:
    deny(inject, path)
    (finding,) = findings(client)
    assert permission in finding


def test_a_stack_without_alerts_needs_no_permission_for_them(inject: Inject, client: Cloudflare) -> None:
    deny(inject, "/alerting/")
    require_ready(client, ACCOUNT_ID, None)


def test_several_are_told_at_once(inject: Inject, client: Cloudflare) -> None:
    deny(inject, "/containers/", "/zones", "/r2/")
    assert len(findings(client, "sandbox.example.com")) == 3


def test_a_connection_that_is_cut_is_told_beside_what_is_denied(inject: Inject, client: Cloudflare) -> None:
    inject(
        {"path_contains": "/r2/", "is_cut": True, "times": 100},
        {"path_contains": "/zones", "is_cut": True, "times": 100},
        {"path_contains": "/containers/", "status": 403},
    )
    told = findings(client, "sandbox.example.com")
    expected = ("R2 gives no answer", "Workers Containers Write", "the zones give no answer")
    assert all(part in finding for part, finding in zip(expected, told, strict=True))


def test_a_token_that_may_do_nothing_is_told_once(inject: Inject, client: Cloudflare) -> None:
    deny(inject, "/")
    (finding,) = findings(client)
    assert "the API token does not work on account" in finding


def test_another_accounts_id_is_told(client: Cloudflare) -> None:
    with pytest.raises(PreflightError, match="does not work on account ffff"):
        require_ready(client, "f" * 32, None)


def test_no_network_is_told() -> None:
    with Cloudflare(api_token=API_TOKEN, base_url="http://127.0.0.1:9/client/v4", max_retries=0) as client:
        (finding,) = findings(client)
    assert "can't be reached" in finding
