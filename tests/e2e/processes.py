"""The processes of this machine, as /proc tells of them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One process. A zombie is none: all that is left of it is its exit code."""

    pid: int

    @property
    def name(self) -> str:
        return self._stat()[0]

    @property
    def is_running(self) -> bool:
        return self._stat()[1] not in ("", "Z", "X")

    @property
    def environment(self) -> bytes:
        return self._read("environ")

    @property
    def command(self) -> list[str]:
        return self._read("cmdline").decode().split("\0")

    @property
    def parent(self) -> int:
        return int(self._stat()[2] or 0)

    def descendants(self) -> set["Process"]:
        """Its children, theirs, and so on; none that has got away from its parent."""
        children = defaultdict(list)
        for process in processes():
            children[process.parent].append(process)
        found: set[Process] = set()
        waiting = [self.pid]
        while waiting:
            for child in children[waiting.pop()]:
                found.add(child)
                waiting.append(child.pid)
        return found

    def _stat(self) -> tuple[str, str, str]:
        """Name, state and parent; the name may hold spaces and brackets."""
        text = self._read("stat").decode(errors="replace")
        if not text:
            return "", "", ""
        name, _, rest = text.partition("(")[2].rpartition(")")
        state, parent = rest.split()[:2]
        return name, state, parent

    def _read(self, file: str) -> bytes:
        try:
            return (PROC / str(self.pid) / file).read_bytes()
        except OSError:
            return b""


def processes() -> Iterator[Process]:
    return (Process(int(folder.name)) for folder in PROC.iterdir() if folder.name.isdigit())
