"""The root of the command line. What a command does stands in `claude_sandbox.tools`."""

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import Final

import typer

from claude_sandbox.cli import checks, execution, operations
from claude_sandbox.cli.clients import clients
from claude_sandbox.cli.images import images
from claude_sandbox.cli.ready import help_report
from claude_sandbox.cli.report import Report, usage_error
from claude_sandbox.cli.seed_form import literal_arguments
from claude_sandbox.cli.session import Session
from claude_sandbox.cli.tasks import tasks

PROGRAM: Final = "claude-sandbox"

app = typer.Typer(
    name=PROGRAM,
    help="Operate Claude Code on your own Cloudflare account. One JSON document on stdout, prose on stderr.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("execute-task", short_help="Run a task and wait for its answer.")(execution.execute_task)
app.command("generate-token", short_help="Make a token and its SHA-256.")(execution.generate_token)
app.command("check-prerequisites", short_help="Check that this machine has what is needed.")(
    checks.check_prerequisites
)
app.command("validate-config", short_help="Judge stack files, image and Worker.")(checks.validate_config)
app.command("test-deployment", short_help="Test a deployment: health, refusal and 2 + 2.")(checks.deployment)
app.command("diagnose", short_help="Gather versions and states, safe to share.")(checks.diagnose)
app.command("doctor", short_help="Name cause and fix of a failure.")(checks.doctor)
app.command("costs", short_help="Reckon a stack's costs: idle, per task, at most.")(operations.costs)
app.command("logs", short_help="Show a local Worker's newest events.")(operations.logs)
app.add_typer(tasks, name="tasks", short_help="List, show, cancel tasks; fetch their results.")
app.add_typer(images, name="images", short_help="List and prune the account's images.")
app.add_typer(clients, name="clients", short_help="Say who may call, with which tokens.")


def invoke(arguments: Sequence[str], session: Session) -> Report:
    """Parse the arguments and run the tool.

    Raises:
        ToolError: the tool can't go on, or the arguments can't be used.
    """
    command = typer.main.get_command(app)
    printed = io.StringIO()
    try:
        with (
            redirect_stdout(printed),
            command.make_context(PROGRAM, literal_arguments(arguments), obj=session) as context,
        ):
            report: Report = command.invoke(context)
    except typer.Exit:
        return help_report(printed.getvalue())
    except typer.TyperException as error:
        raise usage_error(error.format_message(), f"See: {failing_path(error)} --help") from None
    return report


def failing_path(error: typer.TyperException) -> str:
    """The command whose arguments can't be used, as it is typed; the program where none is known."""
    context: typer.Context | None = getattr(error, "ctx", None)
    return context.command_path if context else PROGRAM


def run_shell_protocol() -> int:
    """Answer the shell in its own format: a completion, or the script that asks for completions."""
    try:
        app(prog_name=PROGRAM)
    except SystemExit as end:
        return int(end.code or 0)
    return 0
