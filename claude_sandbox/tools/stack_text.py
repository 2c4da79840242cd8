"""The text of a stack file, of which one key under `config` is changed and every other byte stays."""

import io
from typing import Any, Final

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

WIDTH: Final = 4_096
"""No line is wrapped."""


class NotAStackFileError(ValueError):
    """The text is no YAML with a block mapping under `config`."""


def config_pairs(text: str) -> list[tuple[yaml.Node, yaml.Node]]:
    """Keys and values under `config`, with their places in the text.

    Raises:
        NotAStackFileError: it is something else.
    """
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        root = None
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    config = next((value for key, value in pairs if key.value == "config"), None)
    if not isinstance(config, yaml.MappingNode) or config.flow_style or not config.value:
        raise NotAStackFileError
    return list(config.value)


def lines_of(text: str, pair: tuple[yaml.Node, yaml.Node]) -> tuple[int, int]:
    """First line of a key, and the line after its value; what follows of comments belongs to the next key."""
    key, value = pair
    lines = text.splitlines(keepends=True)
    is_block = isinstance(value, yaml.CollectionNode) and not value.flow_style
    end = value.end_mark.line if is_block else value.end_mark.line + 1
    while end > key.start_mark.line + 1 and lines[end - 1].strip()[:1] in {"", "#"}:
        end -= 1
    return key.start_mark.line, end


def block_of(text: str, key: str) -> str | None:
    """The lines of a key and its value; None where it is not there."""
    found = [pair for pair in config_pairs(text) if pair[0].value == key]
    if not found:
        return None
    start, end = lines_of(text, found[0])
    return "".join(text.splitlines(keepends=True)[start:end])


def with_block(text: str, key: str, block: str) -> str:
    """The text with this in place of the key's lines, or behind the last key. Empty: the key is taken out."""
    pairs = config_pairs(text)
    found = [pair for pair in pairs if pair[0].value == key]
    start, end = lines_of(text, found[0]) if found else (lines_of(text, pairs[-1])[1],) * 2
    lines = text.splitlines(keepends=True)
    if start == len(lines) and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    indent = " " * pairs[0][0].start_mark.column
    inserted = [indent + line if line.strip() else line for line in block.splitlines(keepends=True)]
    return "".join([*lines[:start], *inserted, *lines[end:]])


def editor() -> YAML:
    editing = YAML(typ="rt")
    editing.preserve_quotes = True
    editing.width = WIDTH
    editing.indent(mapping=2, sequence=4, offset=2)
    return editing


def loaded(block: str | None, key: str) -> Any:  # noqa: ANN401 - any YAML value
    """The value of a block, with its comments; None where there is no block."""
    return None if block is None else editor().load(block)[key]


def dumped(key: str, value: object) -> str:
    """The block of a key, without indentation."""
    text = io.StringIO()
    editor().dump(CommentedMap({key: value}), text)
    return text.getvalue()
