"""`python -m pipelines <command>`: the commands that the workflows name."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipelines import drift, ephemeral
from pipelines.images import ImageError, pin_image, require_deployed_image
from pipelines.programs import InstalledProgram, ProgramError
from pipelines.stack import Stack, StackNameError
from pipelines.stack_file import StackFileError

REFUSALS = (ImageError, ProgramError, StackFileError, StackNameError, ephemeral.NotEphemeralError)


def parser() -> argparse.ArgumentParser:
    """Every command and its options; a workflow's command that this refuses is found by a test."""
    root = argparse.ArgumentParser(prog="python -m pipelines", description=__doc__)
    commands = root.add_subparsers(dest="command", required=True)
    pin = commands.add_parser("pin-image", help="make the stack's file name an image by digest")
    pin.add_argument("--stack", required=True, type=Stack.parse)
    pin.add_argument("--image", help="default: the image that the stack runs")
    deployed = commands.add_parser("deployed-image", help="print IMAGE=<reference> of what the stack runs")
    deployed.add_argument("--stack", required=True, type=Stack.parse)
    make = commands.add_parser("make-ephemeral", help="make a pull request's stack, with an end")
    make.add_argument("--stack", required=True, type=Stack.parse)
    make.add_argument("--like", required=True, type=Stack.parse, help="stack whose settings it gets")
    make.add_argument("--hours", required=True, type=int, help="until its end, from now")
    remove = commands.add_parser("remove-ephemeral", help="destroy a pull request's stack")
    remove.add_argument("--stack", required=True, type=Stack.parse)
    sweep = commands.add_parser("sweep", help="destroy a team's ephemeral stacks whose end is over")
    sweep.add_argument("--organization", required=True)
    sweep.add_argument("--team", required=True)
    report = commands.add_parser("report-drift", help="open, update or close the issue about drift")
    report.add_argument("--result", required=True, choices=("success", "failure"))
    report.add_argument("--run-id", required=True)
    return root


def run(arguments: argparse.Namespace, folder: Path, now: datetime) -> int:
    """Exit code 0, or 1 where a sweep failed at a stack."""
    pulumi = InstalledProgram("pulumi", folder)
    match arguments.command:
        case "pin-image":
            print(pin_image(pulumi, arguments.stack, folder, arguments.image))
        case "deployed-image":
            print(f"IMAGE={require_deployed_image(pulumi, arguments.stack)}")
        case "make-ephemeral":
            until = ephemeral.end_after(now, arguments.hours)
            ephemeral.make(pulumi, arguments.stack, arguments.like, folder, until)
        case "remove-ephemeral":
            ephemeral.remove(pulumi, arguments.stack)
        case "sweep":
            return show(ephemeral.sweep(pulumi, arguments.organization, arguments.team, now))
        case "report-drift":
            has_drift = arguments.result == "failure"
            gh = InstalledProgram("gh", folder)
            print(drift.report(gh, has_drift=has_drift, run_id=arguments.run_id))
    return 0


def show(swept: ephemeral.Swept) -> int:
    print(f"destroyed: {', '.join(swept.destroyed) or 'none'}; kept: {', '.join(swept.kept) or 'none'}")
    for name, reason in swept.failed.items():
        print(f"{name} stays, and the next sweep tries again: {reason}", file=sys.stderr)
    return int(bool(swept.failed))


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 refused or failed, 2 wrong arguments."""
    parsed = parser().parse_args(arguments)
    try:
        return run(parsed, Path.cwd(), datetime.now(UTC))
    except REFUSALS as refusal:
        print(f"{parsed.command}: {refusal}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
