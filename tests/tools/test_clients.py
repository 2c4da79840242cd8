"""`clients add|rotate|revoke|list`: what they make of a stack file."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from claude_sandbox.cli.report import ExitCode
from tests.tools.command_line import Ran, run_tool
from tests.tools.service import TOKEN, dead_url, served, task_service

CLIENTS = "autonomous-claude-sandbox:clients"
OLD = "a" * 64
BEFORE = """\
# The team's stack.
config:
    # Four spaces, as somebody's editor has it.
    autonomous-claude-sandbox:accountId: "0123456789abcdef0123456789abcdef"
    autonomous-claude-sandbox:team: 'platform'   # quoted so
    autonomous-claude-sandbox:environment: dev
    autonomous-claude-sandbox:container: {build: true}
"""
LISTED = f"""\
    autonomous-claude-sandbox:clients:
    - name: ci   # the pipeline's
      tokens:
      - sha256: {OLD}
        notAfter: "2099-01-01T00:00:00Z"
"""
AFTER = """\

    # Kept for a month.
    autonomous-claude-sandbox:results:
    - retentionDays: 30
"""
SECRET = "    autonomous-claude-sandbox:serverAuthToken: {secure: v1:abc}\n"


def clients(folder: Path, *arguments: str, text: str | None = None, **environment: str) -> Ran:
    if text is not None:
        (folder / "Pulumi.dev.yaml").write_text(text)
    return run_tool("clients", *arguments, "--stack=dev", folder=folder, environment=environment)


def stored(folder: Path) -> str:
    return (folder / "Pulumi.dev.yaml").read_text()


def listed(folder: Path) -> Any:  # noqa: ANN401
    return yaml.safe_load(stored(folder))["config"].get(CLIENTS)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def test_added_client_is_known_by_its_digest(tmp_path: Path) -> None:
    ran = clients(tmp_path, "add", "ci", "--scope=tasks:read", text=BEFORE)
    assert ran.exit_code == 0, ran.stdout
    (client,) = listed(tmp_path)
    assert (client["name"], client["scopes"]) == ("ci", ["tasks:read"])
    assert client["tokens"][0]["sha256"] == digest(ran.document["token"])
    assert ran.document["token"] not in stored(tmp_path)
    assert ran.document["next_step"] == "pulumi up --stack dev"


def test_everything_else_stays_byte_for_byte(tmp_path: Path) -> None:
    clients(tmp_path, "add", "ci", text=BEFORE + LISTED.replace("name: ci ", "name: it ") + AFTER)
    assert stored(tmp_path).startswith(BEFORE)
    assert stored(tmp_path).endswith(AFTER)
    assert "# the pipeline's" in stored(tmp_path)


def test_added_and_revoked_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    clients(tmp_path, "add", "ci", text=BEFORE + AFTER)
    clients(tmp_path, "revoke", "ci")
    assert stored(tmp_path) == BEFORE + AFTER


def test_rotation_keeps_the_old_token_for_the_overlap(tmp_path: Path) -> None:
    ran = clients(tmp_path, "rotate", "ci", "--overlap=2h", text=BEFORE + LISTED + AFTER)
    old, new = listed(tmp_path)[0]["tokens"]
    assert (old["sha256"], new["sha256"]) == (OLD, digest(ran.document["token"]))
    left = datetime.fromisoformat(old["notAfter"]) - datetime.now(UTC)
    assert timedelta(hours=1) < left < timedelta(hours=3)


def test_rotation_never_prolongs_a_token(tmp_path: Path) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    clients(tmp_path, "rotate", "ci", text=BEFORE + LISTED.replace("2099-01-01T00:00:00Z", soon))
    assert listed(tmp_path)[0]["tokens"][0]["notAfter"] == soon


def test_rotation_drops_tokens_that_have_ended(tmp_path: Path) -> None:
    clients(tmp_path, "rotate", "ci", text=BEFORE + LISTED.replace("2099", "2020"))
    assert OLD not in [one["sha256"] for one in listed(tmp_path)[0]["tokens"]]


def test_rotation_stops_at_four_tokens(tmp_path: Path) -> None:
    codes = [clients(tmp_path, "rotate", "ci", text=BEFORE + LISTED).exit_code]
    codes += [clients(tmp_path, "rotate", "ci").exit_code for _ in range(3)]
    assert codes == [0, 0, 0, ExitCode.USAGE]


def rotate_default(folder: Path, *arguments: str, token: str = TOKEN, text: str = BEFORE + SECRET) -> Ran:
    (folder / "present").write_text(f"{token}\n")
    return clients(folder, "rotate", "default", "--present-token-file=present", *arguments, text=text)


def test_secret_token_is_taken_over_by_its_digest(tmp_path: Path) -> None:
    with served(task_service()) as url:
        ran = rotate_default(tmp_path, f"--url={url}")
    old, new = listed(tmp_path)[0]["tokens"]
    assert (old["sha256"], new["sha256"]) == (digest(TOKEN), digest(ran.document["token"]))
    assert "serverAuthToken" not in stored(tmp_path)
    assert TOKEN not in ran.stdout


@pytest.mark.parametrize("key", ["url", "customDomain"])
def test_present_token_is_asked_of_the_stacks_own_address(key: str, tmp_path: Path) -> None:
    address = {"url": dead_url(), "customDomain": "sandbox.invalid"}[key]
    text = f"{BEFORE}{SECRET}    autonomous-claude-sandbox:worker: {{{key}: '{address}'}}\n"
    ran = rotate_default(tmp_path, text=text)
    assert (ran.exit_code, stored(tmp_path)) == (ExitCode.UNREACHABLE, text)


def test_token_that_the_service_refuses_changes_nothing(tmp_path: Path) -> None:
    with served(task_service()) as url:
        ran = rotate_default(tmp_path, f"--url={url}", token="another-stacks-token")
    assert (ran.exit_code, stored(tmp_path)) == (ExitCode.AUTHENTICATION, BEFORE + SECRET)


def test_service_that_is_not_known_is_not_asked_and_this_is_told(tmp_path: Path) -> None:
    ran = rotate_default(tmp_path)
    assert (ran.exit_code, "nobody was asked" in ran.stderr) == (0, True)


def test_token_of_another_client_is_not_taken_for_the_secret(tmp_path: Path) -> None:
    text = BEFORE + SECRET + LISTED.replace(OLD, digest(TOKEN))
    ran = rotate_default(tmp_path, text=text)
    assert (ran.exit_code, stored(tmp_path)) == (ExitCode.USAGE, text)


def test_token_of_the_environment_is_not_taken_for_the_secret(tmp_path: Path) -> None:
    ran = clients(tmp_path, "rotate", "default", text=BEFORE + SECRET, CLAUDE_SANDBOX_TOKEN=TOKEN)
    assert (ran.exit_code, stored(tmp_path)) == (ExitCode.USAGE, BEFORE + SECRET)
    assert "--present-token-file" in ran.document["hint"]


def test_listed_client_needs_no_present_token(tmp_path: Path) -> None:
    (tmp_path / "present").write_text(TOKEN)
    ran = clients(tmp_path, "rotate", "ci", "--present-token-file=present", text=BEFORE + LISTED)
    assert (ran.exit_code, stored(tmp_path)) == (ExitCode.USAGE, BEFORE + LISTED)


def test_list_shows_the_secrets_client(tmp_path: Path) -> None:
    end = '    autonomous-claude-sandbox:serverAuthTokenNotAfter: "2020-01-01T00:00:00Z"\n'
    default, ci = clients(tmp_path, "list", text=BEFORE + SECRET + end + LISTED).document["clients"]
    assert default["tokens"] == [
        {"secret": "serverAuthToken", "has_ended": True, "notAfter": "2020-01-01T00:00:00Z"}
    ]
    assert (default["name"], ci["name"]) == ("default", "ci")


def test_secrets_client_is_revoked_where_the_secret_is(tmp_path: Path) -> None:
    ran = clients(tmp_path, "revoke", "default", text=BEFORE + SECRET)
    assert "pulumi config rm serverAuthToken --stack dev" in ran.document["hint"]


@pytest.mark.parametrize("verb", ["add", "rotate", "revoke"])
def test_client_that_localcloud_sets_is_left_to_it(verb: str, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.local.yaml").write_text(BEFORE)
    ran = run_tool("clients", verb, "default", "--stack=local", folder=tmp_path)
    assert (ran.exit_code, (tmp_path / "Pulumi.local.yaml").read_text()) == (ExitCode.USAGE, BEFORE)
    assert "clients add NAME --stack local" in ran.document["hint"]


def test_token_goes_into_a_file_of_its_owner(tmp_path: Path) -> None:
    ran = clients(tmp_path, "add", "ci", "--token-file=token", text=BEFORE)
    token = tmp_path / "token"
    assert token.stat().st_mode & 0o777 == 0o600
    assert listed(tmp_path)[0]["tokens"][0]["sha256"] == digest(token.read_text())
    assert "token" not in ran.document


def test_token_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("precious")
    ran = clients(tmp_path, "add", "ci", "--token-file=token", text=BEFORE)
    assert (ran.exit_code, stored(tmp_path)) == (ExitCode.USAGE, BEFORE)
    assert (tmp_path / "token").read_text() == "precious"


@pytest.mark.parametrize("verb", ["rotate", "revoke"])
def test_dry_run_writes_nothing_and_makes_no_token(verb: str, tmp_path: Path) -> None:
    ran = clients(tmp_path, verb, "ci", "--dry-run", text=BEFORE + LISTED)
    assert (ran.exit_code, ran.document["dry_run"], "token" in ran.document) == (0, True, False)
    assert stored(tmp_path) == BEFORE + LISTED


def test_revoked_client_can_be_put_back(tmp_path: Path) -> None:
    removed = clients(tmp_path, "revoke", "ci", text=BEFORE + LISTED).document["removed"]
    assert json.dumps(removed) == json.dumps(yaml.safe_load(LISTED)[CLIENTS][0])


def test_list_tells_what_has_ended(tmp_path: Path) -> None:
    document = clients(tmp_path, "list", text=BEFORE + LISTED.replace("2099", "2020")).document
    assert document["clients"][0]["tokens"][0]["has_ended"]


REFUSED = [
    ("add", "ci"),
    ("add", "Not A Name"),
    ("add", "x", "--scope=everything"),
    ("add", "x", "--expires-in=soon"),
    ("rotate", "nobody"),
    ("rotate", "ci", "--overlap=-1h"),
    ("revoke", "nobody"),
]


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_change_that_can_not_be_is_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ran = clients(tmp_path, *arguments, text=BEFORE + LISTED)
    assert (ran.exit_code, stored(tmp_path)) == (ExitCode.USAGE, BEFORE + LISTED)


RENAMED = BEFORE.replace("autonomous-claude-sandbox:", "my-claude:")


def renamed(folder: Path) -> None:
    """As `pulumi new` leaves it: the project has a name of its own."""
    (folder / "Pulumi.yaml").write_text("name: my-claude\nruntime: python\n")


def test_renamed_projects_clients_are_its_own(tmp_path: Path) -> None:
    renamed(tmp_path)
    clients(tmp_path, "add", "ci", text=RENAMED)
    assert "my-claude:clients" in stored(tmp_path)
    assert CLIENTS not in stored(tmp_path)
    assert [one["name"] for one in clients(tmp_path, "list").document["clients"]] == ["ci"]


def test_of_two_lists_the_one_that_counts_is_changed(tmp_path: Path) -> None:
    renamed(tmp_path)
    own = LISTED.replace("autonomous-claude-sandbox:", "my-claude:").replace("name: ci", "name: own")
    clients(tmp_path, "add", "new", text=RENAMED + own + LISTED)
    config = yaml.safe_load(stored(tmp_path))["config"]
    assert [one["name"] for one in config["my-claude:clients"]] == ["own", "new"]
    assert [one["name"] for one in config[CLIENTS]] == ["ci"]


def test_renamed_projects_secret_is_taken_over(tmp_path: Path) -> None:
    renamed(tmp_path)
    ran = rotate_default(tmp_path, text=RENAMED + SECRET.replace("autonomous-claude-sandbox:", "my-claude:"))
    assert (ran.exit_code, "serverAuthToken" in stored(tmp_path)) == (0, False)


NO_STACK_FILES = [
    "",
    "[]",
    "a: [",
    "config: 5",
    "config: {}",
    "config: {a: b}",
    "\x00",
    f"config:\n  {CLIENTS}: 5",
]


@pytest.mark.parametrize("text", NO_STACK_FILES)
def test_file_that_is_no_stack_file_is_refused(text: str, tmp_path: Path) -> None:
    ran = clients(tmp_path, "add", "ci", text=text)
    assert (ran.exit_code, stored(tmp_path)) == (ExitCode.USAGE, text)


@pytest.mark.parametrize("stack", ["", "../dev", "nowhere"])
def test_stack_without_a_file_is_refused(stack: str, tmp_path: Path) -> None:
    assert run_tool("clients", "list", f"--stack={stack}", folder=tmp_path).exit_code == ExitCode.USAGE
