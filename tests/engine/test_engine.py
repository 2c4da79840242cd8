"""The Pulumi engine itself, with the official provider, against localcloud.

Runs where the Pulumi CLI is on PATH; elsewhere it is skipped, and says so.
"""

import httpx
import pytest

from localcloud.control_plane.platform import ACCOUNT_ID
from tests.e2e.cloud import ROOT, Service
from tests.e2e.earlier_release import FORMER, earlier_release
from tests.e2e.releases import newest_upload, release
from tests.engine.account import StackAccount
from tests.engine.engine import Engine

pytestmark = pytest.mark.engine

OTHER_IMAGE = f"registry.cloudflare.com/{ACCOUNT_ID}/localcloud-process@sha256:{'e' * 64}"


def service_of(engine: Engine) -> Service:
    outputs = engine.outputs()
    return Service(outputs["worker_name"], outputs["worker_url"], engine.secrets["serverAuthToken"])


def test_the_deployed_service_runs_a_task(engine: Engine) -> None:
    answer = service_of(engine).execute("What is 2 + 2?")
    assert (answer.status_code, answer.json()["success"]) == (httpx.codes.OK, True), answer.text


def test_a_second_up_writes_nothing(engine: Engine, account: StackAccount) -> None:
    account.calls_since_last()
    engine.up("--expect-no-changes")
    assert account.calls_since_last()["writes"] == 0


def test_a_refresh_finds_no_drift(engine: Engine) -> None:
    engine.refresh("--expect-no-changes")
    engine.preview("--expect-no-changes")


def test_no_secret_is_in_state_or_output(engine: Engine) -> None:
    texts = (engine.state(), engine.up(), engine.preview("--diff"), str(engine.outputs()))
    secrets = (*engine.secrets.values(), engine.cloud.home.api_token.read_text())
    assert not any(secret in text for secret in secrets for text in texts)


def test_changed_code_is_the_version_that_answers(engine: Engine) -> None:
    source = engine.project / "worker/src/errors.ts"
    source.write_text(source.read_text().replace("See /openapi.json", "Look at /openapi.json"))
    before = engine.outputs()["worker_version"]
    engine.up()
    assert before != engine.outputs()["worker_version"] == engine.serving_version()
    assert "Look at" in httpx.get(f"{engine.outputs()['worker_url']}/nowhere").json()["detail"]


def test_a_rotated_token_works_once_the_up_ends(engine: Engine) -> None:
    old, new = engine.secrets["serverAuthToken"], "f" * 64
    engine.set_secret("serverAuthToken", new)
    engine.up()
    url = engine.outputs()["worker_url"]
    answers = [
        httpx.get(f"{url}/tasks", headers={"authorization": f"Bearer {token}"}).status_code
        for token in (old, new)
    ]
    assert answers == [401, 200]
    engine.secrets["serverAuthToken"] = new


def test_a_changed_image_is_rolled_out_before_the_up_ends(engine: Engine, account: StackAccount) -> None:
    engine.set("container", {"image": OTHER_IMAGE})
    engine.up()
    assert account.application()["configuration"]["image"] == OTHER_IMAGE
    assert account.rollouts()[0]["status"] == "completed"


def test_a_changed_limit_is_updated_in_place(engine: Engine, account: StackAccount) -> None:
    before = account.application()["id"]
    engine.set("container", {"maxInstances": 7})
    engine.up()
    assert (account.application()["id"], account.application()["max_instances"]) == (before, 7)
    engine.set("container", {"maxInstances": 5})
    engine.up()


def test_renamed_classes_keep_their_namespaces(engine: Engine, account: StackAccount) -> None:
    """An earlier release, deployed by hand, had them under other names."""
    namespaces, application = account.namespaces(), account.application()["id"]
    release(account.call, account.worker(), earlier_release(newest_upload(account.call, account.worker())))
    assert account.namespaces().keys() == {"Box", "Job", "TaskQueue"}
    engine.set("durableObjects.renamed", {former: name for name, former in FORMER.items()})
    engine.up("--refresh")
    engine.says("config", "rm", "durableObjects")
    engine.up()
    assert (account.namespaces(), account.application()["id"]) == (namespaces, application)
    engine.preview("--refresh", "--expect-no-changes")


def test_a_rule_of_the_policy_pack_stops_an_up(engine: Engine) -> None:
    engine.set("egress", {"allowedHosts[0]": "pypi.org"})
    said = engine.fails("preview", "--policy-pack", str(ROOT / "policy"))
    engine.says("config", "rm", "egress")
    assert "egress-denied" in said


def test_a_setting_that_cannot_be_used_stops_a_preview_before_any_call(
    engine: Engine, account: StackAccount
) -> None:
    account.calls_since_last()
    engine.set("limits", {"maxTimeoutMs": 5})
    said = engine.fails("preview")
    engine.says("config", "rm", "limits")
    assert "limits.maxTimeoutMs = 5" in said
    assert account.calls_since_last()["requests"] == []
