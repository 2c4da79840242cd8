"""docs/reference/tokens.md gives what the calls need, and no more."""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, get_type_hints

import httpx
import pulumi_cloudflare
import pytest
from cloudflare import Cloudflare

from infra import preflight
from infra.containers_api import ContainersApi
from infra.r2_api import BucketObjects
from infra.workers_api import WorkersApi
from localcloud.control_plane.coverage import implemented_routes
from localcloud.control_plane.permissions import needed_group
from tests.pipelines.pipelines import ROOT
from tests.pipelines.token_table import PAGE, ROWS

ACCOUNT = "0123456789abcdef0123456789abcdef"
GOLDEN = ROOT / "tests/localcloud/golden/pulumi-cloudflare-provider.jsonl"
REFERENCES = {
    "R2Bucket": "Workers R2 Storage Write",
    "Worker": "Workers Scripts Write",
    "WorkerVersion": "Workers Scripts Write",
    "WorkersDeployment": "Workers Scripts Write",
    "WorkersCustomDomain": "Workers Scripts Write",
    "NotificationPolicy": "Notifications Write",
    "get_worker": "Workers Scripts Read",
    "get_worker_version": "Workers Scripts Read",
    "get_workers_deployment": "Workers Scripts Read",
    "get_workers_custom_domain": "Workers Scripts Read",
    "get_notification_policy": "Notifications Read",
}
"""What acts on Cloudflare through the provider, with what the page says it needs."""
DUMMIES: Mapping[object, Any] = {str: "x", int: 1}


class Calls:
    """A client that remembers method and path of each call."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []
        transport = httpx.Client(transport=httpx.MockTransport(self._answer))
        self.client = Cloudflare(api_token="t" * 40, http_client=transport, max_retries=0)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.made.append((request.method, request.url.path.removeprefix("/client/v4")))
        return httpx.Response(403, json={"success": False, "errors": [], "messages": [], "result": None})

    def of(self, method: Callable[..., Any]) -> None:
        """Call it with whatever it takes; every call is refused."""
        types = [hint for name, hint in get_type_hints(method).items() if name != "return"]
        with suppress(Exception):
            method(*(DUMMIES.get(one, {"name": "x"}) for one in types))


def own_calls() -> list[tuple[str, str]]:
    calls = Calls()
    bucket = BucketObjects(calls.client, ACCOUNT, "bucket", "default")
    for api in (ContainersApi(calls.client, ACCOUNT), WorkersApi(calls.client, ACCOUNT), bucket):
        for name, method in inspect.getmembers(api, inspect.ismethod):
            if name != "__init__" and not name.startswith("__"):
                calls.of(method)
    for check in preflight.checks(calls.client, ACCOUNT, has_alerts=True):
        with suppress(Exception):
            check.ask()
    with suppress(Exception):
        calls.client.user.tokens.verify()
    preflight.has_zone(calls.client, "example.com")
    return sorted(set(calls.made))


def provider_calls() -> list[tuple[str, str]]:
    recorded = [json.loads(line) for line in GOLDEN.read_text().splitlines()]
    return sorted({(one["method"], one["path"].removeprefix("/client/v4")) for one in recorded})


def rows_for(path: str) -> list[str]:
    return [prefix for prefix in ROWS if path.startswith(prefix.replace("{account_id}", ACCOUNT))]


@pytest.mark.parametrize(("method", "path"), [*own_calls(), *provider_calls()], ids=str)
def test_every_call_has_its_permission_in_the_table(method: str, path: str) -> None:
    (row,) = rows_for(path)
    assert method == "GET" or ROWS[row][0].endswith("Write")


def test_localcloud_asks_for_the_permissions_of_the_table() -> None:
    """So that what a token can do there, it can do on an account."""
    for route in implemented_routes():
        for prefix in (one for one in ROWS if route.path.startswith(one)):
            deploy, look = ROWS[prefix]
            needed = needed_group(route.area, route.method) if route.area else "none"
            assert needed == (look if route.method == "GET" else deploy), route


def test_the_table_has_no_permission_that_no_call_needs() -> None:
    called = {row for _, path in [*own_calls(), *provider_calls()] for row in rows_for(path)}
    assert called == ROWS.keys()


def test_what_only_looks_only_reads() -> None:
    assert not [look for _, look in ROWS.values() if "Write" in look]
    recorded = [json.loads(line) for line in GOLDEN.read_text().splitlines()]
    assert {one["method"] for one in recorded if one["step"].startswith("refresh")} == {"GET"}


def test_the_checks_before_the_first_resource_ask_for_the_permissions_of_the_table() -> None:
    checks = preflight.checks(Calls().client, ACCOUNT, has_alerts=True)
    asked = {re.sub(r" \(.*\)", "", check.permission) for check in checks}
    assert asked == {deploy for deploy, _ in ROWS.values() if deploy.endswith("Write")}


@pytest.mark.parametrize(("name", "permission"), REFERENCES.items())
def test_the_providers_reference_accepts_the_permission(name: str, permission: str) -> None:
    source = inspect.getsource(inspect.getmodule(getattr(pulumi_cloudflare, name)) or pulumi_cloudflare)
    accepted = source.partition("Accepted Permissions")[2].partition("## ")[0]
    assert f"`{permission}`" in accepted
    assert permission in {one for columns in ROWS.values() for one in columns}


def test_the_program_on_the_page_asks_for_the_table_and_for_an_end() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    namespace: dict[str, Any] = {}
    exec(program.partition("for purpose")[0], namespace)  # noqa: S102 - our own page
    table = {row: columns for row, columns in ROWS.items() if "account_id" in row}
    deploy, look = ({columns[at] for columns in table.values()} for at in (0, 1))
    asked = {name: {*groups, namespace["ALERTS"][name]} for name, groups in namespace["PERMISSIONS"].items()}
    assert asked == {"deploy": deploy, "read-only": look}
    assert "expires_on=" in program
