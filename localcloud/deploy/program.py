"""Runs a Pulumi program, unchanged, in this process."""

import asyncio
import json
import logging
import os
import runpy
import sys
import traceback
from collections.abc import Awaitable
from pathlib import Path
from types import TracebackType
from typing import Any

import pulumi
from pulumi.runtime import set_all_config, set_mocks
from pulumi.runtime.settings import get_root_resource
from pulumi.runtime.stack import run_pulumi_func
from pydantic import JsonValue

from localcloud.deploy.engine import Engine
from localcloud.deploy.errors import DeployError
from localcloud.deploy.monitor import ApplyMonitor, NoMocks
from localcloud.deploy.request import Request

DISABLED_DEFAULT_PROVIDERS = "pulumi:disable-default-providers"


def run_program(request: Request, engine: Engine) -> tuple[dict[str, JsonValue], frozenset[str]]:
    """Run the program's `__main__.py`; the engine applies each resource as it is declared.

    The event loop is made before the mocks are set, and runs everything: else the runtime hangs (pulumi.md
    9).

    Returns:
        The stack's outputs, and the names of the secret ones. An unknown output is None.

    Raises:
        DeployError: a resource could not be applied, or the program itself failed.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(lambda _loop, _context: None)
    monitor = ApplyMonitor(engine, disabled_default_providers=disabled_default_providers(request))
    set_mocks(
        NoMocks(),
        project=request.project,
        stack=request.stack,
        preview=request.is_preview,
        logger=program_log(),
        monitor=monitor,
        organization="organization",
    )
    set_all_config(request.config, list(request.secret_keys))
    try:
        loop.run_until_complete(run_pulumi_func(lambda: run_main(request.project_folder)))
        return loop.run_until_complete(stack_outputs())
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the program raises is told as its failure
        raise monitor.failure or program_failure(error) from None
    finally:
        loop.close()


def program_log() -> logging.Logger:
    """Shows what the program says through `pulumi.log`, as the CLI does, but for debugging."""
    log = logging.getLogger("localcloud.program")
    log.setLevel(logging.INFO)
    log.addHandler(logging.StreamHandler())
    return log


def run_main(project_folder: Path) -> Awaitable[None] | None:
    """As `python __main__.py` in its folder would."""
    os.chdir(project_folder)
    main = str(project_folder / "__main__.py")
    sys.path.insert(0, str(project_folder))
    sys.argv = [main]
    runpy.run_path(main, run_name="__main__")
    return None


async def stack_outputs() -> tuple[dict[str, JsonValue], frozenset[str]]:
    root: Any = get_root_resource()
    outputs: dict[str, JsonValue] = {}
    secret: set[str] = set()
    for name, value in root.outputs.items():
        output: pulumi.Output[JsonValue] = pulumi.Output.from_input(value)
        outputs[name] = await output.future()
        if await output.is_secret():
            secret.add(name)
    return outputs, frozenset(secret)


def disabled_default_providers(request: Request) -> frozenset[str]:
    return frozenset(json.loads(request.config.get(DISABLED_DEFAULT_PROVIDERS, "[]")))


def program_frames(frames: TracebackType | None) -> TracebackType | None:
    """The frames of the program, without those of the machinery that runs it; all, where it has none."""
    frame = frames
    while frame and frame.tb_frame.f_globals.get("__name__") != "__main__":
        frame = frame.tb_next
    return frame or frames


def program_failure(error: BaseException) -> DeployError:
    """A `RunError` is a message to the user, everything else a bug, shown with where it happened."""
    if isinstance(error, pulumi.RunError):
        return DeployError("PROGRAM_REFUSED", str(error), "Mend the stack's settings")
    traceback.print_exception(type(error), error, program_frames(error.__traceback__))
    return DeployError(
        "PROGRAM_FAILED", f"the program failed with {type(error).__name__}", "See its traceback above"
    )
