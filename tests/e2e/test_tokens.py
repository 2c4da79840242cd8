"""The tokens of docs/reference/tokens.md: each can do what its pipeline does, and no more."""

from collections.abc import Iterator, Sequence

import pytest

from localcloud.deploy.request import Operation, Result
from tests.e2e.deployer import Config, Deployer, succeeded
from tests.e2e.inventory import inventory
from tests.pipelines.token_table import DEPLOY, LOOK

EVERYTHING: Config = {"worker.customDomain": "claude.example.com", "alerts.emails": ["ops@example.com"]}
"""A stack that needs every permission of the table."""
TOKEN = "v" * 40


@pytest.fixture
def site(deployer: Deployer) -> Iterator[Deployer]:
    yield deployer
    deployer.own_call("PUT", "tokens", {"tokens": []})


def attempt(site: Deployer, operation: Operation, permissions: Sequence[str]) -> Result:
    """A run with a token that has these permissions and no other."""
    token = {"name": "of-a-pipeline", "value": TOKEN, "permissions": permissions}
    site.own_call("PUT", "tokens", {"tokens": [token]})
    return site.attempt(operation, EVERYTHING, api_token=TOKEN)


def test_the_deploy_token_makes_and_destroys_everything(site: Deployer) -> None:
    site.destroy()
    assert set(succeeded(attempt(site, "deploy", DEPLOY)).counts) == {"created"}
    succeeded(attempt(site, "destroy", DEPLOY))
    assert not any(inventory(site.call).values())


@pytest.mark.parametrize("missing", DEPLOY)
def test_a_missing_permission_is_named_before_anything_is_done(site: Deployer, missing: str) -> None:
    site.calls()
    failure = attempt(site, "deploy", [one for one in DEPLOY if one != missing]).failure
    assert failure
    assert failure.code == "PROGRAM_REFUSED"
    assert [one for one in DEPLOY if one in failure.message] == [missing]
    assert site.writes() == []


@pytest.mark.parametrize("operation", ["preview", "preview-destroy"])
def test_the_token_of_previews_reads_all_that_they_need(site: Deployer, operation: Operation) -> None:
    site.deploy(EVERYTHING)
    site.calls()
    succeeded(attempt(site, operation, LOOK))
    assert site.writes() == []


def test_the_token_of_previews_can_write_nothing(site: Deployer) -> None:
    site.deploy()
    before = inventory(site.call)
    failure = attempt(site, "deploy", LOOK).failure
    assert failure
    assert "answered 403: 10000" in failure.message
    assert inventory(site.call) == before


def test_the_token_of_drift_sees_what_was_changed_by_hand(site: Deployer) -> None:
    site.deploy(EVERYTHING)
    unchanged = succeeded(attempt(site, "preview", LOOK)).counts
    (worker,) = site.call("GET", "workers/workers")
    site.call("PATCH", f"workers/workers/{worker['id']}", {"tags": []})
    drifted = succeeded(attempt(site, "preview", LOOK)).counts
    assert drifted.get("updated", 0) == unchanged.get("updated", 0) + 1
