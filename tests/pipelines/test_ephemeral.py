"""A pull request's own stack has an end, and nothing else is ever destroyed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from pipelines.ephemeral import END_TAG, NotEphemeralError, make, remove, sweep
from pipelines.stack import Stack
from tests.pipelines.pipelines import ROOT
from tests.pipelines.programs import FakeProgram

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAST, FUTURE = "2026-11-24T11:59:59+00:00\n", "2026-11-24T12:00:01+00:00\n"
OWN = Stack("org", "acme", "pr-12")
LISTING = ("stack", "ls")


def end_of(name: str) -> tuple[str, ...]:
    return ("stack", "tag", "get", END_TAG, "--stack", name)


def account(ends: dict[str, str | None], **more: object) -> FakeProgram:
    listed = json.dumps([{"name": name, "current": False, **more} for name in ends])
    return FakeProgram({LISTING: listed, **{end_of(name): end for name, end in ends.items()}})


def destroyed(pulumi: FakeProgram) -> list[str]:
    return [call[call.index("--stack") + 1] for call in pulumi.calls if call[0] == "destroy"]


@pytest.fixture
def made(tmp_path: Path) -> FakeProgram:
    OWN.file(tmp_path).write_text((ROOT / "Pulumi.dev.yaml").read_text())
    pulumi = FakeProgram()
    make(pulumi, OWN, Stack("org", "acme", "dev"), tmp_path, NOW)
    return pulumi


def test_a_stack_gets_its_end_before_it_gets_anything_to_destroy(made: FakeProgram) -> None:
    assert made.calls == [
        ("stack", "select", "--create", "org/acme-pr-12"),
        ("stack", "tag", "set", END_TAG, "2026-11-24T12:00:00+00:00", "--stack", "org/acme-pr-12"),
        ("config", "cp", "--stack", "org/acme-dev", "--dest", "org/acme-pr-12"),
    ]


def test_its_file_says_that_it_is_ephemeral(made: FakeProgram, tmp_path: Path) -> None:
    config = yaml.safe_load(OWN.file(tmp_path).read_text())["config"]
    assert config["autonomous-claude-sandbox:environment"] == "pr-12"
    assert config["autonomous-claude-sandbox:ephemeral"] is True


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_no_other_stack_is_made_or_removed_this_way(environment: str, tmp_path: Path) -> None:
    pulumi, stack = FakeProgram(), Stack("org", "acme", environment)
    with pytest.raises(NotEphemeralError):
        make(pulumi, stack, stack, tmp_path, NOW)
    with pytest.raises(NotEphemeralError):
        remove(pulumi, stack)
    assert pulumi.calls == []


def test_removal_destroys_the_stack_and_forgets_it() -> None:
    pulumi = FakeProgram()
    remove(pulumi, OWN)
    assert pulumi.calls == [
        ("destroy", "--stack", str(OWN), "--yes", "--non-interactive", "--refresh", "--remove")
    ]


def test_a_sweep_destroys_what_is_over_and_keeps_the_rest() -> None:
    pulumi = account({"org/acme-pr-12": PAST, "org/acme-pr-13": FUTURE})
    swept = sweep(pulumi, "org", "acme", NOW)
    assert destroyed(pulumi) == list(swept.destroyed) == ["org/acme-pr-12"]
    assert swept.kept == ("org/acme-pr-13",)


def test_a_sweep_asks_for_tagged_stacks_only() -> None:
    pulumi = account({})
    sweep(pulumi, "org", "acme", NOW)
    assert pulumi.calls == [("stack", "ls", "--json", "--organization", "org", "--tag", END_TAG)]


@pytest.mark.parametrize("name", ["org/acme-prod", "org/other-pr-12", "org/acme-pr-12-x", "org/acme"])
def test_a_tag_alone_dooms_no_stack(name: str) -> None:
    pulumi = account({name: PAST})
    assert sweep(pulumi, "org", "acme", NOW).destroyed == ()
    assert destroyed(pulumi) == []


def test_a_stack_under_update_waits_for_the_next_sweep() -> None:
    pulumi = account({"org/acme-pr-12": PAST}, updateInProgress=True)
    assert sweep(pulumi, "org", "acme", NOW).kept == ("org/acme-pr-12",)


def test_a_name_without_its_organization_is_understood() -> None:
    pulumi = FakeProgram({LISTING: '[{"name": "acme-pr-12"}]', end_of(str(OWN)): PAST})
    assert sweep(pulumi, "org", "acme", NOW).destroyed == (str(OWN),)


@pytest.mark.parametrize("end", ["", "soon", "2026-11-01T00:00:00", None])
def test_an_end_that_says_nothing_destroys_nothing_and_is_told(end: str | None) -> None:
    pulumi = account({"org/acme-pr-12": end, "org/acme-pr-13": PAST})
    swept = sweep(pulumi, "org", "acme", NOW)
    assert (list(swept.failed), swept.destroyed) == (["org/acme-pr-12"], ("org/acme-pr-13",))


def test_a_stack_that_can_not_be_destroyed_holds_no_other_up() -> None:
    ends = {"org/acme-pr-12": PAST, "org/acme-pr-13": PAST}
    listed = json.dumps([{"name": name} for name in ends])
    pulumi = FakeProgram({
        LISTING: listed, ("stack", "tag"): PAST, ("destroy", "--stack", "org/acme-pr-12"): None,
    })  # fmt: skip
    swept = sweep(pulumi, "org", "acme", NOW)
    assert (list(swept.failed), swept.destroyed) == (["org/acme-pr-12"], ("org/acme-pr-13",))
