"""The process that runs a program and applies it: `python -m localcloud.deploy.child`.

The request comes as the first line on stdin. stdin stays open: when it ends, the tool that asked is gone,
and this process ends at once. stdout carries one JSON document; whatever the program prints goes to stderr.
"""

import fcntl
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from localcloud.deploy.api import Api
from localcloud.deploy.digests import open_digests
from localcloud.deploy.engine import Engine
from localcloud.deploy.errors import DeployError
from localcloud.deploy.kinds.registry import Kinds
from localcloud.deploy.progress import Progress
from localcloud.deploy.request import Failure, Request, Result
from localcloud.deploy.state import StateFile


def main() -> None:
    """Run one request."""
    request = Request.model_validate_json(sys.stdin.readline())
    threading.Thread(target=end_with_parent, daemon=True).start()
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with answer:
        answer.write(run(request).model_dump_json())


def end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def run(request: Request) -> Result:
    progress = Progress(is_preview=request.is_preview)
    try:
        with locked(request), Api(request.base_url, request.api_token) as api:
            return apply(request, open_engine(request, api, progress))
    except DeployError as error:
        return Result(counts=progress.counts, failure=Failure.model_validate(error.document()))


def apply(request: Request, engine: Engine) -> Result:
    counts = engine.progress.counts
    if request.operation in {"destroy", "preview-destroy"}:
        sys.path.insert(0, str(request.project_folder))
        engine.destroy()
        return Result(counts=counts)
    from localcloud.deploy.program import run_program  # noqa: PLC0415 - Pulumi takes a second to import

    engine.begin()
    outputs, secret_outputs = run_program(request, engine)
    engine.finish()
    return Result(counts=counts, outputs=outputs, secret_outputs=secret_outputs)


def open_engine(request: Request, api: Api, progress: Progress) -> Engine:
    state_file = request.state_folder / f"{request.stack}.json"
    key_file = state_file.with_suffix(".key")
    digests = open_digests(key_file, state_file, is_read_only=request.is_preview)
    return Engine(
        file=StateFile(state_file, is_read_only=request.is_preview),
        kinds=Kinds(api, request.project_folder, request.config, request.project),
        digests=digests,
        progress=progress,
        is_preview=request.is_preview,
        imports=request.imports,
    )


@contextmanager
def locked(request: Request) -> Iterator[None]:
    """One run at a time for each stack.

    Raises:
        DeployError: another one is at it.
    """
    with (request.state_folder / f"{request.stack}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DeployError(
                "STACK_BUSY", f"another deploy of the stack {request.stack} is running", "Wait for its end"
            ) from None
        yield


if __name__ == "__main__":
    main()
