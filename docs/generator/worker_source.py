"""What the Worker's source says of itself, asked from that source: Node strips its types."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
NODE: Final = Path(sys.prefix) / "bin" / "node"

PROGRAM: Final = """\
const { openApiDocument } = await import("./src/openapi.ts");
const { PROBLEMS, FAILURES, INFRASTRUCTURE_FAILURES } = await import("./src/errors.ts");
const infrastructure = [...INFRASTRUCTURE_FAILURES];
const openapi = openApiDocument();
console.log(JSON.stringify({ openapi, problems: PROBLEMS, failures: FAILURES, infrastructure }));
"""


@cache
def worker_facts() -> dict[str, Any]:
    """`openapi`, `problems` by code, `failures` by code, `infrastructure` codes."""
    command: list[str | Path] = [NODE, "--input-type=module", "--eval", PROGRAM]
    done = subprocess.run(command, cwd=ROOT / "worker", stdout=subprocess.PIPE, check=True)  # noqa: S603
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts
