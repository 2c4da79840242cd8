"""The command line's start-up, against a bare start of Python."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks.table import Row, median_ms

COUNT = 11
CLI = Path(sys.executable).with_name("claude-sandbox")


def start_ups() -> Iterator[Row]:
    bare = median_ms(partial(run, sys.executable, "-c", "pass"), COUNT)
    yield Row("python -c pass", bare, "ms")
    for arguments in (("--help",), ("generate-token",)):
        name = f"claude-sandbox {arguments[0]} over it"
        yield Row(name, median_ms(partial(run, str(CLI), *arguments), COUNT) / bare, "x", "at most 4")


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
