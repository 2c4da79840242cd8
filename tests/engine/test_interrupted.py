"""A call that fails, at every place of an `up` and of a `destroy`: running it again ends where it should."""

from itertools import count
from typing import Any

import httpx
import pytest

from tests.e2e.inventory import inventory
from tests.engine.account import StackAccount
from tests.engine.engine import Engine

pytestmark = pytest.mark.engine

Fault = dict[str, Any]
EARLY: tuple[Fault, ...] = ({"status": 500}, {"is_cut": True}, {"status": 429, "allows_retry": True})
"""Before the call takes effect: of a creation that took effect unheard the provider knows nothing."""
LATE: tuple[Fault, ...] = ({"is_late": True}, {"status": 500}, {"is_cut": True, "is_late": True})


def is_hit(engine: Engine, account: StackAccount, command: str, fault: Fault) -> bool:
    """Whether a run, which may fail, made as many calls as the fault skips."""
    account.inject(fault)
    engine.run(command, "--yes", "--skip-preview")
    return account.have_all_come()


def test_every_call_of_an_up_may_fail(engine: Engine, account: StackAccount) -> None:
    expected = inventory(account.call)
    for number in count():
        engine.destroy()
        was_hit = is_hit(engine, account, "up", {**EARLY[number % len(EARLY)], "skipped": number})
        engine.up()
        assert inventory(account.call) == expected
        assert engine.outputs()["worker_version"] == engine.serving_version()
        engine.preview("--expect-no-changes")
        if not was_hit:
            break
    assert number > 10


def test_every_call_of_a_destroy_may_fail(engine: Engine, account: StackAccount) -> None:
    """A deletion that took effect unheard is found out by a refresh only."""
    for number in count():
        was_hit = is_hit(engine, account, "destroy", {**LATE[number % len(LATE)], "skipped": number})
        engine.destroy("--refresh")
        assert account.is_empty()
        engine.up()
        if not was_hit:
            break
    assert number > 4


def test_a_bucket_that_holds_results_is_refused_at_once_and_then_goes(
    engine: Engine, account: StackAccount
) -> None:
    engine.set("ephemeral", value=False)
    engine.up()
    said = engine.fails("destroy", "--yes", "--skip-preview")
    assert "protect" in said
    assert httpx.get(f"{engine.outputs()['worker_url']}/health").status_code == httpx.codes.OK
    engine.set("ephemeral", value=True)
    engine.up()
    engine.destroy()
    assert account.is_empty()
    engine.up()
