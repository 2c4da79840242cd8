"""The settings that have a price, from a stack's file."""

from pathlib import Path
from typing import Final

from claude_sandbox.cli.report import Document, usage_error
from claude_sandbox.cli.session import Session
from claude_sandbox.tools.stack_files import read_settings
from infra.settings.costs import read_table

DEFAULTS: Final = {"instanceType": "standard-1", "maxInstances": 5}
MAX_INSTANCES: Final = 1_000
"""As the settings allow."""


def container_settings(session: Session, folder: Path, stack: str | None) -> Document:
    """`instanceType` and `maxInstances` of the stack's file, or the defaults.

    Raises:
        ToolError: there is no such stack file, or what it says has no price.
    """
    if stack is None:
        return DEFAULTS
    settings = read_settings(session.folder / folder / f"Pulumi.{stack}.yaml")
    if settings is None:
        raise usage_error(f"Pulumi.{stack}.yaml is no stack file", "Name one with --stack and --project-dir.")
    container = settings.get("container")
    return checked({**DEFAULTS, **(container if isinstance(container, dict) else {})})


def checked(settings: Document) -> Document:
    known, count = tuple(read_table()["instance_types"]), settings["maxInstances"]
    if settings["instanceType"] not in known:
        raise usage_error("The instance type has no price", f"Known: {', '.join(known)}")
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MAX_INSTANCES:
        raise usage_error(
            f"maxInstances is no whole number from 1 to {MAX_INSTANCES}",
            "See: claude-sandbox validate-config",
        )
    return settings
