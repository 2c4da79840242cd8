"""The command line of localcloud. Every command but `up` and `serve` prints one JSON document."""

import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import JsonValue

from localcloud import daemon, first_use
from localcloud.deploy.errors import DeployError
from localcloud.deploy.imports import read_imports
from localcloud.deploy.runner import Stack
from localcloud.deploy.runner import deploy as deploy_stack
from localcloud.deploy.runner import destroy as destroy_stack
from localcloud.home import Home
from localcloud.model_choice import choose_model
from localcloud.options import Options
from localcloud.outputs import outputs_document, store, visible_outputs
from localcloud.port_range import FIRST_PORT
from localcloud.stack import data_plane_status, local_stack
from localcloud.stack import empty_bucket as empty_one_bucket

PROJECT_FOLDER = Path(__file__).resolve().parents[1]

app = typer.Typer(
    help="Cloudflare on localhost, for development and tests.", no_args_is_help=True, add_completion=False
)

StackName = Annotated[str, typer.Option("--stack", help="Pulumi.<stack>.yaml is read.")]
Config = Annotated[
    list[str] | None,
    typer.Option("--config", help="key=value over the stack's file, such as limits.maxTimeoutMs=5000."),
]
ImportFile = Annotated[
    Path | None,
    typer.Option(help="What is there already and is taken over: the file of `pulumi import --file`."),
]
Preview = Annotated[bool, typer.Option(help="Only tell what it would take.")]
Claude = Annotated[Path | None, typer.Option(help="A program that runs as `claude` in sandboxes, for tests.")]
Faults = Annotated[bool, typer.Option("--faults", help="Let tests inject faults into the data plane.")]
NoIsolation = Annotated[
    bool,
    typer.Option("--no-isolation", help="Run sandboxes as plain processes, as where namespaces are refused."),
]
FirstPort = Annotated[
    int,
    typer.Option(
        envvar="LOCALCLOUD_FIRST_PORT", min=1024, max=64000, help="Where it begins to look for free ports."
    ),
]


@dataclass
class Context:
    """What every command needs."""

    home: Home


@app.callback()
def choose_home(
    context: typer.Context,
    home: Annotated[
        Path, typer.Option(envvar="LOCALCLOUD_HOME", help="Where everything is kept.")
    ] = PROJECT_FOLDER / ".localcloud",
) -> None:
    if sys.platform != "linux":
        raise typer.BadParameter("localcloud needs Linux: flock and namespaces. Use a container or a VM.")
    context.obj = Context(Home(home.absolute()))


@app.command()
def up(context: typer.Context) -> None:
    """Start localcloud, deploy the stack `local` and run a first task."""
    first_use.up(context.obj.home, PROJECT_FOLDER)


@app.command()
def start(
    context: typer.Context,
    claude: Claude = None,
    faults: Faults = False,  # noqa: FBT002
    no_isolation: NoIsolation = False,  # noqa: FBT002
    first_port: FirstPort = FIRST_PORT,
) -> None:
    """Start localcloud in the background; nothing where it runs already."""
    options = Options(claude, faults, not no_isolation, first_port)
    show(asdict(daemon.start(context.obj.home, options)))


@app.command()
def stop(context: typer.Context) -> None:
    """Stop localcloud. Data stays."""
    show({"was_running": daemon.stop(context.obj.home)})


@app.command()
def status(context: typer.Context) -> None:
    """Tell what runs: URLs, Workers, sandboxes and their isolation."""
    running = daemon.find(context.obj.home)
    show(
        {"running": False}
        if running is None
        else {"running": True, **asdict(running), **data_plane_status(context.obj.home)}
    )


@app.command()
def deploy(
    context: typer.Context,
    stack: StackName = first_use.STACK,
    config: Config = None,
    import_file: ImportFile = None,
    preview: Preview = False,  # noqa: FBT002
) -> None:
    """Deploy a stack without the Pulumi CLI."""
    home = context.obj.home
    imports = read_imports(import_file) if import_file else {}
    chosen = replace(stack_of(home, stack, config or []), imports=imports)
    result = deploy_stack(chosen, is_preview=preview)
    if stack == first_use.STACK and not preview:
        store(home, outputs_document(home, daemon.start(home), result))
    show({"counts": result.counts, "outputs": visible_outputs(result)})


@app.command()
def destroy(
    context: typer.Context,
    stack: StackName = first_use.STACK,
    config: Config = None,
    preview: Preview = False,  # noqa: FBT002
) -> None:
    """Delete what was deployed. An ephemeral stack, such as `local`, takes its results along."""
    result = destroy_stack(stack_of(context.obj.home, stack, config or []), is_preview=preview)
    show({"counts": result.counts})


@app.command()
def reset(context: typer.Context) -> None:
    """Stop localcloud and forget everything: state, data, tokens."""
    home = context.obj.home
    was_running = daemon.stop(home)
    home.remove()
    show({"was_running": was_running, "removed": str(home.folder)})


@app.command()
def empty_bucket(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the bucket, as the output results_bucket_name.")],
) -> None:
    """Delete every object of a bucket, so that it can be destroyed."""
    endpoints = daemon.start(context.obj.home)
    empty_one_bucket(context.obj.home, endpoints, name)
    show({"emptied": name})


@app.command()
def coverage() -> None:
    """Write the table of implemented calls into localcloud/README.md."""
    from localcloud.control_plane.coverage import write as write_table  # noqa: PLC0415 - loads the control plane

    write_table()
    show({"written": "localcloud/README.md"})


@app.command(hidden=True)
def serve(
    context: typer.Context,
    claude: Claude = None,
    faults: Faults = False,  # noqa: FBT002
    no_isolation: NoIsolation = False,  # noqa: FBT002
    first_port: FirstPort = FIRST_PORT,
) -> None:
    """Run in the foreground until it is told to stop; `start` runs this."""
    from localcloud.control_plane.app import create_control_plane  # noqa: PLC0415 - for this command only
    from localcloud.supervisor import supervise  # noqa: PLC0415

    options = Options(claude, faults, not no_isolation, first_port)
    supervise(context.obj.home, partial(create_control_plane, first_port=first_port), options)


def stack_of(home: Home, name: str, config: list[str]) -> Stack:
    endpoints = daemon.start(home)
    isolation = str(data_plane_status(home)["isolation"])
    model = choose_model(home, endpoints.model_url, isolation, os.environ)
    settings = dict(setting(one) for one in config)
    return local_stack(home, endpoints, model, name=name, project_folder=PROJECT_FOLDER, config=settings)


def setting(text: str) -> tuple[str, JsonValue]:
    key, separator, value = text.partition("=")
    if not separator:
        raise typer.BadParameter(f"{text} is not key=value")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def show(document: dict[str, Any]) -> None:
    print(json.dumps(document, indent=2))


def main() -> None:
    """Failures that have an explanation show it, and no traceback."""
    try:
        app()
    except (DeployError, daemon.DaemonError, first_use.FirstUseError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
