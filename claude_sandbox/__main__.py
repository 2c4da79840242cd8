"""`claude-sandbox` and `python -m claude_sandbox`."""

import sys


def main() -> None:
    """Run the command line; nothing heavier than the frame is imported before the arguments are read."""
    from claude_sandbox.cli.frame import run_process  # noqa: PLC0415 - so that Ctrl-C while importing is met

    sys.exit(run_process())


if __name__ == "__main__":
    main()
