"""Who may call, what is answered to the rest, and what is written down about it."""

import json

from tests.localcloud.conftest import API_TOKEN, BASE, SANDBOX, SECRET, Cloud


def test_refuses_a_call_without_the_token(cloud: Cloud) -> None:
    answer = cloud.client.get(f"{BASE}/r2/buckets", headers={"authorization": ""})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, 10000)


def test_refuses_another_token(cloud: Cloud) -> None:
    headers = {"authorization": f"Bearer {API_TOKEN[:-1]}x"}
    assert cloud.client.get("/client/v4/user/tokens/verify", headers=headers).status_code == 401


def test_refuses_another_account(cloud: Cloud) -> None:
    answer = cloud.client.get(f"/client/v4/accounts/{'f' * 32}/r2/buckets")
    assert (answer.status_code, answer.json()["success"]) == (403, False)


def test_unknown_call_is_501_and_named(cloud: Cloud) -> None:
    status, envelope = cloud.call("POST", "/d1/database")
    assert status == 501
    assert f"POST {BASE}/d1/database" in envelope["errors"][0]["message"]


def test_unknown_method_of_a_known_path_is_501(cloud: Cloud) -> None:
    assert cloud.refusal("DELETE", "/workers/subdomain")[0] == 501


def test_unknown_field_is_501_and_named(cloud: Cloud) -> None:
    status, envelope = cloud.call("POST", "/workers/workers", {"name": "demo", "previews_base_config": {}})
    assert status == 501
    assert "previews_base_config" in envelope["errors"][0]["message"]


def test_wrong_type_is_400_without_quoting_the_value(cloud: Cloud) -> None:
    status, envelope = cloud.call("POST", "/workers/workers", {"name": "demo", "tags": SECRET})
    assert status == 400
    assert "tags" in envelope["errors"][0]["message"]
    assert SECRET not in json.dumps(envelope)


def test_broken_json_is_400(cloud: Cloud) -> None:
    answer = cloud.client.post(f"{BASE}/r2/buckets", content=b"{")
    assert (answer.status_code, answer.json()["success"]) == (400, False)


def test_token_is_verified(cloud: Cloud) -> None:
    assert cloud.client.get("/client/v4/user/tokens/verify").json()["result"]["status"] == "active"


def test_log_has_method_path_and_status_and_no_body(cloud: Cloud) -> None:
    cloud.call("POST", "/r2/buckets", {"name": SECRET})
    line = json.loads((cloud.folder / "control-plane.jsonl").read_text().splitlines()[-1])
    assert (line["method"], line["path"], line["status"]) == ("POST", f"{BASE}/r2/buckets", 200)
    assert SECRET not in json.dumps(line)


def test_writes_and_reads_are_counted(cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "one"})
    cloud.result("GET", "/r2/buckets")
    seen = cloud.client.get("/client/v4/localcloud/requests").json()["result"]
    assert (seen["reads"], seen["writes"]) == (1, 1)


def test_count_starts_again_after_a_clear(cloud: Cloud) -> None:
    cloud.result("POST", "/r2/buckets", {"name": "one"})
    cloud.client.delete("/client/v4/localcloud/requests")
    assert cloud.client.get("/client/v4/localcloud/requests").json()["result"]["writes"] == 0


def test_secret_texts_are_on_disk_for_the_owner_only(cloud: Cloud) -> None:
    worker = cloud.result("POST", "/workers/workers", {"name": "demo"})
    secret = {"type": "secret_text", "name": "KEY", "text": SECRET}
    cloud.upload(worker["id"], **{**SANDBOX, "bindings": [secret]})
    files = [
        path for path in cloud.folder.glob("control-plane.sqlite*") if SECRET.encode() in path.read_bytes()
    ]
    assert files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_silent_data_plane_is_503_and_not_worth_a_retry(cloud: Cloud) -> None:
    cloud.data_plane.is_broken = True
    answer = cloud.client.post(f"{BASE}/r2/buckets", json={"name": "one"})
    assert (answer.status_code, answer.headers["x-should-retry"]) == (503, "false")
