"""A whole Pulumi program, run unchanged in a process of its own and applied to a control plane."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from localcloud.deploy.errors import DeployError
from localcloud.deploy.request import Result
from localcloud.deploy.runner import Stack, deploy, destroy, environment, request_of
from tests.localcloud.conftest import API_TOKEN, SECRET, Cloud

PROGRAMS = Path(__file__).parents[1] / "programs"


@dataclass(frozen=True)
class Deployment:
    """The fixture program as a stack."""

    cloud: Cloud
    stack: Stack

    def up(self, *, is_preview: bool = False, **overrides: Any) -> Result:  # noqa: ANN401
        return deploy(replace(self.stack, overrides=overrides), is_preview=is_preview)

    def calls(self) -> list[str]:
        """Methods and paths since the last look."""
        seen = self.cloud.client.get("/client/v4/localcloud/requests").json()["result"]["requests"]
        self.cloud.client.delete("/client/v4/localcloud/requests")
        return [f"{call['method']} {call['path']}" for call in seen]

    def writes(self) -> list[str]:
        return [call for call in self.calls() if not call.startswith("GET ")]

    def inventory(self) -> dict[str, Any]:
        result = self.cloud.result
        return {
            "buckets": [bucket["name"] for bucket in result("GET", "/r2/buckets")["buckets"]],
            "workers": [worker["name"] for worker in result("GET", "/workers/workers")],
            "applications": [a["name"] for a in result("GET", "/containers/applications")],
            "policies": [policy["name"] for policy in result("GET", "/alerting/v3/policies")],
        }


@pytest.fixture
def deployment(cloud: Cloud, tmp_path: Path) -> Iterator[Deployment]:
    """Time runs: the fixture's program waits until an application is gone."""
    cloud.clock.runs_by_itself = True
    url = str(cloud.client.base_url).rstrip("/") + "/client/v4"
    yield Deployment(
        cloud, Stack(PROGRAMS / "service", "local", tmp_path, url, API_TOKEN, {}, {"secret": SECRET})
    )
    cloud.clock.runs_by_itself = False


def refusal(deployment: Deployment, **overrides: Any) -> str:  # noqa: ANN401
    with pytest.raises(DeployError) as refused:
        deployment.up(**overrides)
    return refused.value.code


def test_deploy_preview_change_and_destroy(deployment: Deployment, capfd: pytest.CaptureFixture[str]) -> None:
    """One walk through a stack's life, as each run of the program takes seconds."""
    assert deployment.up(is_preview=True).counts == {"created": 8}
    assert deployment.calls() == []

    first = deployment.up()
    assert first.counts == {"created": 8}
    assert (first.outputs["worker_name"], first.outputs["bucket"]) == ("demo", "demo-results")
    assert first.secret_outputs == {"secret"}
    deployment.calls()

    second = deployment.up()
    assert (second.counts, second.outputs) == ({"unchanged": 8}, first.outputs)
    assert deployment.writes() == []

    assert deployment.up(maxInstances=7, tags=["x"]).counts == {"unchanged": 6, "updated": 2}
    assert len(deployment.writes()) == 2

    assert destroy(deployment.stack).counts == {"deleted": 4}
    assert deployment.inventory() == {"buckets": [], "workers": [], "applications": [], "policies": []}

    written = "".join(path.read_text() for path in deployment.stack.state_folder.iterdir())
    log = (deployment.cloud.folder / "control-plane.jsonl").read_text()
    assert SECRET not in written + log + "".join(capfd.readouterr())


def test_drift_that_a_dynamic_provider_reads_is_mended(deployment: Deployment) -> None:
    application_id = deployment.up().outputs["application_id"]
    path = f"/containers/applications/{application_id}"
    deployment.cloud.result("PATCH", path, {"max_instances": 1})
    assert deployment.up().counts == {"unchanged": 7, "updated": 1}
    assert deployment.cloud.result("GET", path)["max_instances"] == 5


