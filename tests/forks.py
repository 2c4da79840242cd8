"""A process that has imported what the program imports, and runs each stack in a fork of itself.

A run is then isolated as in a process of its own, without the seconds that the imports take. The bundle is
built once: the Worker's sources stay as they are while tests run.
"""

import os
import sys
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pulumi_cloudflare  # noqa: F401
import pulumi_docker  # noqa: F401
from cloudflare.resources import containers, durable_objects, r2, user, workers, zones  # noqa: F401

import infra.service
import infra.settings.loading
from infra.bundle import build

ROOT = Path(__file__).parents[1]


def serve(answer: Callable[[str], str]) -> None:
    """Answer each line of stdin by a line on stdout, from a fork; an empty one tells of a crash.

    Whatever else is written to stdout goes to stderr.
    """
    build_once = cache(build)
    build_once(ROOT)
    vars(infra.service)["build"] = build_once
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin:
        if os.fork() == 0:
            os._exit(answered(answer, line, answers))
        _, status = os.wait()
        if status:
            os.write(answers, b"\n")


def answered(answer: Callable[[str], str], line: str, answers: int) -> int:
    try:
        text = answer(line)
    except BaseException:  # noqa: BLE001 - a fork must never go on with its parent's work
        traceback.print_exc()
        return 1
    with os.fdopen(answers, "w") as stream:
        stream.write(text + "\n")
    return 0
