"""A client's token and the model's credential are replaced while callers keep calling: no call fails."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
import yaml

from localcloud.home import Home, write_private
from tests.e2e.callers import CALLS_PER_SECOND, Caller, Watch
from tests.e2e.cloud import TERMINAL, Cloud, Service, await_condition
from tests.e2e.project import copied
from tests.tools.command_line import run_program

STACK_FILE = "Pulumi.local.yaml"
CLIENTS = "autonomous-claude-sandbox:clients"
MARKER = "marker-long-"
LONG = MARKER + ' scenario:script [{"fail":429,"times":3,"headers":{"retry-after":"15"}},{"say":"done"}]'
"""Asks the model every fifteen seconds, most of a minute long: Claude Code tries three times more."""


@dataclass(frozen=True)
class Drill:
    """What was seen of one rotation of each kind.

    Args:
        caller: who called all the time.
        watch: of the old token.
        old_token_end: its notAfter.
        tasks: all that were submitted, as they ended.
        long_task_keys: the credentials that one long task's model calls came with, in their order.
        credentials: the old one and the new one.
    """

    caller: Caller
    watch: Watch
    old_token_end: datetime
    tasks: list[str]
    long_task_keys: list[str]
    credentials: tuple[str, str]


@dataclass(frozen=True)
class Operator:
    """Somebody with the project's folder: changes its stack file and deploys it."""

    site: Cloud

    def clients(self, *arguments: str) -> str:
        """The new token."""
        ran = run_program("clients", *arguments, "--stack=local", folder=self.site.project)
        assert ran.exit_code == 0, ran.stdout
        return str(ran.document["token"])

    def first_token_end(self) -> datetime:
        config = yaml.safe_load((self.site.project / STACK_FILE).read_text())["config"]
        return datetime.fromisoformat(config[CLIENTS][0]["tokens"][0]["notAfter"])

    def deploy(self, *config: str) -> str:
        """The address."""
        return str(self.site.deploy(*config)["outputs"]["worker_url"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A localcloud of this file's own, deployed from a copy of the project."""
    folder = tmp_path_factory.mktemp("rotation")
    cloud = Cloud(Home(folder / "home"), copied(folder / "project"))
    cloud.start()
    yield cloud
    cloud.command("stop")


@pytest.fixture(scope="module")
def drill(site: Cloud) -> Drill:
    """As docs/workflows/setup.md has it, with callers that do not stop."""
    operator = Operator(site)
    old_token = operator.clients("add", "ci")
    url = operator.deploy()
    caller, watch = Caller(url, old_token), Watch(url, old_token)
    with caller.calling():
        new_token = operator.clients("rotate", "ci", "--overlap=1m")
        operator.deploy()
        with watch.watching():
            caller.token = new_token
            long_task = Service("", url, new_token).submit(LONG)
            await_condition(lambda: site.model_calls(MARKER))
            credentials = replace_credential(operator)
            await_condition(lambda: 401 in watch.statuses, seconds=120)
        operator.deploy("limits.maxQueuedTasks=50")
    service = Service("", url, new_token)
    tasks = [service.await_status(one, TERMINAL, 300)["status"] for one in [long_task, *caller.task_ids]]
    keys = [call["headers"]["x-api-key"] for call in site.model_calls(MARKER)]
    return Drill(caller, watch, operator.first_token_end(), tasks, keys, credentials)


def replace_credential(operator: Operator) -> tuple[str, str]:
    """Both are good until the deploy has ended; then the old one is withdrawn."""
    file = operator.site.home.model_credential
    old, new = file.read_text(), secrets.token_hex(32)
    write_private(file, f"{new}\n{old}\n")
    operator.deploy()
    write_private(file, new)
    return old, new


def test_no_call_fails(drill: Drill) -> None:
    assert set(drill.caller.outcomes) == {"200", "202"}, drill.caller.outcomes


def test_calls_came_at_a_steady_rate_all_the_time(drill: Drill) -> None:
    assert drill.caller.outcomes.total() >= drill.caller.seconds * CALLS_PER_SECOND * 0.9
    assert drill.caller.seconds >= 60


def test_every_task_succeeds(drill: Drill) -> None:
    assert set(drill.tasks) == {"succeeded"}
    assert len(drill.tasks) > 10


def test_the_old_token_is_taken_until_its_not_after_and_never_again(drill: Drill) -> None:
    statuses = drill.watch.statuses
    assert statuses == sorted(statuses)
    assert set(statuses) == {200, 401}
    assert all(asked < drill.old_token_end for asked, status, _ in drill.watch.seen if status == 200)
    assert all(answered >= drill.old_token_end for _, status, answered in drill.watch.seen if status == 401)


def test_a_running_task_goes_on_with_the_new_credential(drill: Drill) -> None:
    old, new = drill.credentials
    assert set(drill.long_task_keys) == {old, new}
    assert drill.long_task_keys == sorted(drill.long_task_keys, key=[old, new].index)
