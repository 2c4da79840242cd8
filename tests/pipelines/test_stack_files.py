"""What a run changes in the stack's file of its checkout."""

from pathlib import Path

import pytest
import yaml

from claude_sandbox.tools.findings import Findings
from claude_sandbox.tools.stack_files import check_stack_file
from pipelines.images import ImageError, pin_image
from pipelines.stack import Stack, StackNameError
from pipelines.stack_file import StackFileError, change, make_ephemeral, use_image
from tests.pipelines.pipelines import ROOT
from tests.pipelines.programs import FakeProgram

IMAGE = f"registry.cloudflare.com/{'0' * 32}/claude-sandbox:0.12.10-abc@sha256:{'a' * 64}"
DEV = Stack("org", "acme", "dev")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With the example as acme-dev, secrets in it."""
    example = (ROOT / "Pulumi.dev.yaml").read_text()
    DEV.file(tmp_path).write_text(
        f"{example}  autonomous-claude-sandbox:claudeCredential:\n    secure: AAAB\n"
    )
    return tmp_path


def settings(folder: Path) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load(DEV.file(folder).read_text())["config"]
    return {key.removeprefix("autonomous-claude-sandbox:"): value for key, value in loaded.items()}


def is_valid(folder: Path) -> bool:
    return bool(check_stack_file(DEV.file(folder), Findings())["valid"])


def test_a_pinned_file_runs_the_digest_builds_nothing_and_is_valid(folder: Path) -> None:
    pin_image(FakeProgram(), DEV, folder, IMAGE)
    assert settings(folder)["container"] == {"image": IMAGE, "instanceType": "standard-1", "maxInstances": 5}
    assert is_valid(folder)


def test_an_encrypted_secret_stays_as_it_is(folder: Path) -> None:
    pin_image(FakeProgram(), DEV, folder, IMAGE)
    assert settings(folder)["claudeCredential"] == {"secure": "AAAB"}


def test_an_ephemeral_file_is_valid_and_meets_nothing_of_the_stack_that_it_copies(folder: Path) -> None:
    change(DEV.file(folder), lambda settings: settings.update({
        "worker": {"name": "ours", "customDomain": "a.example.com"},
        "results": {"bucketName": "ours", "retentionDays": 90},
    }))  # fmt: skip
    change(DEV.file(folder), lambda settings: make_ephemeral(settings, "pr-12"))
    changed = settings(folder)
    assert (changed["environment"], changed["ephemeral"]) == ("pr-12", True)
    assert (changed["worker"], changed["results"]) == ({"workersDev": True}, {"retentionDays": 1})
    assert is_valid(folder)


def test_a_project_of_another_name_is_changed_in_its_own_namespace(folder: Path) -> None:
    """Its name wins over ours in the program, so what is written in ours would not count."""
    (folder / "Pulumi.yaml").write_text("name: my-claude\n")
    DEV.file(folder).write_text(
        DEV.file(folder).read_text().replace("autonomous-claude-sandbox:", "my-claude:")
    )
    change(DEV.file(folder), lambda settings: make_ephemeral(settings, "pr-12"))
    config = yaml.safe_load(DEV.file(folder).read_text())["config"]
    assert (config["my-claude:environment"], config["my-claude:ephemeral"]) == ("pr-12", True)
    assert not any(key.startswith("autonomous-claude-sandbox:") for key in config)
    assert is_valid(folder)


def test_a_stack_that_builds_its_image_is_left_alone(folder: Path) -> None:
    before = DEV.file(folder).read_text()
    assert "builds" in pin_image(FakeProgram(), DEV, folder, None)
    assert DEV.file(folder).read_text() == before


def test_a_stack_keeps_the_image_that_it_runs(folder: Path) -> None:
    change(DEV.file(folder), lambda settings: use_image(settings, IMAGE.replace("a", "b")))
    pulumi = FakeProgram({("stack", "output"): f'{{"image": "{IMAGE}"}}'})
    pin_image(pulumi, DEV, folder, None)
    assert settings(folder)["container"]["image"] == IMAGE  # type: ignore[index]


def test_a_stack_that_was_never_deployed_takes_the_image_of_its_file(folder: Path) -> None:
    change(DEV.file(folder), lambda settings: use_image(settings, IMAGE))
    pin_image(FakeProgram({("stack", "output"): "{}"}), DEV, folder, None)
    assert settings(folder)["container"]["image"] == IMAGE  # type: ignore[index]


@pytest.mark.parametrize(
    "wrong", ["", "claude-sandbox:latest", IMAGE[:-1], f"{IMAGE}\nX=1", f"$(id)@{IMAGE}"]
)
def test_an_image_without_a_whole_digest_is_refused(folder: Path, wrong: str) -> None:
    with pytest.raises(ImageError):
        pin_image(FakeProgram(), DEV, folder, wrong)


@pytest.mark.parametrize(
    "text", ["config: 1", "- a", "{", "config:\n  autonomous-claude-sandbox:container: 1"]
)
def test_a_file_that_is_no_stack_file_is_refused(folder: Path, text: str) -> None:
    DEV.file(folder).write_text(text)
    with pytest.raises(StackFileError):
        pin_image(FakeProgram(), DEV, folder, IMAGE)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match="commit it"):
        pin_image(FakeProgram(), DEV, tmp_path, IMAGE)


@pytest.mark.parametrize(
    "name", ["acme-dev", "org/acme", "org/acme-qa", "org/Acme-dev", "org/acme-pr-0", "org/../acme-dev"]
)
def test_a_name_of_no_stack_is_refused(name: str) -> None:
    with pytest.raises(StackNameError):
        Stack.parse(name)


def test_a_name_is_told_apart_from_its_environment() -> None:
    assert Stack.parse("org/acme-web-pr-12") == Stack("org", "acme-web", "pr-12")
