"""What a run of the benchmarks found: printed as a table, stored as JSON."""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One figure. `aim` is what it should be, in words; nothing fails when it is not."""

    name: str
    value: float
    unit: str
    aim: str = ""


def median_ms(action: Callable[[], object], count: int) -> float:
    """Median wall time of `count` calls, in milliseconds."""
    return statistics.median(elapsed_ms(action) for _ in range(count))


def elapsed_ms(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return (time.perf_counter() - begin) * 1000


def show(rows: Sequence[Row], file: Path) -> None:
    width = max(len(row.name) for row in rows)
    for row in rows:
        print(f"{row.name:<{width}}  {row.value:>10,.2f} {row.unit:<6} {row.aim}")
    file.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    print(f"stored in {file}")
