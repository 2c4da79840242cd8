"""A stack file whose clients are changed."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml
from ruamel.yaml.error import YAMLError

from claude_sandbox.cli.files import read_file
from claude_sandbox.cli.report import ToolError, usage_error
from claude_sandbox.cli.session import Session
from claude_sandbox.tools.stack_files import PREFIX, settings_problems
from claude_sandbox.tools.stack_text import (
    NotAStackFileError,
    block_of,
    config_pairs,
    dumped,
    loaded,
    with_block,
)

CLIENTS: Final = f"{PREFIX}clients"
NAME_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


class StackDocument:
    """`Pulumi.<stack>.yaml`, read. `clients` is the list in it: changed here, it is written changed.

    Raises:
        ToolError: there is no such file, or it is no stack file.
    """

    def __init__(self, session: Session, folder: Path, stack: str) -> None:
        if not stack or not NAME_CHARACTERS.issuperset(stack):
            raise usage_error("--stack is no name of a stack", "Give the part between `Pulumi.` and `.yaml`.")
        self.name = f"Pulumi.{stack}.yaml"
        self._file = session.folder / folder / self.name
        self._text = read_file(session, folder / self.name, "stack file")
        try:
            config_pairs(self._text)
            self.clients = self._checked(loaded(block_of(self._text, CLIENTS), CLIENTS))
        except (NotAStackFileError, YAMLError):
            raise usage_error(
                f"{self.name} is no stack file", "YAML with lines under `config` is needed."
            ) from None

    def _checked(self, clients: Any) -> list[Any]:  # noqa: ANN401 - any YAML value
        if clients is None:
            return []
        if isinstance(clients, list) and all(is_client(one) for one in clients):
            return clients
        raise self.unusable()

    def unusable(self) -> ToolError:
        return usage_error(f"`clients` of {self.name} can't be used", "See: claude-sandbox validate-config")

    def get(self, key: str) -> Any:  # noqa: ANN401 - any YAML value
        return yaml.safe_load(self._text)["config"].get(PREFIX + key)

    def remove(self, key: str) -> None:
        self._text = with_block(self._text, PREFIX + key, "")

    def text(self) -> str:
        """The file as it is to be: outside `clients` as it was, byte for byte."""
        return with_block(self._text, CLIENTS, dumped(CLIENTS, self.clients) if self.clients else "")

    def problems(self) -> list[str]:
        """What the deployment would refuse of the clients."""
        config = yaml.safe_load(self.text())["config"]
        values = {key.removeprefix(PREFIX): one for key, one in config.items() if key.startswith(PREFIX)}
        found = [problem for problem in settings_problems(values) if problem["path"].startswith("clients")]
        return [str(problem["text"]) for problem in found]

    def write(self) -> None:
        """In one step: a reader sees the old file or the new one."""
        with replacing(self._file) as temporary:
            temporary.write_text(self.text(), "utf-8")


def is_client(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str) and is_tokens(value.get("tokens"))


def is_tokens(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def plain(value: Any) -> Any:  # noqa: ANN401 - any YAML value
    """Without what the YAML library hangs on it."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value if isinstance(value, bool | int | float | None) else str(value)


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """A file beside it with its permissions, which takes its place at the end.

    Raises:
        ToolError: the folder can't be written.
    """
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
            temporary = Path(folder) / file.name
            yield temporary
            os.chmod(temporary, file.stat().st_mode)  # noqa: PTH101 - a link's target is meant
            temporary.replace(file)
    except OSError as error:
        raise usage_error(
            f"The stack file can't be written: {error.strerror}", f"Check {file.name}"
        ) from None
