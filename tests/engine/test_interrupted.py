"""A call that fails, at every place of an `up` and of a `destroy`: running it again ends where it should."""

import httpx
import pytest

from tests.engine.account import StackAccount
from tests.engine.engine import Engine

pytestmark = pytest.mark.engine


def count(account: StackAccount, method: str) -> int:
    """Calls with this method since the last look."""
    return sum(one["method"] == method for one in account.calls_since_last()["requests"])


def test_every_deletion_that_fails_is_made_good(engine: Engine, account: StackAccount) -> None:
    account.calls_since_last()
    engine.destroy()
    for number in range(count(account, "DELETE")):
        engine.up()
        account.inject({"method": "DELETE", "skipped": number, "is_late": bool(number % 2)})
        engine.fails("destroy", "--yes", "--skip-preview")
        engine.destroy()
        assert account.is_empty()
    engine.up()


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_every_creation_that_fails_is_made_good(engine: Engine, account: StackAccount, method: str) -> None:
    engine.destroy()
    account.calls_since_last()
    engine.up()
    for number in range(count(account, method)):
        engine.destroy()
        account.inject({"method": method, "skipped": number})
        engine.fails("up", "--yes", "--skip-preview")
        engine.up()
        assert len(account.bucket_names()) == 1
        assert httpx.get(f"{engine.outputs()['worker_url']}/health").status_code == httpx.codes.OK
        engine.preview("--expect-no-changes")


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
