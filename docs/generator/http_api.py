"""api.md, from the OpenAPI document that the Worker serves at /openapi.json."""

from collections.abc import Iterator
from typing import Any, Final

from docs.generator.json_schema import Schema, reference, rule_text, type_text
from docs.generator.markdown import code, document, table
from docs.generator.worker_source import worker_facts

INTRODUCTION: Final = """\
The deployed service serves this as OpenAPI 3.1 at `/openapi.json`. JSON in, JSON out; times are ISO 8601 in
UTC, durations milliseconds. Calls need `Authorization: Bearer <token>`, but for those marked *open*. Every
answer carries `X-Request-Id` and `Worker-Version-Id`."""


def page() -> str:
    openapi = worker_facts()["openapi"]
    calls = [
        call(method.upper(), path, operation)
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    ]
    schemas = [
        f"### {name}\n\n{fields(schema)}"
        for name, schema in openapi["components"]["schemas"].items()
        if "properties" in schema
    ]
    return document("HTTP API", INTRODUCTION, *calls, "## Bodies", *schemas)


def call(method: str, path: str, operation: dict[str, Any]) -> str:
    is_open = "" if operation.get("security") else " *Open.*"
    parts = [f"## {method} {path}", f"{operation['summary']}.{is_open}"]
    parameters = [
        [code(one["name"]), one["in"], type_text(one["schema"]), rule_text(one["schema"]), meaning(one)]
        for one in operation.get("parameters", ())
    ]
    if parameters:
        parts.append(table(["Parameter", "In", "Type", "Rule", "Meaning"], parameters))
    body = operation.get("requestBody")
    if body:
        parts.append(f"Body: {body_text(body)}")
    parts.append(table(["Status", "Meaning", "Body"], answers(operation)))
    return "\n\n".join(parts)


def meaning(parameter: dict[str, Any]) -> str:
    return str(parameter.get("description", ""))


def answers(operation: dict[str, Any]) -> Iterator[list[str]]:
    for status, answer in operation["responses"].items():
        yield [status, answer["description"], body_text(answer)]


def body_text(message: dict[str, Any]) -> str:
    """The schemas that a body may have, each with its content type where that is not JSON."""
    content = message.get("content", {})
    return ", ".join(
        schema_text(media["schema"]) + ("" if kind == "application/json" else f" as {code(kind)}")
        for kind, media in content.items()
    )


def schema_text(schema: Schema) -> str:
    if reference(schema) or "properties" not in schema:
        return type_text(schema)
    return ", ".join(code(name) for name in schema["properties"])


def fields(schema: Schema) -> str:
    required = schema.get("required", ())
    rows = [field(name, one, is_required=name in required) for name, one in schema["properties"].items()]
    return table(["Key", "Type", "", "Rule", "Meaning"], rows)


def field(name: str, schema: Schema, *, is_required: bool) -> list[str]:
    """One row. The codes of failures have a page of their own."""
    presence = "" if is_required else "may be absent"
    if worker_facts()["failures"].keys() <= set(schema.get("enum", ())):
        return [
            code(name),
            "string or null",
            presence,
            "",
            "Why it failed: [errors.md](errors.md#failed-tasks).",
        ]
    return [code(name), type_text(schema), presence, rule_text(schema), schema.get("description", "")]
