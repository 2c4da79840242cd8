"""Deploys and destroys that can't go on: refused while nothing is lost, or made good by the next one."""

import json
from collections.abc import Iterator

import httpx
import pytest

from localcloud.home import Home
from tests.components.program import SANDBOX_VERSION
from tests.e2e.account import Account
from tests.e2e.cloud import Cloud, Service
from tests.e2e.test_stack import IMAGE, health

ORDER = ("/containers/applications/", "/workers/workers/", "/objects/", "/r2/buckets/")
"""Of deletions: whoever writes results goes before they do, and they go before their bucket."""

KEPT = ("--stack=kept-dev", "--config=team=kept", "--config=environment=dev")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    cloud = Cloud(Home(tmp_path_factory.mktemp("failed") / "home"))
    cloud.start()
    yield cloud
    cloud.command("stop")


@pytest.fixture
def account(site: Cloud) -> Iterator[Account]:
    made = Account(site)
    yield made
    made.inject()


@pytest.mark.parametrize("options", [("--preview",), ()], ids=["preview", "deploy"])
def test_missing_permissions_are_told_at_once_and_nothing_is_written(
    site: Cloud, account: Account, options: tuple[str, ...]
) -> None:
    denied = [{"path_contains": path, "status": 403, "times": 9} for path in ("/containers/", "/r2/")]
    account.inject(*denied)
    account.writes_since_last()
    failure = site.failure("deploy", *options)
    assert "Workers Containers Write" in failure
    assert "Workers R2 Storage Write" in failure
    assert account.writes_since_last() == []


def test_a_worker_that_does_not_answer_fails_the_deploy_and_the_next_one_converges(site: Cloud) -> None:
    dead = ("--config=worker.url=http://127.0.0.1:9", "--config=worker.answerTimeoutSeconds=1")
    assert "http://127.0.0.1:9/health is not answered by version" in site.failure("deploy", *dead)
    outputs = site.deploy()["outputs"]
    assert health(outputs["worker_url"]).headers["worker-version-id"] == outputs["worker_version"]
    assert set(site.deploy()["counts"]) == {"unchanged"}


@pytest.mark.parametrize("is_late", [False, True], ids=["refused", "answer lost"])
def test_a_rollout_that_fails_fails_the_deploy_and_the_next_one_converges(
    site: Cloud, account: Account, *, is_late: bool
) -> None:
    site.deploy()
    before = len(account.rollouts())
    account.inject({"method": "POST", "path_contains": "/rollouts", "status": 500, "is_late": is_late})
    assert "cannot start the rollout" in site.failure("deploy", f"--config=container.image={IMAGE}")
    site.deploy(f"container.image={IMAGE}")
    assert account.application()["configuration"]["image"] == IMAGE
    assert [rollout["status"] for rollout in account.rollouts()[: -before or None]] == ["completed"]


def test_another_tag_of_the_same_image_is_no_rollout(site: Cloud, account: Account) -> None:
    site.deploy(f"container.image={IMAGE}")
    before = len(account.rollouts())
    counts = site.deploy(f"container.image={IMAGE.replace('@', f':{SANDBOX_VERSION}-again@')}")["counts"]
    assert (set(counts), len(account.rollouts())) == ({"unchanged"}, before)


def test_a_worker_deleted_by_hand_is_made_again_and_no_application_is_left_over(
    site: Cloud, account: Account
) -> None:
    outputs = site.deploy()["outputs"]
    account.call("DELETE", f"/workers/workers/{outputs['worker_name']}")
    again = site.deploy()["outputs"]
    assert health(again["worker_url"]).status_code == httpx.codes.OK
    assert account.application()["id"] == again["container_application_id"]
    assert again["container_application_id"] != outputs["container_application_id"]


def test_a_renamed_worker_takes_its_application_along(site: Cloud, account: Account) -> None:
    site.deploy()
    renamed = site.deploy("worker.name=renamed")["outputs"]
    assert (account.application()["name"], renamed["worker_name"]) == ("renamed-sandbox", "renamed")
    assert health(renamed["worker_url"]).status_code == httpx.codes.OK
    site.deploy()


def test_a_destroyed_stack_fills_its_bucket_no_more_when_that_is_emptied(
    site: Cloud, account: Account
) -> None:
    assert site.service().execute("Hello").status_code == httpx.codes.OK
    account.writes_since_last()
    site.command("destroy")
    deleted = account.writes_since_last()
    first = [next(at for at, call in enumerate(deleted) if part in call) for part in ORDER[:-1]]
    assert first == sorted(first)
    assert deleted[-1].endswith(ORDER[-1] + "claude-sandbox-local-results")
    assert account.is_empty()


def kept_service(site: Cloud) -> Service:
    outputs = site.command("deploy", *KEPT)["outputs"]
    return Service(outputs["worker_name"], outputs["worker_url"], site.home.auth_token.read_text())


def unprotect_all(site: Cloud) -> None:
    """As `pulumi state unprotect --all`, which the engine itself advises."""
    file = site.home.stacks / "kept-dev.json"
    state = json.loads(file.read_text())
    for resource in state["resources"]:
        resource["is_protected"] = False
    file.write_text(json.dumps(state))


def test_a_stack_with_results_is_refused_at_once_and_whole_until_it_is_ephemeral(
    site: Cloud, account: Account
) -> None:
    service = kept_service(site)
    task_id = service.execute("Hello").json()["taskId"]
    account.writes_since_last()
    assert "would be deleted: results, results-contents" in site.failure("destroy", *KEPT)
    unprotect_all(site)
    failure = site.failure("destroy", *KEPT)
    assert "are protected, so nothing was deleted" in failure
    assert "pulumi config set ephemeral true" in failure
    assert account.writes_since_last() == []
    assert service.result(task_id).status_code == httpx.codes.OK
    site.command("deploy", *KEPT, "--config=ephemeral=true")
    site.command("destroy", *KEPT, "--config=ephemeral=true")
    assert account.is_empty()
