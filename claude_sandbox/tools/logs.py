"""What the Worker logged: read from localcloud's file, or the command that reads it at Cloudflare."""

import json
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from claude_sandbox import strict_json
from claude_sandbox.cli.connection import LOCAL_OUTPUTS, read_outputs
from claude_sandbox.cli.files import STDIN
from claude_sandbox.cli.report import Document, Report, usage_error
from claude_sandbox.cli.session import Session

WORKER_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def logs(session: Session, outputs_file: Path | None, *, lines: int, task_id: str | None) -> Report:
    """The newest events of a local stack; of a stack at Cloudflare, how to read them.

    Raises:
        ToolError: no stack's outputs are known, or they name no Worker.
    """
    file = outputs_file or LOCAL_OUTPUTS
    worker = worker_name(session, file)
    home = LOCAL_OUTPUTS.parent if str(file) == STDIN else file.parent
    log = session.folder / home / "logs" / f"worker-{worker}.jsonl"
    if not log.is_file():
        return Report({"success": True, "source": "cloudflare", "worker": worker, **tail(worker, task_id)})
    entries = list(deque(matching(log, task_id), maxlen=lines))
    text = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in entries)
    document = {"success": True, "source": "localcloud", "worker": worker, "entries": entries}
    return Report(document, text=text)


def worker_name(session: Session, file: Path) -> str:
    if file == LOCAL_OUTPUTS and not (session.folder / file).is_file():
        raise usage_error(
            "No stack is named",
            "Give --outputs with a file of `pulumi stack output --json`, or run `make up`.",
        )
    outputs = read_outputs(session, file)
    name = {**outputs, **stack_outputs(outputs)}.get("worker_name")
    if not isinstance(name, str) or WORKER_NAME.fullmatch(name) is None:
        raise usage_error("The outputs file names no worker", "Write it with: pulumi stack output --json")
    return name


def stack_outputs(outputs: Document) -> Document:
    """The stack's own, which localcloud writes one level deeper than `pulumi stack output --json`."""
    own = outputs.get("outputs")
    return own if isinstance(own, dict) else {}


def tail(worker: str, task_id: str | None) -> Document:
    """The exact command; it streams, so it can't be one document."""
    search = ["--search", task_id] if task_id else []
    return {
        "command": ["npx", "wrangler", "tail", worker, "--format", "json", *search],
        "hint": "Run the command: it follows the log. Older lines: dashboard, Workers & Pages, Logs.",
    }


def matching(log: Path, task_id: str | None) -> Iterator[Document]:
    """The structured lines, oldest first; what a library printed is left out."""
    with log.open(encoding="utf-8", errors="replace") as opened:
        for line in opened:
            entry = parsed(line)
            if entry is not None and (task_id is None or entry.get("taskId") == task_id):
                yield entry


def parsed(line: str) -> Document | None:
    try:
        entry = strict_json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "event" in entry else None
