"""`images list|prune`, against a registry that speaks the protocol."""

import json
from pathlib import Path

import pytest

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, run_tool
from tests.tools.registry import ACCOUNT, API_TOKEN, PASSWORD, FakeRegistry, account
from tests.tools.service import FakeService, answering, answering_text, dead_url, served

NAME = "claude-sandbox-acme-dev"
LAYER = f"sha256:{'a' * 64}"


def stocked() -> FakeRegistry:
    """Five images of one repository, the oldest of which is in use; they share a layer."""
    registry = FakeRegistry()
    digests = [
        registry.push(NAME, f"v{day}", f"2026-11-0{day}T00:00:00Z", {LAYER: 1_000, f"sha256:{day}": day})
        for day in range(1, 6)
    ]
    registry.in_use.append(f"registry.cloudflare.com/{ACCOUNT}/{NAME}:v1@{digests[0]}")
    return registry


def images(registry: FakeRegistry, folder: Path, *arguments: str) -> Ran:
    with account(registry) as environment:
        return run_tool("images", *arguments, environment=environment, folder=folder)


def tags(registry: FakeRegistry) -> list[str]:
    return [name.rpartition(":")[2] for name in registry.manifests]


def test_list_tells_what_is_used_and_how_much(tmp_path: Path) -> None:
    document = images(stocked(), tmp_path, "list").document
    assert [(one["tag"], one["in_use"]) for one in document["images"]] == [
        ("v1", True), ("v2", False), ("v3", False), ("v4", False), ("v5", False),
    ]  # fmt: skip
    assert 1_000 + 15 < document["bytes"] < 2_000


def test_prune_deletes_nothing_unless_told(tmp_path: Path) -> None:
    registry = stocked()
    document = images(registry, tmp_path, "prune", "--keep=1").document
    assert [one["tag"] for one in document["would_delete"]] == ["v2", "v3", "v4"]
    assert len(tags(registry)) == 5


def test_prune_keeps_what_is_in_use_and_the_newest(tmp_path: Path) -> None:
    registry = stocked()
    document = images(registry, tmp_path, "prune", "--keep=2", "--yes").document
    assert (tags(registry), document["warnings"]) == (["v1", "v4", "v5"], [])
    assert registry.calls[-1] == "PUT /v2/gc/layers"


HOST = "registry.cloudflare.com"


@pytest.mark.parametrize("prefix", [f"{HOST}/{ACCOUNT}/", f"{HOST}/", f"{ACCOUNT}/", ""])
def test_image_that_an_application_names_by_tag_is_in_use(prefix: str, tmp_path: Path) -> None:
    registry = stocked()
    registry.in_use.append(f"{prefix}{NAME}:v2")
    images(registry, tmp_path, "prune", "--keep=1", "--yes")
    assert tags(registry) == ["v1", "v2", "v5"]


def test_image_named_by_tag_is_kept_under_all_its_tags(tmp_path: Path) -> None:
    registry = stocked()
    registry.manifests[f"{ACCOUNT}/{NAME}:stable"] = registry.manifests[f"{ACCOUNT}/{NAME}:v2"]
    registry.in_use.append(f"{HOST}/{ACCOUNT}/{NAME}:stable")
    images(registry, tmp_path, "prune", "--keep=1", "--yes")
    assert sorted(tags(registry)) == ["stable", "v1", "v2", "v5"]


def test_name_without_a_tag_means_latest(tmp_path: Path) -> None:
    registry = FakeRegistry(in_use=[f"{HOST}/{ACCOUNT}/{NAME}"])
    registry.push(NAME, "latest", "2026-11-01T00:00:00Z", {})
    registry.push(NAME, "v2", "2026-11-02T00:00:00Z", {LAYER: 1})
    document = images(registry, tmp_path, "prune", "--keep=1").document
    assert document["would_delete"] == []


def test_same_tag_of_another_repository_is_not_in_use(tmp_path: Path) -> None:
    registry = stocked()
    registry.in_use.append(f"{HOST}/{ACCOUNT}/another/{NAME}:v2")
    images(registry, tmp_path, "prune", "--keep=1", "--yes")
    assert tags(registry) == ["v1", "v5"]


def test_prune_leaves_other_repositories(tmp_path: Path) -> None:
    registry = stocked()
    registry.push("another", "v6", "2026-11-06T00:00:00Z", {})
    images(registry, tmp_path, "prune", "--keep=1", "--yes", "--repository=another")
    assert len(tags(registry)) == 6


@pytest.mark.parametrize("unknown", [f"{NAME}-sandbox", f"{ACCOUNT}/{NAME}", ""])
def test_unknown_repository_is_refused_with_the_known_ones(unknown: str, tmp_path: Path) -> None:
    registry = stocked()
    ran = images(registry, tmp_path, "prune", "--keep=1", "--yes", f"--repository={unknown}")
    assert (ran.exit_code, ran.document["hint"]) == (ExitCode.USAGE, f"Use one of: {NAME}")
    assert len(tags(registry)) == 5


def test_of_many_repositories_a_few_are_named(tmp_path: Path) -> None:
    registry = FakeRegistry()
    for name in "abcdefgh":
        registry.push(name, "v1", "2026-11-01T00:00:00Z", {})
    ran = images(registry, tmp_path, "prune", "--repository=z")
    assert ran.document["hint"] == "Use one of: a, b, c, d, e, ..."


def test_empty_registry_is_told(tmp_path: Path) -> None:
    ran = images(FakeRegistry(), tmp_path, "prune", "--repository=z")
    assert (ran.exit_code, ran.document["hint"]) == (
        ExitCode.USAGE, "The registry is empty: there is nothing to prune.",
    )  # fmt: skip


