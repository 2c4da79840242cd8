"""`make up`: on a clone with nothing installed, and again when nothing has changed."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks.table import Row, elapsed_ms
from tests.docs.project import bare


def ups() -> Iterator[Row]:
    """The downloads that this user's package caches hold are not fetched again, as on a second clone."""
    with tempfile.TemporaryDirectory() as folder, bare(Path(folder) / "project") as project:
        cold_ms, warm_ms = (elapsed_ms(partial(project.run, "make up")) for _ in range(2))
    yield Row("make up, cold", cold_ms / 1000, "s")
    yield Row("make up, warm", warm_ms / 1000, "s", "seconds")
    yield Row("make up, warm over cold", warm_ms / cold_ms, "x")
