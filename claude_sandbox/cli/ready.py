"""Answers that need no parser of arguments, so that help and a token come as quickly as they can."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from claude_sandbox.cli.report import Report

HELP: Final = Path(__file__).with_name("help.txt")
"""What the parser says to `--help`. Made by `make docs`; a test holds it against the parser's own."""


def ready_report(arguments: Sequence[str]) -> Report | None:
    """The answer to exactly `--help` or `generate-token`; None for everything else."""
    if list(arguments) == ["--help"]:
        return help_report(HELP.read_text("utf-8"))
    if list(arguments) == ["generate-token"]:
        from claude_sandbox.tools.generate_token import generate  # noqa: PLC0415 - when it is needed

        return generate()
    return None


def help_report(text: str) -> Report:
    return Report({"success": True, "help": text}, text=text)