def test_image_of_unknown_age_stays(tmp_path: Path) -> None:
    registry = FakeRegistry()
    for number in range(3):
        registry.push(NAME, f"v{number}", "", {})
    assert images(registry, tmp_path, "prune", "--keep=1").document["would_delete"] == []


def test_layers_that_stay_for_now_are_a_warning(tmp_path: Path) -> None:
    registry = stocked()
    registry.refuses_gc = True
    ran = images(registry, tmp_path, "prune", "--yes")
    assert (ran.exit_code, len(ran.document["warnings"])) == (0, 1)


def test_no_credential_is_printed(tmp_path: Path) -> None:
    ran = images(stocked(), tmp_path, "prune", "--yes", "--keep=1")
    assert not any(secret in ran.stdout + ran.stderr for secret in (API_TOKEN, PASSWORD))


def test_token_without_permission_is_told(tmp_path: Path) -> None:
    with account(stocked()) as environment:
        ran = run_tool(
            "images", "list", environment={**environment, "CLOUDFLARE_API_TOKEN": "other"}, folder=tmp_path
        )
    assert ran.exit_code == ExitCode.AUTHENTICATION
    assert "Workers Containers Write" in ran.document["hint"]


def test_account_must_be_named(tmp_path: Path) -> None:
    assert run_tool("images", "list", folder=tmp_path).exit_code == ExitCode.USAGE


@pytest.mark.parametrize("text", ["<html>", "{", "[]", '{"success":true}'])
def test_what_is_not_cloudflares_is_told(text: str, tmp_path: Path) -> None:
    path = f"GET /client/v4/accounts/{ACCOUNT}/containers/applications"
    with served(FakeService({path: answering_text(text)})) as url:
        ran = unreachable(f"{url}/client/v4", tmp_path)
    assert ran.exit_code == ExitCode.BAD_ANSWER


BROKEN_ACCOUNTS = [
    {"success": True, "result": ["x"]},
    {"success": True, "result": {"a": 1}},
    {"success": True, "result": [{"configuration": "x"}]},
    {"success": True, "result": [{"configuration": {"image": 5}}]},
    {"success": True, "result": [], "result_info": []},
    {"success": True, "result": [], "result_info": {"next_page_token": "always the same"}},
    {"success": False, "result": []},
]


@pytest.mark.parametrize("body", BROKEN_ACCOUNTS, ids=json.dumps)
def test_list_of_applications_that_is_none_is_told(body: object, tmp_path: Path) -> None:
    path = f"GET /client/v4/accounts/{ACCOUNT}/containers/applications"
    with served(FakeService({path: answering(body)})) as url:
        assert unreachable(f"{url}/client/v4", tmp_path).exit_code == ExitCode.BAD_ANSWER


CREDENTIALS = {"registry_host": "127.0.0.1:1", "username": "v1", "password": PASSWORD}
BROKEN_CREDENTIALS: list[object] = [
    [],
    {**CREDENTIALS, "password": None},
    {**CREDENTIALS, "password": "\ud800"},
    {**CREDENTIALS, "username": 5},
    {**CREDENTIALS, "registry_host": "a b"},
    {"registry_host": "x", "username": "v1"},
]


@pytest.mark.parametrize("result", BROKEN_CREDENTIALS, ids=json.dumps)
def test_credentials_that_are_none_are_told(result: object, tmp_path: Path) -> None:
    base = f"/client/v4/accounts/{ACCOUNT}/containers"
    answers = {
        f"GET {base}/applications": answering({"success": True, "result": []}),
        f"POST {base}/registries/registry.cloudflare.com/credentials": answering_text(
            json.dumps({"success": True, "result": result})
        ),
    }
    with served(FakeService(answers)) as url:
        assert unreachable(f"{url}/client/v4", tmp_path).exit_code == ExitCode.BAD_ANSWER


BROKEN_REGISTRIES = [
    ("/v2/_catalog", '{"repositories": ["x"]}'),
    ("/v2/_catalog", '{"repositories": {"x": [5]}}'),
    ("/v2/_catalog", '{"repositories": {"x": "y"}}'),
    ("/v2/_catalog", '{"cursor": 5}'),
    ("/v2/_catalog", '{"cursor": "always the same"}'),
    ("/manifests/", '{"config": "x"}'),
    ("/manifests/", '{"layers": [5]}'),
    ("/manifests/", '{"layers": [{"digest": "a", "size": "many"}]}'),
    ("/manifests/", '{"layers": [{"digest": "a", "size": NaN}]}'),
    ("/manifests/", "[]"),
    ("/blobs/", '{"created": 5}'),
    ("/blobs/", "<html>"),
]


@pytest.mark.parametrize(("path", "text"), BROKEN_REGISTRIES)
def test_registry_that_is_none_is_told(path: str, text: str, tmp_path: Path) -> None:
    registry = stocked()
    registry.broken[path] = text
    assert images(registry, tmp_path, "list").exit_code == ExitCode.BAD_ANSWER


def test_dead_port_is_unreachable(tmp_path: Path) -> None:
    assert unreachable(dead_url(), tmp_path).exit_code == ExitCode.UNREACHABLE


def unreachable(base_url: str, folder: Path) -> Ran:
    environment = {"CLOUDFLARE_ACCOUNT_ID": ACCOUNT, "CLOUDFLARE_API_TOKEN": API_TOKEN}
    return run_tool(
        "images", "list", environment={**environment, "CLOUDFLARE_BASE_URL": base_url}, folder=folder
    )
