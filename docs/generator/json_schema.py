"""JSON Schema in words."""

import json
from collections.abc import Mapping
from typing import Any, Final

from docs.generator.markdown import code

Schema = Mapping[str, Any]

NULL: Final = {"type": "null"}
RULES: Final = {
    "pattern": "matches `{}`",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "format": "{}",
}
"""Keyword to words. A lower bound of JavaScript's own integers is no rule of ours."""

UNSAID: Final = {2**53 - 1, -(2**53 - 1)}


def reference(schema: Schema) -> str | None:
    """The name of the schema that this one stands for."""
    path = schema.get("$ref")
    return str(path).rpartition("/")[2] if path else None


def without_null(schema: Schema) -> Schema:
    """The one choice besides null, if there is one."""
    choices = [one for one in schema.get("anyOf", ()) if one != NULL]
    return choices[0] if len(choices) == 1 else schema


def is_nullable(schema: Schema) -> bool:
    return NULL in schema.get("anyOf", ()) or "null" in schema.get("type", ())


def type_text(schema: Schema) -> str:
    """Such as `integer`, `list of string` or the values that it may have."""
    if is_nullable(schema):
        kinds = [one for one in schema.get("type", ()) if one != "null"]
        inner = {**schema, "type": kinds[0]} if kinds else without_null(schema)
        return f"{type_text(inner)} or null"
    match schema:
        case {"$ref": path}:
            name = str(path).rpartition("/")[2]
            text = f"[{name}](#{name.lower()})"
        case {"enum": values}:
            text = ", ".join(code(one) for one in values if one is not None)
        case {"const": value}:
            text = code(value)
        case {"type": "array", "items": items}:
            text = f"list of {type_text(items)}"
        case {"type": "object", "additionalProperties": {"type": inner_type}}:
            text = f"map of {inner_type}"
        case _:
            text = str(schema.get("type", "any"))
    return text


def rule_text(schema: Schema) -> str:
    """Bounds and patterns, of a list those of its items too."""
    inner = without_null(schema)
    own = [text.format(inner[word]) for word, text in RULES.items() if is_said(inner, word)]
    items = inner.get("items", {})
    of_items = [f"each {rule_text(items)}"] if rule_text_exists(items) else []
    return ", ".join([*own, *of_items])


def is_said(schema: Schema, word: str) -> bool:
    if word == "pattern" and "format" in schema:
        return False
    return word in schema and schema[word] not in UNSAID


def rule_text_exists(schema: Schema) -> bool:
    return any(is_said(schema, word) for word in RULES)


def default_text(schema: Schema, *, is_required: bool) -> str:
    if is_required:
        return "required"
    default = schema.get("default")
    return "none" if default in (None, [], {}) else code(json.dumps(default))
