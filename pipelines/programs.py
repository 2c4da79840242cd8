"""The programs that a pipeline calls. Tests give their own."""

import json
import subprocess
from pathlib import Path
from typing import Any, Protocol


class ProgramError(RuntimeError):
    """A program that failed; what it says stands above, on stderr."""

    def __init__(self, program: str, arguments: tuple[str, ...], exit_code: int) -> None:
        super().__init__(f"`{program} {' '.join(arguments)}` ended with {exit_code}; its reason stands above")


class Program(Protocol):
    """One program, such as `pulumi`.

    Both methods raise `ProgramError` where it fails.
    """

    def run(self, *arguments: str) -> None:
        """Output goes to the job's log."""

    def read(self, *arguments: str) -> str:
        """Output is the answer."""


class InstalledProgram:
    """A program on the PATH, called in a folder. Secrets reach it by the environment only."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder

    def run(self, *arguments: str) -> None:
        self._call(arguments, stdout=None)

    def read(self, *arguments: str) -> str:
        return self._call(arguments, stdout=subprocess.PIPE)

    def _call(self, arguments: tuple[str, ...], stdout: int | None) -> str:
        command = [self._name, *arguments]
        done = subprocess.run(  # noqa: S603 - no shell, and the program is one that a pipeline names
            command, cwd=self._folder, stdout=stdout, text=True, check=False
        )
        if done.returncode:
            raise ProgramError(self._name, arguments, done.returncode)
        return done.stdout or ""


def read_json(program: Program, *arguments: str) -> Any:  # noqa: ANN401 - JSON
    """The answer, parsed.

    Raises:
        ValueError: it is no JSON.
    """
    return json.loads(program.read(*arguments))
