"""From the seed's wrangler project to this one: names, address, token, bucket and namespace stay."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.home import Home
from tests.e2e import seed_project
from tests.e2e.cloud import Cloud, Service
from tests.e2e.project import copied
from tests.e2e.seed_project import Account, SeedProject

STEP = {"newTag": "v2", "oldTag": "v1", "newSqliteClasses": ["Task", "TaskQueue"]}
FLOWS: dict[str, dict[str, Any]] = {"exports": {}, "migrations": {"flow": "migrations", "migration": STEP}}
WORKER = "cloudflare:index/worker:Worker"
BUCKET = "cloudflare:index/r2Bucket:R2Bucket"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A localcloud of this file's own, deployed from a copy of the project."""
    folder = tmp_path_factory.mktemp("seed")
    cloud = Cloud(Home(folder / "home"), project=copied(folder / "project"))
    cloud.start()
    yield cloud
    cloud.command("stop")


@dataclass(frozen=True)
class Move:
    """One that was made. `task_id` is of a result from before."""

    site: Cloud
    seed: SeedProject
    stack: str
    task_id: str
    deployed: dict[str, Any]

    @property
    def account(self) -> Account:
        return Account(self.site.home)

    @property
    def service(self) -> Service:
        outputs = self.deployed["outputs"]
        return Service(outputs["worker_name"], outputs["worker_url"], self.site.home.auth_token.read_text())


@pytest.fixture(scope="module", params=FLOWS)
def move(site: Cloud, request: pytest.FixtureRequest) -> Move:
    """As docs/workflows/upgrade.md has it."""
    flow: str = request.param
    seed = seed_project.deploy(Account(site.home), f"sandbox-{flow}", f"results-{flow}")
    answer = httpx.post(seed.url, json={"task": "before"}, headers=bearer(site.home)).raise_for_status()
    write_stack(site.project / f"Pulumi.{flow}.yaml", seed, FLOWS[flow])
    imports = import_file(site.project / "import.json", seed)
    deployed = site.command("deploy", f"--stack={flow}", f"--config=worker.name={seed.name}", imports)
    return Move(site, seed, flow, answer.json()["taskId"], deployed)


def bearer(home: Home) -> dict[str, str]:
    return {"authorization": f"Bearer {home.auth_token.read_text()}"}


def write_stack(file: Path, seed: SeedProject, durable_objects: dict[str, Any]) -> None:
    settings: dict[str, Any] = {
        "accountId": ACCOUNT_ID,
        "team": "acme",
        "environment": "prod",
        "results": {"bucketName": seed.bucket},
        "container": {"build": True},
        "durableObjects": durable_objects,
    }
    config = {f"autonomous-claude-sandbox:{key}": value for key, value in settings.items()}
    file.write_text(json.dumps({"config": config}))


def import_file(file: Path, seed: SeedProject) -> str:
    """The option that names it."""
    worker = {"type": WORKER, "name": "worker", "id": f"{ACCOUNT_ID}/{seed.worker_id}"}
    bucket = {"type": BUCKET, "name": "results", "id": f"{ACCOUNT_ID}/{seed.bucket}/default"}
    file.write_text(json.dumps({"resources": [worker, bucket]}))
    return f"--import-file={file}"


def test_worker_and_bucket_are_taken_over(move: Move) -> None:
    assert move.deployed["counts"]["imported"] == 2
    outputs = move.deployed["outputs"]
    assert (outputs["worker_name"], outputs["results_bucket_name"]) == (move.seed.name, move.seed.bucket)
    (worker,) = [one for one in move.account.call("GET", "/workers/workers") if one["name"] == move.seed.name]
    assert worker["id"] == move.seed.worker_id


def test_namespace_and_application_are_the_same(move: Move) -> None:
    namespaces = move.account.namespace_ids(move.seed.name)
    assert namespaces.keys() == {"Sandbox", "Task", "TaskQueue"}
    assert namespaces["Sandbox"] == move.seed.namespace_id
    assert move.deployed["outputs"]["container_application_id"] == move.seed.application_id


def test_objects_of_before_are_still_in_the_bucket(move: Move) -> None:
    assert f"{move.task_id}.json" in move.account.keys(move.seed.bucket)


def test_address_and_token_of_before_run_tasks(move: Move) -> None:
    assert move.service.url == move.seed.url
    answer = move.service.execute("What is 2 + 2?").json()
    assert (answer["success"], answer["stdout"]) == (True, "4")


def test_results_of_before_are_not_found_by_the_service(move: Move) -> None:
    """It asks the task, and there is none: the page says where they are instead."""
    answer = move.service.result(move.task_id)
    assert (answer.status_code, answer.json()["error"]) == (404, "Task result not found")


def test_secrets_of_before_are_bound_no_more(move: Move) -> None:
    secrets = move.account.call("GET", f"/workers/scripts/{move.seed.name}/secrets")
    assert [one["name"] for one in secrets] == ["ANTHROPIC_API_KEY", "CLIENTS"]


def test_a_second_deploy_changes_nothing(move: Move) -> None:
    again = move.site.command("deploy", f"--stack={move.stack}", f"--config=worker.name={move.seed.name}")
    assert set(again["counts"]) == {"unchanged"}


def test_what_is_not_there_is_not_made_in_its_place(site: Cloud, tmp_path: Path) -> None:
    absent = SeedProject("absent", "absent-results", "", "0" * 32, "", "")
    write_stack(site.project / "Pulumi.absent.yaml", absent, {})
    imports = import_file(tmp_path / "import.json", absent)
    said = site.failure("deploy", "--stack=absent", "--config=worker.name=absent", imports)
    assert f"there is no {ACCOUNT_ID}/absent-results/default to import" in said
    assert "absent" not in str(Account(site.home).call("GET", "/workers/workers"))
