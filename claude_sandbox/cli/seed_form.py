"""The seed's form of a call: URL, token and task as plain arguments, whatever they look like."""

from collections.abc import Sequence
from typing import Final

from claude_sandbox.cli.report import ExitCode

ARGUMENT_COUNTS: Final = {"execute-task": (3, 4), "test-deployment": (1, 2)}


def is_seed_form(arguments: Sequence[str]) -> bool:
    """Whether a URL comes first, no option second, and the arguments are as many as the seed's script took.

    A token never begins with `--`, so that no option is taken for one and sent.
    """
    if not arguments:
        return False
    command, *rest = arguments
    if len(rest) not in ARGUMENT_COUNTS.get(command, ()) or not is_url(rest[0]):
        return False
    return not any(second.startswith("--") for second in rest[1:2])


def literal_arguments(arguments: Sequence[str]) -> list[str]:
    """The arguments, with `--` before a call in the seed's form, so that a task such as `-n` stays a task."""
    return [arguments[0], "--", *arguments[1:]] if is_seed_form(arguments) else list(arguments)


def seed_exit_code(exit_code: ExitCode) -> ExitCode:
    """0 or 1, which is all that a script written for the seed knows; a signal stays what it is."""
    return exit_code if exit_code == ExitCode.OK or exit_code >= ExitCode.INTERNAL else ExitCode.FAILED


def is_url(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))
