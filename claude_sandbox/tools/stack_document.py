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
from claude_sandbox.tools.stack_files import namespaces, own_values, settings_problems
from claude_sandbox.tools.stack_text import (
    NotAStackFileError,
    block_of,
    config_pairs,
    dumped,
    loaded,
    with_block,
)

CLIENTS: Final = "clients"
NAME_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


class StackDocument:
    """`Pulumi.<stack>.yaml`, read. `clients` is the list in it: changed here, it is written changed.

    Raises:
        ToolError: there is no such file, or it is no stack file.
    """

    def __init__(self, session: Session, folder: Path, stack: str) -> None:
        if not stack or not NAME_CHARACTERS.issuperset(stack):
            raise usage_error("--stack is no name of a stack", "Give the part between `Pulumi.` and `.yaml`.")
        self.stack = stack
        self.name = f"Pulumi.{stack}.yaml"
        self._file = session.folder / folder / self.name
        self._namespaces = namespaces(self._file.parent)
        self._text = read_file(session, folder / self.name, "stack file")
        try:
            key = self._full_key(CLIENTS)
            self.clients = self._checked(loaded(block_of(self._text, key), key))
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

    def get(self, setting: str) -> Any:  # noqa: ANN401 - any YAML value
        return self._values(self._text).get(setting)

    def remove(self, setting: str) -> None:
        self._text = self._without(setting)

    def text(self) -> str:
        """The file as it is to be: outside `clients` as it was, byte for byte."""
        if not self.clients:
            return self._without(CLIENTS)
        key = self._full_key(CLIENTS)
        return with_block(self._text, key, dumped(key, self.clients))

    def problems(self) -> list[str]:
        """What the deployment would refuse of the clients."""
        problems = settings_problems(self._values(self.text()))
        return [str(one["text"]) for one in problems if one["path"].startswith(CLIENTS)]

    def _without(self, setting: str) -> str:
        """Under none of its keys: else the one that was hidden would count."""
        text = self._text
        for key in self._full_keys(setting):
            text = with_block(text, key, "")
        return text

    def _values(self, text: str) -> dict[str, Any]:
        return own_values(yaml.safe_load(text)["config"], self._namespaces)

    def _full_keys(self, setting: str) -> list[str]:
        """The setting's keys that are in the file; of two the last counts."""
        there = {key.value for key, _ in config_pairs(self._text)}
        return [prefix + setting for prefix in self._namespaces if prefix + setting in there]

    def _full_key(self, setting: str) -> str:
        """The key that counts, or the one to write."""
        return next(reversed(self._full_keys(setting)), self._namespaces[-1] + setting)

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
