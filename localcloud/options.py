"""How localcloud is started."""

from dataclasses import dataclass
from pathlib import Path

from localcloud.port_range import FIRST_PORT


@dataclass(frozen=True)
class Options:
    """What `start` hands on to `serve`.

    Args:
        claude: a program that runs as `claude` in sandboxes, for tests.
        has_faults: whether tests may inject faults into the data plane.
        is_isolated: False for sandboxes that are plain processes, as where the kernel refuses namespaces.
        first_port: of the range in which it looks for free ones; a port that it had before it takes again.
    """

    claude: Path | None = None
    has_faults: bool = False
    is_isolated: bool = True
    first_port: int = FIRST_PORT

    def arguments(self) -> list[str]:
        return [
            *(["--claude", str(self.claude.absolute())] if self.claude else []),
            *(["--faults"] if self.has_faults else []),
            *([] if self.is_isolated else ["--no-isolation"]),
            *(["--first-port", str(self.first_port)] if self.first_port != FIRST_PORT else []),
        ]