def test_program_that_fails_leaves_what_it_declared_before(deployment: Deployment) -> None:
    assert refusal(deployment, fail=True) == "PROGRAM_FAILED"
    assert deployment.up().counts["unchanged"] > 0


def test_failure_of_a_dynamic_provider_is_told_in_its_words(deployment: Deployment) -> None:
    with pytest.raises(DeployError, match="so many instances are not to be had") as refused:
        deployment.up(maxInstances=1001)
    assert refused.value.code == "PROVIDER_FAILED"
    assert "::application:" in refused.value.message


def test_failed_check_of_a_dynamic_resource_is_told(deployment: Deployment) -> None:
    with pytest.raises(DeployError, match="maxInstances: must be 1 or more"):
        deployment.up(maxInstances=-1)


@pytest.mark.parametrize("url", ["https://api.cloudflare.com/client/v4", "http://10.0.0.1/", "nonsense"])
def test_base_url_that_is_not_this_machine_is_refused(tmp_path: Path, url: str) -> None:
    stack = Stack(PROGRAMS / "service", "local", tmp_path, url, API_TOKEN, {}, {"secret": SECRET})
    with pytest.raises(DeployError, match="pulumi up") as refused:
        deploy(stack)
    assert refused.value.code == "NOT_THIS_MACHINE"


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("default_provider", "DEFAULT_PROVIDER_DISABLED"),
        ("foreign_provider", "NOT_THIS_MACHINE"),
        ("unknown_resource", "UNSUPPORTED_RESOURCE"),
        ("inline_dynamic", "DYNAMIC_PROVIDER_NOT_IMPORTABLE"),
    ],
)
def test_program_is_refused(deployment: Deployment, program: str, code: str) -> None:
    stack = replace(deployment.stack, project_folder=PROGRAMS / program, secrets={})
    with pytest.raises(DeployError) as refused:
        deploy(stack)
    assert refused.value.code == code
    assert deployment.writes() == []


def test_what_the_program_logs_is_shown(deployment: Deployment, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DeployError, match="team: must not be empty"):
        deploy(replace(deployment.stack, project_folder=PROGRAMS / "refusing", secrets={}))
    assert "the settings look odd" in capfd.readouterr().err


def test_second_deploy_at_the_same_time_is_refused(deployment: Deployment) -> None:

    with (deployment.stack.state_folder / "local.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert refusal(deployment) == "STACK_BUSY"


def test_process_ends_with_the_tool_that_started_it(deployment: Deployment) -> None:
    request = request_of(deployment.stack, "deploy")
    child = start(request.model_dump_json(), deployment)
    with child:
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(30) == 1


def test_process_killed_anywhere_is_mended_by_the_next(deployment: Deployment) -> None:
    """Killed for real, by SIGKILL, after each of its first lines of progress."""
    request = request_of(deployment.stack, "deploy").model_dump_json()
    for lines in range(1, 8, 2):
        with start(request, deployment) as child:
            assert child.stderr is not None
            for _ in range(lines):
                child.stderr.readline()
            os.kill(child.pid, signal.SIGKILL)
    assert deployment.up().counts.get("unchanged", 0) >= 6
    assert deployment.inventory() == {
        "buckets": ["demo-results"],
        "workers": ["demo"],
        "applications": ["demo-sandbox"],
        "policies": ["demo alerts"],
    }
    versions = deployment.cloud.result("GET", "/workers/workers/demo/versions")
    assert len(versions) == 1


def start(request: str, deployment: Deployment) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-m", "localcloud.deploy.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(deployment.stack.base_url),
        text=True,
    )
    assert child.stdin is not None
    child.stdin.write(request + "\n")
    child.stdin.flush()
    return child


def test_renamed_resources_and_parents_keep_their_identity(deployment: Deployment) -> None:
    stack = replace(deployment.stack, project_folder=PROGRAMS / "moved", secrets={})
    deploy(stack)
    deployment.calls()
    assert deploy(replace(stack, overrides={"moved": True})).counts == {"unchanged": 8}
    assert deployment.writes() == []
