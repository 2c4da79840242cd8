"""A stack on localcloud: changes that roll out, a rollback by hand, teams side by side, refused settings."""

from collections.abc import Iterator

import httpx
import pytest

from localcloud.home import Home
from tests.e2e.account import Account
from tests.e2e.cloud import TERMINAL, Cloud, Service, await_condition

NAME = "localcloud-process"
IMAGE = f"registry.cloudflare.com/0123456789abcdef0123456789abcdef/{NAME}@sha256:{'e' * 64}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A localcloud of this file's own, since its stack changes all the time."""
    cloud = Cloud(Home(tmp_path_factory.mktemp("stack") / "home"))
    cloud.start()
    cloud.deploy()
    yield cloud
    cloud.command("stop")


@pytest.fixture
def account(site: Cloud) -> Account:
    return Account(site)


def version(site: Cloud, *config: str) -> str:
    return str(site.deploy(*config)["outputs"]["worker_version"])


def health(service_url: str) -> httpx.Response:
    with httpx.Client() as client:
        return client.get(f"{service_url}/health")


def test_a_changed_setting_is_a_new_version_that_answers(site: Cloud) -> None:
    before = version(site)
    changed = site.deploy("claude.maxTurns=7")
    assert changed["counts"]["replaced"] == 2
    assert before != changed["outputs"]["worker_version"]
    answer = health(changed["outputs"]["worker_url"])
    assert answer.headers["worker-version-id"] == changed["outputs"]["worker_version"]


def test_a_changed_image_is_rolled_out_before_the_deploy_ends(site: Cloud, account: Account) -> None:
    site.deploy()
    site.deploy(f"container.image={IMAGE}")
    application = account.application()
    assert application["configuration"]["image"] == IMAGE
    rollouts = account.call("GET", f"/containers/applications/{application['id']}/rollouts")
    assert rollouts[0]["status"] == "completed"


def test_changed_limits_need_no_rollout(site: Cloud, account: Account) -> None:
    site.deploy()
    path = f"/containers/applications/{account.application()['id']}/rollouts"
    before = len(account.call("GET", path))
    site.deploy("container.maxInstances=7")
    assert account.application()["max_instances"] == 7
    assert len(account.call("GET", path)) == before


def test_a_rotated_token_works_once_the_deploy_ends(site: Cloud) -> None:
    outputs = site.deploy()["outputs"]
    old = site.home.auth_token.read_text()
    site.home.auth_token.write_text("f" * 64)
    site.deploy()
    with httpx.Client(base_url=outputs["worker_url"]) as client:
        answers = [client.get("/tasks", headers=bearer(token)).status_code for token in (old, "f" * 64)]
    assert answers == [401, 200]


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_a_deployment_made_by_hand_is_seen_in_preview_and_taken_back(site: Cloud, account: Account) -> None:
    old = version(site, "claude.maxTurns=9")
    outputs = site.deploy()["outputs"]
    body = {"strategy": "percentage", "versions": [{"version_id": old, "percentage": 100}]}
    account.call("POST", f"/workers/scripts/{outputs['worker_name']}/deployments", body)
    assert site.command("deploy", "--preview")["counts"]["updated"] == 1
    site.deploy()
    assert health(outputs["worker_url"]).headers["worker-version-id"] == outputs["worker_version"]


def test_a_missing_image_is_refused_with_the_next_step(site: Cloud) -> None:
    image = f"registry.cloudflare.com/{'0' * 32}/unknown@sha256:{'1' * 64}"
    failure = site.failure("deploy", f"--config=container.image={image}")
    assert "IMAGE_REGISTRY_DOESNT_CONTAIN_IMAGE" in failure
    assert "Traceback" not in failure
    assert set(site.deploy()["counts"]) <= {"unchanged", "updated", "replaced", "created"}


def test_a_wrong_setting_is_refused_before_any_call(site: Cloud) -> None:
    with site.control_plane as client:
        client.delete("/localcloud/requests").raise_for_status()
        failure = site.failure("deploy", "--config=limits.maxTimeoutMs=5", "--config=team=Acme!")
        calls = client.get("/localcloud/requests").json()["result"]
    assert "2 settings can't be used" in failure
    assert (calls["reads"], calls["writes"]) == (0, 0)


def test_two_teams_share_nothing_and_an_ephemeral_one_leaves_nothing(site: Cloud, account: Account) -> None:
    own = site.deploy()["outputs"]
    blue = site.command("deploy", "--stack=blue-dev", *TEAM_BLUE)["outputs"]
    assert {own["worker_name"], own["results_bucket_name"]}.isdisjoint(
        {blue["worker_name"], blue["results_bucket_name"]}
    )
    task = Service(blue["worker_name"], blue["worker_url"], site.home.auth_token.read_text()).execute("Hello")
    assert task.status_code == httpx.codes.OK, task.text
    site.command("destroy", "--stack=blue-dev", *TEAM_BLUE)
    buckets = account.call("GET", "/r2/buckets")["buckets"]
    assert [bucket["name"] for bucket in buckets] == [own["results_bucket_name"]]
    assert health(own["worker_url"]).status_code == httpx.codes.OK
    assert [worker["name"] for worker in account.call("GET", "/workers/workers")] == [own["worker_name"]]
    assert set(site.deploy()["counts"]) == {"unchanged"}


TEAM_BLUE = ("--config=team=blue", "--config=environment=dev", "--config=ephemeral=true")


def test_no_secret_is_in_state_outputs_previews_logs_or_errors(site: Cloud) -> None:
    home = site.home
    shown = [
        str(site.command("deploy")),
        str(site.command("deploy", "--preview", "--config=claude.maxTurns=3")),
        site.failure("deploy", f"--config=container.image={IMAGE.replace(NAME, 'unknown')}"),
        str(site.command("deploy")),
    ]
    files = [path for one in (home.stacks, home.logs) for path in one.rglob("*") if path.is_file()]
    contents = [*(path.read_text(errors="replace") for path in files), *shown, *site.said]
    secrets = [one.read_text() for one in (home.auth_token, home.model_credential, home.api_token)]
    assert not any(secret in content for secret in secrets for content in contents)


def test_a_task_that_runs_while_another_version_is_deployed_still_reaches_the_model(site: Cloud) -> None:
    service = site.service()
    task_id = service.submit("marker-deployed-over- scenario:slow")
    await_condition(lambda: site.model_calls("marker-deployed-over-"))
    site.deploy("claude.maxTurns=11")
    assert service.await_status(task_id, TERMINAL)["status"] in {"succeeded", "interrupted"}
    assert service.execute("What is 2 + 2?").json()["success"] is True
