"""What somebody changed by hand, resource by resource: a refresh sees it, and `up` puts it back."""

from collections.abc import Callable

import httpx
import pytest

from tests.engine.account import StackAccount
from tests.engine.engine import Engine

pytestmark = pytest.mark.engine


def lower_the_limit(account: StackAccount) -> None:
    path = f"/containers/applications/{account.application()['id']}"
    account.call("PATCH", path, {"max_instances": 1})


def delete_the_application(account: StackAccount) -> None:
    account.call("DELETE", f"/containers/applications/{account.application()['id']}")


def switch_logs_off(account: StackAccount) -> None:
    account.call("PATCH", f"/workers/workers/{account.worker()['id']}", {"observability": {"enabled": False}})


def remove_the_retention(account: StackAccount) -> None:
    account.call("PUT", f"/r2/buckets/{account.bucket_names()[0]}/lifecycle", {"rules": []})


def deploy_the_first_version(account: StackAccount) -> None:
    versions = account.call("GET", f"/workers/workers/{account.worker()['id']}/versions")
    body = {"strategy": "percentage", "versions": [{"version_id": versions[-1]["id"], "percentage": 100}]}
    account.call("POST", f"/workers/scripts/{account.worker()['name']}/deployments", body)


CHANGES = [
    lower_the_limit,
    delete_the_application,
    switch_logs_off,
    remove_the_retention,
    deploy_the_first_version,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_by_hand_is_seen_and_put_back(
    engine: Engine, account: StackAccount, change: Callable[[StackAccount], None]
) -> None:
    engine.set("claude", {"maxTurns": 3})
    engine.up()
    engine.says("config", "rm", "--path", "claude.maxTurns")
    engine.up()
    change(account)
    engine.fails("preview", "--refresh", "--expect-no-changes")
    engine.up("--refresh")
    engine.preview("--refresh", "--expect-no-changes")
    assert account.application()["max_instances"] == 5
    assert account.worker()["observability"]["enabled"] is True
    assert account.call("GET", f"/r2/buckets/{account.bucket_names()[0]}/lifecycle")["rules"]
    assert engine.serving_version() == engine.outputs()["worker_version"]


def test_a_rollback_by_hand_is_seen_in_a_preview_that_refreshes_nothing(
    engine: Engine, account: StackAccount
) -> None:
    deploy_the_first_version(account)
    engine.fails("preview", "--expect-no-changes")
    engine.up()
    assert engine.serving_version() == engine.outputs()["worker_version"]


def test_a_worker_deleted_by_hand_is_made_again(engine: Engine, account: StackAccount) -> None:
    account.call("DELETE", f"/workers/workers/{account.worker()['id']}")
    engine.up("--refresh")
    assert httpx.get(f"{engine.outputs()['worker_url']}/health").status_code == httpx.codes.OK
