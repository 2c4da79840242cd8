"""`validate-config`: this project, the seed's, and what is neither."""

from pathlib import Path

import pytest

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, run_tool

PROJECT = Path(__file__).parents[2]
WRANGLER = """{
  // account_id is https://dash.cloudflare.com's
  "account_id": "0123456789abcdef0123456789abcdef",
  "containers": [{"class_name": "Sandbox"}],
  "durable_objects": {"bindings": [{"class_name": "Sandbox", "name": "Sandbox"}]},
  "migrations": [{"tag": "v1", "new_sqlite_classes": ["Sandbox"]}], /* the end */
}"""
INDEX = """import { getSandbox } from "@cloudflare/sandbox";
export { Sandbox } from "@cloudflare/sandbox";
const sandbox = getSandbox(env.Sandbox, id);
const command = "claude -p --permission-mode acceptEdits";
"""
STACK = """config:
  autonomous-claude-sandbox:accountId: 0123456789abcdef0123456789abcdef
  autonomous-claude-sandbox:team: platform
  autonomous-claude-sandbox:environment: dev
  autonomous-claude-sandbox:container: {build: true}
  autonomous-claude-sandbox:claudeCredential: {secure: v1:abc}
  autonomous-claude-sandbox:serverAuthToken: {secure: v1:def}
"""


def seed_project(folder: Path) -> None:
    (folder / "src").mkdir()
    (folder / "Dockerfile").write_text("FROM docker.io/cloudflare/sandbox:0.7.0\n")
    (folder / "wrangler.jsonc").write_text(WRANGLER)
    (folder / "src" / "index.ts").write_text(INDEX)
    (folder / "package.json").write_text("{}")


def validate(folder: Path) -> Ran:
    return run_tool("validate-config", folder=folder)


def test_this_project_is_valid() -> None:
    ran = validate(PROJECT)
    assert (ran.exit_code, ran.document["issues"]) == (0, [])
    assert set(ran.document["stacks"]) >= {"Pulumi.dev.yaml", "Pulumi.local.yaml"}


def test_seeds_project_is_valid(tmp_path: Path) -> None:
    seed_project(tmp_path)
    ran = validate(tmp_path)
    assert (ran.exit_code, ran.document["issues"], ran.document["warnings"]) == (0, [], [])
    assert ran.document["files"]["wrangler"] == {
        "exists": True,
        "valid": True,
        "has_containers": True,
        "has_durable_objects": True,
        "has_migrations": True,
        "account_id_set": True,
    }


def test_empty_folder_lacks_every_file(tmp_path: Path) -> None:
    ran = validate(tmp_path)
    assert ran.exit_code == ExitCode.FAILED
    assert ran.document["issues"] == [
        "Dockerfile not found",
        "wrangler.jsonc not found",
        "src/index.ts not found",
    ]


BREAKS = [
    ("Dockerfile", "cloudflare/sandbox:0.7.0", "node:20", "base image"),
    ("wrangler.jsonc", '"containers":', '// "containers":', "missing 'containers'"),
    ("wrangler.jsonc", "{", "", "no JSON"),
    ("wrangler.jsonc", '"containers": [{"class_name": "Sandbox"}],', "", "missing 'containers'"),
    ("wrangler.jsonc", "0123456789abcdef0123456789abcdef", "YOUR_CLOUDFLARE_ACCOUNT_ID", "account_id"),
    ("wrangler.jsonc", '"name": "Sandbox"', '"name": "SANDBOX"', "must be named Sandbox"),
    ("src/index.ts", "getSandbox(env", "Sandbox.create(env", "getSandbox"),
    ("src/index.ts", "export {", "// export {", "must export Sandbox"),
    ("src/index.ts", "--permission-mode acceptEdits", "--dangerously-skip-permissions", "dangerously"),
]


@pytest.mark.parametrize(("file", "old", "new", "issue"), BREAKS)
def test_broken_file_is_named(file: str, old: str, new: str, issue: str, tmp_path: Path) -> None:
    seed_project(tmp_path)
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new))
    ran = validate(tmp_path)
    assert ran.exit_code == ExitCode.FAILED
    assert any(issue in one for one in ran.document["issues"])


def validate_stack(folder: Path, text: str) -> Ran:
    (folder / "Pulumi.dev.yaml").write_text(text)
    return run_tool("validate-config", "Pulumi.dev.yaml", folder=folder)


def test_stack_file_is_valid(tmp_path: Path) -> None:
    ran = validate_stack(tmp_path, STACK)
    assert (ran.exit_code, ran.document["issues"], ran.document["warnings"]) == (0, [], [])


def test_stack_file_of_a_project_with_another_name_is_valid(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: my-claude\nruntime: python\n")
    ran = validate_stack(tmp_path, STACK.replace("autonomous-claude-sandbox:", "my-claude:"))
    assert (ran.exit_code, ran.document["issues"]) == (0, [])


def test_every_problem_of_a_stack_file_is_told_at_once(tmp_path: Path) -> None:
    ran = validate_stack(tmp_path, STACK.replace("platform", "Platform").replace("environment", "enviroment"))
    paths = {one["path"] for one in ran.document["stacks"]["Pulumi.dev.yaml"]["problems"]}
    assert (ran.exit_code, paths) == (1, {"team", "environment", "enviroment"})


def test_secret_in_clear_text_is_an_issue_and_not_shown(tmp_path: Path) -> None:
    ran = validate_stack(tmp_path, STACK.replace("{secure: v1:abc}", "sk-ant-canary"))
    assert ran.exit_code == 1
    assert "sk-ant-canary" not in ran.stdout


NO_STACK_FILES = ["", "[]", "a: [", "config: 5", "config: {}", "\x00", "&a [*a]", "config: {a: b}"]


@pytest.mark.parametrize("text", NO_STACK_FILES)
def test_file_that_is_no_stack_file_is_an_issue(text: str, tmp_path: Path) -> None:
    ran = validate_stack(tmp_path, text)
    assert (ran.exit_code, len(ran.document["issues"])) == (1, 1)


def test_path_that_is_not_there_is_an_issue(tmp_path: Path) -> None:
    ran = run_tool("validate-config", "nowhere", folder=tmp_path)
    assert (ran.exit_code, ran.document["issues"]) == (1, ["There is no such folder or file"])
