"""Reading a Worker version: its bindings, the JSON that some of them carry, its entry module."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Final

from rules.properties import Properties
from rules.resource import VERSION, Resource, Stack

EXPORT_LIST: Final = re.compile(r"\bexport\s*\{([^}]*)\}")
EXPORT_DECLARATION: Final = re.compile(
    r"\bexport\s+(?:async\s+)?(?:class|function\*?|const|let|var)\s+([\w$]+)"
)


def bindings(version: Resource) -> list[Properties]:
    return version.properties.children("bindings")


def binding(version: Resource, name: str) -> Properties | None:
    return next((one for one in bindings(version) if one.text("name") == name), None)


def json_text(one: Properties | None) -> str | None:
    """The text that the Worker reads as JSON, from a binding of any type that can carry it."""
    return None if one is None else one.text("text") or one.text("json")


def settings(version: Resource) -> Properties:
    """What the binding SETTINGS says. Absent or broken JSON reads as empty, and fails what needs it."""
    return Properties(_object(json_text(binding(version, "SETTINGS"))))


def stack_settings(stack: Stack) -> Properties:
    """The settings of the stack's one Worker version."""
    return next((settings(version) for version in stack.all(VERSION)), Properties({}))


def _object(text: str | None) -> Mapping[str, object]:
    try:
        value = json.loads(text or "{}")
    except json.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def entry_module(version: Resource) -> str | None:
    """Source text of the version's main module, or None where it can't be read."""
    main = version.properties.text("mainModule")
    module = next((one for one in version.properties.children("modules") if one.text("name") == main), None)
    if module is None:
        return None
    if path := module.text("contentFile"):
        return version.read_file(path)
    return _decoded(module.text("contentBase64"))


def _decoded(content: str | None) -> str | None:
    try:
        return base64.b64decode(content, validate=True).decode() if content else None
    except (binascii.Error, UnicodeDecodeError):
        return None


def exported_names(source: str) -> set[str]:
    """The names that an ES module exports, minified or not."""
    listed = [
        item.split(" as ")[-1].strip() for group in EXPORT_LIST.findall(source) for item in group.split(",")
    ]
    return {*listed, *EXPORT_DECLARATION.findall(source)} - {""}
