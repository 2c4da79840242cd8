"""The JSON Schema of a stack file, for editors: `python -m infra.settings.schema` writes it."""

import json
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema

from infra.naming import PROJECT
from infra.settings.stack import SECRET_KEYS, StackSettings

FILE: Final = Path(__file__).parents[2] / "docs/reference/stack.schema.json"

SECURE: Final = {
    "type": "object",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
    "description": "Written by: pulumi config set --secret",
}
OTHER_KEYS: Final[dict[str, Any]] = {"^(?!" + PROJECT + ":)[^:]+:.+$": {}}
"""Configuration of providers and of Pulumi itself."""

ENGINE_KEYS: Final = ("secretsprovider", "encryptedkey", "encryptionsalt")


class Untitled(GenerateJsonSchema):
    """Without the titles that are made of the fields' names, which say nothing."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002
        return False


def stack_file_schema() -> dict[str, Any]:
    """`Pulumi.<stack>.yaml`: every setting with its type, rule, default and description."""
    settings = StackSettings.model_json_schema(by_alias=True, schema_generator=Untitled)
    parts = settings.pop("$defs")
    properties = {f"{PROJECT}:{key}": one for key, one in settings["properties"].items()}
    secrets = {f"{PROJECT}:{key}": SECURE for key in SECRET_KEYS}
    config = {
        "type": "object",
        "properties": {**properties, **secrets, "cloudflare:apiToken": SECURE},
        "patternProperties": OTHER_KEYS,
        "required": [f"{PROJECT}:{key}" for key in settings["required"]],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Stack file of {PROJECT}",
        "type": "object",
        "properties": {"config": config, **{key: {"type": "string"} for key in ENGINE_KEYS}},
        "required": ["config"],
        "$defs": parts,
    }


def text() -> str:
    return json.dumps(stack_file_schema(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
