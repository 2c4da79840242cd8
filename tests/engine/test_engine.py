"""The Pulumi engine itself, with the official provider, against localcloud.

Runs where the Pulumi CLI is on PATH; elsewhere it is skipped, and says so.
"""

import shutil
from collections.abc import Iterator

import httpx
import pytest

from localcloud.home import Home
from tests.e2e.cloud import ROOT, Cloud, Service
from tests.engine.engine import Engine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(
        shutil.which("pulumi") is None,
        reason="the Pulumi CLI is not on PATH: https://www.pulumi.com/docs/iac/download-install/",
    ),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A stack that is up; the tests change it one after another and leave it as it was."""
    folder = tmp_path_factory.mktemp("engine")
    cloud = Cloud(Home(folder / "home"))
    cloud.start()
    made = Engine(cloud, folder)
    made.make_stack()
    made.up("--policy-pack", str(ROOT / "policy"))
    yield made
    cloud.command("stop")


def requests(engine: Engine) -> dict[str, int]:
    with engine.cloud.control_plane as client:
        counted: dict[str, int] = client.get("/localcloud/requests").json()["result"]
        client.delete("/localcloud/requests").raise_for_status()
    return counted


def application(engine: Engine) -> dict[str, object]:
    with engine.cloud.control_plane as client:
        path = f"/accounts/{engine.settings['accountId']}/containers/applications"
        (found,) = client.get(path).json()["result"]
    return dict(found)


def test_the_deployed_service_runs_a_task(engine: Engine) -> None:
    outputs = engine.outputs()
    service = Service(outputs["worker_name"], outputs["worker_url"], engine.secrets["serverAuthToken"])
    answer = service.execute("What is 2 + 2?")
    assert (answer.status_code, answer.json()["success"]) == (httpx.codes.OK, True), answer.text


def test_a_second_up_writes_nothing(engine: Engine) -> None:
    requests(engine)
    engine.up("--expect-no-changes")
    assert requests(engine)["writes"] == 0


def test_a_refresh_finds_no_drift(engine: Engine) -> None:
    engine.says("refresh", "--yes", "--skip-preview", "--expect-no-changes", *engine.stack_options)
    engine.preview("--expect-no-changes")


def test_no_secret_is_in_state_or_output(engine: Engine) -> None:
    texts = (engine.state(), engine.up(), engine.preview("--diff"), str(engine.outputs()))
    secrets = (*engine.secrets.values(), engine.cloud.home.api_token.read_text())
    assert not any(secret in text for secret in secrets for text in texts)


def test_a_changed_limit_is_updated_in_place(engine: Engine) -> None:
    engine.set("container", {"maxInstances": 7})
    engine.up()
    assert application(engine)["max_instances"] == 7
    engine.set("container", {"maxInstances": 5})
    engine.up()


def test_drift_by_hand_is_seen_by_refresh_and_mended(engine: Engine) -> None:
    with engine.cloud.control_plane as client:
        account, one = engine.settings["accountId"], application(engine)["id"]
        path = f"/accounts/{account}/containers/applications/{one}"
        client.patch(path, json={"max_instances": 1}).raise_for_status()
    assert "maxInstances" in engine.preview("--refresh", "--diff")
    engine.up("--refresh")
    assert application(engine)["max_instances"] == 5


def test_a_rule_of_the_policy_pack_stops_an_up(engine: Engine) -> None:
    engine.set("egress", {"allowedHosts": ["pypi.org"]})
    done = engine.run("preview", "--policy-pack", str(ROOT / "policy"), *engine.stack_options)
    engine.set("egress", {"allowedHosts": []})
    assert done.returncode != 0
    assert "egress-denied" in done.stdout + done.stderr


def test_destroy_leaves_nothing(engine: Engine) -> None:
    engine.destroy()
    account = f"/accounts/{engine.settings['accountId']}"
    with engine.cloud.control_plane as client:
        left = [
            client.get(f"{account}/workers/workers").json()["result"],
            client.get(f"{account}/containers/applications").json()["result"],
            client.get(f"{account}/r2/buckets").json()["result"]["buckets"],
        ]
    assert left == [[], [], []]
