"""The shipped schemas of what the tools print."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

import claude_sandbox

SCHEMA: dict[str, Any] = json.loads(
    (Path(claude_sandbox.__file__).parent / "schemas" / "outputs.schema.json").read_text()
)
TOOLS = {name: one for name, one in SCHEMA["$defs"].items() if name not in {"failure", "help"}}


@cache
def validator(name: str) -> Draft202012Validator:
    schema = {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}
    return Draft202012Validator(schema, format_checker=FormatChecker())


def strict(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """JSON as other languages read it, which know neither NaN nor Infinity."""
    return json.loads(text, parse_constant=refuse)


def refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


def require_schema(arguments: Sequence[str], written: str) -> None:
    """The text is one JSON document with the schema of its tool, of a failure or of help."""
    document = strict(written)
    name = "help" if "help" in document else "failure" if "code" in document and "error" in document else None
    errors = [
        f"{error.json_path}: {error.message[:200]}"
        for error in validator(name or tool_of(arguments)).iter_errors(document)
    ]
    assert not errors, errors


def tool_of(arguments: Sequence[str]) -> str:
    words = [word for word in arguments if not word.startswith("-")]
    found = next((one for one in (" ".join(words[:2]), " ".join(words[:1])) if one in TOOLS), None)
    assert found is not None, f"no schema for {words[:2]}"
    return found
