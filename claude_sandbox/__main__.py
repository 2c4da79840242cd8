"""`claude-sandbox` and `python -m claude_sandbox`."""

import sys

from claude_sandbox.cli.guard import guarded


def main() -> None:
    """Run the command line; nothing heavier than the guard is imported before it stands."""
    sys.exit(guarded(_run))


def _run() -> int:
    from claude_sandbox.cli.frame import run_process  # noqa: PLC0415 - see above

    return run_process()


if __name__ == "__main__":
    main()
