"""What an import file names is taken over, and changed as an update would; nothing is made in its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.control_plane.platform import ACCOUNT_ID
from localcloud.deploy.errors import DeployError
from localcloud.deploy.imports import read_imports
from tests.localcloud.deploy.conftest import Register, Service, Site, resource

PROGRAM = Service(tags=("team:acme",))
WORKER = "cloudflare:index/worker:Worker"
BUCKET = "cloudflare:index/r2Bucket:R2Bucket"


def on_the_account(site: Site) -> dict[str, str]:
    """A Worker and a bucket that somebody else made; their import ids, as the file gives them."""
    result = site.cloud.result
    worker_id = result("POST", "/workers/workers", {"name": "demo"})["id"]
    result("POST", "/r2/buckets", {"name": "demo-results"})
    site.writes()
    return {
        f"{WORKER}::worker": f"{ACCOUNT_ID}/{worker_id}",
        f"{BUCKET}::results": f"{ACCOUNT_ID}/demo-results/default",
    }


def test_both_are_taken_over_and_what_differs_is_changed(site: Site) -> None:
    site.imports = on_the_account(site)
    counts = site.deploy(PROGRAM)
    assert (counts["imported"], counts["updated"]) == (2, 1)
    made = [one for one in site.writes() if one.endswith(("/workers/workers", "/r2/buckets"))]
    assert made == []


def test_a_second_deploy_needs_the_file_no_more(site: Site) -> None:
    site.imports = on_the_account(site)
    site.deploy(PROGRAM)
    assert set(site.deploy(PROGRAM)) == {"unchanged"}
    site.imports = {}
    assert set(site.deploy(PROGRAM)) == {"unchanged"}


def test_a_preview_takes_nothing_over(site: Site) -> None:
    site.imports = on_the_account(site)
    assert site.deploy(PROGRAM, is_preview=True)["imported"] == 2
    assert (site.writes(), site.state.exists()) == ([], False)


@pytest.mark.parametrize(
    ("import_id", "code"),
    [
        (f"{ACCOUNT_ID}/{'0' * 32}", "NOT_THERE"),
        (f"{'f' * 32}/{'0' * 32}", "IMPORT_ID_UNUSABLE"),
        ("<PLACEHOLDER>", "IMPORT_ID_UNUSABLE"),
    ],
)
def test_an_id_of_nothing_is_refused(site: Site, import_id: str, code: str) -> None:
    site.imports = {f"{WORKER}::worker": import_id}
    with pytest.raises(DeployError) as caught:
        site.deploy(worker_alone)
    assert (caught.value.code, site.writes()) == (code, [])


def worker_alone(register: Register) -> None:
    register(resource("Worker", "worker", name="demo"))


def test_a_kind_that_can_not_be_taken_over_is_named(site: Site) -> None:
    site.imports = {"cloudflare:index/r2BucketLifecycle:R2BucketLifecycle::retention": f"{ACCOUNT_ID}/x"}
    with pytest.raises(DeployError, match="can't import"):
        site.deploy(PROGRAM)


def test_names_are_those_of_the_program(tmp_path: Path) -> None:
    """`pulumi preview --import-file` makes names of its own where two resources share one."""
    resources: list[dict[str, Any]] = [
        {"type": "claude-sandbox:infra:Worker", "name": "worker", "component": True},
        {"type": WORKER, "name": "workerWorker", "logicalName": "worker", "id": "a/b", "parent": "worker"},
    ]
    file = tmp_path / "import.json"
    file.write_text(json.dumps({"nameTable": {}, "resources": resources}))
    assert read_imports(file) == {f"{WORKER}::worker": "a/b"}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"resources": 5}'])
def test_a_file_of_something_else_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "import.json").write_text(content)
    with pytest.raises(DeployError, match="no file of imports"):
        read_imports(tmp_path / "import.json")
