"""`check-prerequisites`, `validate-config`, `test-deployment`, `diagnose` and `doctor`."""

from pathlib import Path
from typing import Annotated

import typer

from claude_sandbox.cli.options import FormatOption, OutputsOption, TokenFileOption, UrlOption
from claude_sandbox.cli.report import Format, Report

ProjectFolder = Annotated[Path, typer.Argument(metavar="[PROJECT-DIR]", help="Default: this folder.")]


def check_prerequisites(
    context: typer.Context,
    *,
    goal: Annotated[
        str, typer.Option("--for", help="local: `make up`. deploy: `pulumi up`. build: deploy, with Docker.")
    ] = "deploy",
    _format: FormatOption = Format.AUTO,
) -> Report:
    """Whether this machine has what is needed. Exit code 1 where something is missing."""
    from claude_sandbox.tools import check_prerequisites as tool  # noqa: PLC0415

    return tool.check_prerequisites(context.obj, tool.checked_goal(goal))


def validate_config(
    context: typer.Context, project_dir: ProjectFolder = Path(), *, _format: FormatOption = Format.AUTO
) -> Report:
    """Whether a project's files can be deployed: settings, image, Worker; or the seed's project.

    PROJECT-DIR may be one stack file.
    """
    from claude_sandbox.tools.validate_config import validate  # noqa: PLC0415 - pydantic, when it is needed

    return validate(context.obj, project_dir)


def deployment(
    context: typer.Context,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[URL [TOKEN]]",
            help="Default: as --url, --outputs and the environment say, else what `make up` left here.",
        ),
    ] = None,
    *,
    url: UrlOption = None,
    token_file: TokenFileOption = None,
    outputs: OutputsOption = None,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """Whether a deployment lives, refuses strangers, and answers what 2 + 2 is."""
    from claude_sandbox.cli.connection import Chosen  # noqa: PLC0415
    from claude_sandbox.tools import test_deployment as tool  # noqa: PLC0415 - httpx, when it is needed

    chosen = Chosen(url=url, token_file=token_file, outputs=outputs)
    connection = tool.read_connection(context.obj, arguments or [], chosen)
    return tool.run_tests(context.obj, connection)


def diagnose(
    context: typer.Context,
    project_dir: ProjectFolder = Path(),
    *,
    url: UrlOption = None,
    token_file: TokenFileOption = None,
    outputs: OutputsOption = None,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """Gather what explains a failure: versions, states, hashes. No account, name or secret; safe to share."""
    from claude_sandbox.cli.connection import Chosen  # noqa: PLC0415
    from claude_sandbox.tools.diagnose import diagnose as gather  # noqa: PLC0415

    return gather(context.obj, project_dir, Chosen(url=url, token_file=token_file, outputs=outputs))


def doctor(
    context: typer.Context,
    evidence: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="File with an error text or a log, `-` for stdin."),
    ] = None,
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Repair what can be repaired safely.")] = False,
    url: UrlOption = None,
    token_file: TokenFileOption = None,
    outputs: OutputsOption = None,
    _format: FormatOption = Format.AUTO,
) -> Report:
    """Say what is wrong, why, and what to do: of the service, or of an error text.

    Exit code 0: healthy, or all was repaired. 1: something is wrong, or its cause is not known.
    """
    from claude_sandbox.cli.connection import Chosen  # noqa: PLC0415
    from claude_sandbox.tools.doctor import doctor as examine  # noqa: PLC0415

    chosen = Chosen(url=url, token_file=token_file, outputs=outputs)
    return examine(context.obj, chosen, evidence, repairs=fix)
