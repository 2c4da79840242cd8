"""The settings that have a price, from a stack's file."""

from pathlib import Path
from typing import Final, get_args

from claude_sandbox.cli.report import Document, usage_error
from claude_sandbox.cli.session import Session
from claude_sandbox.tools.stack_files import read_settings
from infra.settings.parts import MAX_INSTANCES, ContainerPart

FIELDS: Final = ContainerPart.model_fields
INSTANCE_TYPES: Final[tuple[str, ...]] = get_args(FIELDS["instance_type"].annotation)
DEFAULTS: Final = {
    "instanceType": FIELDS["instance_type"].default,
    "maxInstances": FIELDS["max_instances"].default,
}


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
    count = settings["maxInstances"]
    if settings["instanceType"] not in INSTANCE_TYPES:
        raise usage_error("The instance type has no price", f"Known: {', '.join(INSTANCE_TYPES)}")
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MAX_INSTANCES:
        raise usage_error(
            f"maxInstances is no whole number from 1 to {MAX_INSTANCES}",
            "See: claude-sandbox validate-config",
        )
    return settings
