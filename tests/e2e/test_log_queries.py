"""The queries that docs/workflows/monitor.md ships find what the Worker logs, and Cloudflare knows them."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pulumi_cloudflare
import pytest
from cloudflare import Cloudflare
from cloudflare.resources.workers.observability.queries import QueriesResource
from cloudflare.types.workers.observability import query_create_response
from pydantic import BaseModel

from tests.e2e.cloud import ROOT, Cloud, Service
from tests.e2e.log_queries import QUERIES, Line, require_answered

ACCOUNT_ID = "0123456789abcdef0123456789abcdef"
PAGE = (ROOT / "docs/workflows/monitor.md").read_text()
PROVOKED = ("Tasks by end", "Failures by code", "The model refuses the credential", "Tasks by client")
PROVOKED_ELSEWHERE = ("Refused calls at the model's host",)
"""In test_canary, which has an agent that tries."""
UNPROVOKED = ("Defects",)
"""No test can make the service fail so: that the events are the code's has to do."""


@pytest.fixture(scope="module")
def lines(cloud: Cloud, service: Service) -> list[Line]:
    """Of a task whose result is stored at the second try, and of one that the model refuses."""
    cloud.set_faults(bucket_put_failures=1)
    assert service.execute("What is 2 + 2?").json()["success"] is True
    cloud.set_faults()
    assert service.execute("scenario:unauthorized").json()["code"] == "MODEL_UNAUTHORIZED"
    return cloud.worker_log(service)


@pytest.mark.parametrize("name", [*PROVOKED, "Steps tried again"])
def test_query_finds_what_the_worker_logs(name: str, lines: list[Line]) -> None:
    require_answered(name, lines)


def test_each_query_is_proven_somewhere() -> None:
    assert {*PROVOKED, *PROVOKED_ELSEWHERE, *UNPROVOKED, "Steps tried again"} == QUERIES.keys()


@pytest.mark.parametrize("name", UNPROVOKED)
def test_events_of_a_query_are_the_codes(name: str) -> None:
    source = "".join(path.read_text() for path in (ROOT / "worker/src").rglob("*.ts"))
    (events,) = [one["value"] for one in QUERIES[name]["parameters"]["filters"]]
    assert all(f'logEvent("{event}"' in source for event in events.split(","))


def unknown_fields(model: object) -> Iterator[str]:
    """What a model of the official SDK was given and does not know, at whatever depth."""
    if isinstance(model, list):
        for one in model:
            yield from unknown_fields(one)
    if isinstance(model, BaseModel):
        yield from model.model_extra or {}
        for name in type(model).model_fields:
            yield from unknown_fields(getattr(model, name))


@pytest.mark.parametrize("name", QUERIES)
def test_query_is_one_of_cloudflares(name: str) -> None:
    parameters = query_create_response.Parameters.model_validate(QUERIES[name]["parameters"])
    assert list(unknown_fields(parameters)) == []


def test_a_stack_could_not_declare_them() -> None:
    """As the page says; where this fails, there is a better way now."""
    assert {name for name in dir(QueriesResource) if name in {"update", "edit", "delete"}} == set()
    resources = [name for name in dir(pulumi_cloudflare) if not name.startswith(("get_", "Get"))]
    assert not [name for name in resources if re.search(r"Dashboard|SavedQuery|ObservabilityQuer", name)]


def test_the_pages_program_saves_every_query_for_the_stacks_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append((request.method, request.url.path, request.read()))
        return httpx.Response(200, json={"success": True, "errors": [], "messages": [], "result": {}})

    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    client = Cloudflare(api_token="t" * 40, http_client=httpx.Client(transport=httpx.MockTransport(answer)))
    monkeypatch.setattr("cloudflare.Cloudflare", lambda: client)
    monkeypatch.chdir(ROOT)
    exec(program, {})  # noqa: S102 - our own page
    path = f"/client/v4/accounts/{ACCOUNT_ID}/workers/observability/queries"
    assert {(method, url) for method, url, _ in sent} == {("POST", path)}
    assert len(sent) == len(QUERIES)
    assert all(b'"$metadata.service"' in body and b'"claude-sandbox-acme-dev"' in body for *_, body in sent)
