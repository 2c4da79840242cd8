"""Programs of this machine, asked for their version or state. Nothing is downloaded: `npx` is never used."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

WITHHELD: Final = ("CLAUDE_SANDBOX_TOKEN",)
"""No program that is asked for its version needs the service's token."""
VERSION: Final = re.compile(r"\d+\.\d+(\.\d+)?")


class Programs:
    """The programs on a PATH. Each is given `timeout_s` to answer."""

    def __init__(self, environment: Mapping[str, str], folder: Path, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._environment = {key: one for key, one in environment.items() if key not in WITHHELD}
        self._folder = folder

    def find(self, name: str) -> str | None:
        return shutil.which(name, path=self._environment.get("PATH", ""))

    def has(self, name: str) -> bool:
        return self.find(name) is not None

    def ask(self, name: str, *arguments: str) -> str | None:
        """What the program prints; None where it is missing, fails, hangs or prints no text."""
        path = self.find(name)
        if path is None:
            return None
        try:
            done = subprocess.run(  # noqa: S603 - constant arguments
                [path, *arguments],
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=self._timeout_s,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.decode(errors="replace") if done.returncode == 0 else None

    def version(self, name: str, *arguments: str) -> str | None:
        """The first number of the program's answer that looks like a version, such as 24.19.0."""
        answer = self.ask(name, *(arguments or ("--version",)))
        found = VERSION.search(answer) if answer else None
        return found[0] if found else None


def is_at_least(version: str | None, *least: int) -> bool:
    return version is not None and tuple(int(part) for part in version.split(".")[: len(least)]) >= least
