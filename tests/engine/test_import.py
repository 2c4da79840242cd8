"""What the account has and the stack's state has not is taken over, not made again."""

import json
from collections.abc import Mapping

import pytest

from localcloud.control_plane.platform import ACCOUNT_ID
from tests.engine.account import StackAccount
from tests.engine.engine import WORKER, Engine
from tests.tools.corpus import codes

pytestmark = pytest.mark.engine


def take_over_and_deploy(engine: Engine, account: StackAccount) -> None:
    """As the doctor and docs/workflows/upgrade.md say; what was there is still that afterwards."""
    worker_id, (bucket,) = account.worker()["id"], account.bucket_names()
    ids = {
        "cloudflare:index/worker:Worker": f"{ACCOUNT_ID}/{worker_id}",
        "cloudflare:index/r2Bucket:R2Bucket": f"{ACCOUNT_ID}/{bucket}/default",
    }
    engine.says("preview", "--import-file", "import.json")
    keep_in(engine, ids)
    engine.says("import", "--file", "import.json", "--generate-code=false", "--yes")
    engine.up()
    assert (account.worker()["id"], account.bucket_names()) == (worker_id, [bucket])
    engine.preview("--expect-no-changes")


def keep_in(engine: Engine, ids: Mapping[str, str]) -> None:
    """In the file of all that a preview would make: what exists, and what holds it, which has no id."""
    file = engine.project / "import.json"
    listed = json.loads(file.read_text())
    kept = [one for one in listed["resources"] if one["type"] in ids or "id" not in one]
    resources = [{**one, "id": ids[one["type"]]} if "id" in one else one for one in kept]
    file.write_text(json.dumps({**listed, "resources": resources}))


def test_what_another_program_made_is_taken_over(engine: Engine, account: StackAccount) -> None:
    engine.destroy()
    account.call("POST", "/r2/buckets", {"name": f"{WORKER}-results"})
    account.call("POST", "/workers/workers", {"name": WORKER})
    take_over_and_deploy(engine, account)


def test_what_was_made_unheard_is_taken_over(engine: Engine, account: StackAccount) -> None:
    """Its creation took effect, and the answer was lost."""
    engine.destroy()
    for path in ("/workers/workers", "/r2/buckets"):
        account.inject({"method": "POST", "path_contains": path, "is_late": True})
        engine.fails("up", "--yes", "--skip-preview")
    assert "NOT_IN_STATE" in codes(engine.fails("up", "--yes", "--skip-preview"))
    take_over_and_deploy(engine, account)
