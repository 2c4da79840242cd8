"""What the files of a project show: whether it can be deployed, and until when its clients can call."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from claude_sandbox.cli.report import Document
from claude_sandbox.doctor.masking import masked
from claude_sandbox.tools.client_ends import client_ends
from claude_sandbox.tools.findings import Findings
from claude_sandbox.tools.stack_files import read_settings
from claude_sandbox.tools.validate_config import check_files, check_stacks, is_pulumi_project

LOCAL_STACK: Final = "Pulumi.local.yaml"
EXAMPLE_ACCOUNT: Final = "0123456789abcdef0123456789abcdef"
"""Of the stack file that comes with the project: nothing is deployed from it as it is."""
SANDBOX_PACKAGE: Final = "@cloudflare/sandbox"
INSTALLED: Final = (
    ".venv/installed",
    "worker/node_modules/.package-lock.json",
    "localcloud/data_plane/node_modules/.package-lock.json",
)
"""What `make install` leaves when it is done."""


def project_facts(folder: Path, now: datetime, *, is_local: bool) -> Document:
    """Empty where the folder is no project of this kind.

    Args:
        folder: of the project.
        now: instant of the look.
        is_local: the service in question is localcloud's, so stacks of an account do not matter.
    """
    if not is_project(folder):
        return {}
    findings = Findings()
    check_files(folder, findings)
    check_stacks(folder, findings)
    stacks = settings_by_stack(folder, is_local=is_local)
    return {
        "issues": [masked(issue) for issue in findings.issues],
        "is_installed": is_installed(folder),
        "deploys": bool(stacks) and not is_local,
        "builds_image": not is_local and any(builds_image(values) for values in stacks.values()),
        "clients": {name: client_ends(values, now) for name, values in stacks.items()},
    }


def is_project(folder: Path) -> bool:
    """A Worker that uses Cloudflare's Sandbox: this project, or one of the seed's."""
    for file in (folder / "worker" / "package.json", folder / "package.json"):
        try:
            if SANDBOX_PACKAGE in file.read_text("utf-8"):
                return True
        except (OSError, ValueError):
            continue
    return False


def is_installed(folder: Path) -> bool:
    """Of the seed's project, which `make install` does not know, nothing is asked."""
    return not is_pulumi_project(folder) or all((folder / one).is_file() for one in INSTALLED)


def settings_by_stack(folder: Path, *, is_local: bool) -> dict[str, Mapping[str, Any]]:
    """The settings of the stacks that the service may be of, without the project's prefix."""
    files = [folder / LOCAL_STACK] if is_local else sorted(folder.glob("Pulumi.*.yaml"))
    read = {file.name: read_settings(file) or {} for file in files}
    return {
        name: values
        for name, values in read.items()
        if values and (is_local or values.get("accountId") != EXAMPLE_ACCOUNT)
    }


def builds_image(values: Mapping[str, Any]) -> bool:
    container = values.get("container")
    return isinstance(container, dict) and container.get("build") is True
