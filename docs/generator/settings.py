"""settings.md, from the field descriptions of StackSettings."""

from collections.abc import Iterator, Mapping
from typing import Final

from docs.generator.json_schema import Schema, default_text, reference, rule_text, type_text, without_null
from docs.generator.markdown import code, document, fenced, table
from infra.settings import SECRET_KEYS, SettingsError, StackSettings, parse_settings

UNITS: Final = {
    "Ms": "ms", "Seconds": "s", "Days": "days", "Bytes": "bytes", "Usd": "USD", "After": "instant",
}  # fmt: skip
"""The end of a key says its unit."""

SECRETS: Final = {
    "claudeCredential": "What the Worker shows to the model's API: an Anthropic API key, or a token of "
    "`claude setup-token` where `claude.credential` is `oauthToken`. It never enters a sandbox.",
    "serverAuthToken": "Token of the client `default`. `claude-sandbox generate-token` makes one. The Worker "
    "gets its SHA-256 only. Not needed where `clients` names others.",
}
REFUSED: Final = {"accountId": "0123", "team": "acme", "environment": "dev", "container": {"imag": "x"}}

INTRODUCTION: Final = """\
What may stand in `Pulumi.<stack>.yaml`, below `config:` and with the project's name in front:
`autonomous-claude-sandbox:results: {retentionDays: 30}`. From the command line:
`pulumi config set --path results.retentionDays 30`. Editors check the file against
[stack.schema.json](stack.schema.json); `claude-sandbox validate-config` checks it as a deploy would."""


def page() -> str:
    schema = StackSettings.model_json_schema(by_alias=True)
    parts: Mapping[str, Schema] = schema["$defs"]
    own = {key: one for key, one in schema["properties"].items() if reference(one) is None}
    sections = [
        f"## {key}\n\n{parts[name]['description']}\n\n{rows_table(rows(key, parts[name], parts))}"
        for key, one in schema["properties"].items()
        if (name := reference(one))
    ]
    stack = {**schema, "properties": own}
    return document(
        "Settings",
        INTRODUCTION,
        "## The stack",
        rows_table(rows("", stack, parts)),
        *sections,
        secrets(),
        refusal(),
    )


def rows_table(found: Iterator[list[str]]) -> str:
    return table(["Key", "Type", "Default", "Unit", "Rule", "Meaning"], found)


def rows(path: str, schema: Schema, parts: Mapping[str, Schema]) -> Iterator[list[str]]:
    """One row for each key, at whatever depth: `clients[].tokens[].sha256`."""
    for key, field in schema["properties"].items():
        full = f"{path}.{key}" if path else key
        item = without_null(field).get("items", {})
        inner = reference(without_null(field)) or reference(item)
        if inner is None:
            yield row(full, field, is_required=key in schema.get("required", ()))
        else:
            yield from rows(full + ("[]" if item else ""), parts[inner], parts)


def row(path: str, field: Schema, *, is_required: bool) -> list[str]:
    unit = next((text for end, text in UNITS.items() if path.endswith(end)), "")
    rule = rule_text(field)
    default = default_text(field, is_required=is_required)
    kind = type_text(without_null(field))
    return [code(path), kind, default, unit, rule, field.get("description", "")]


def secrets() -> str:
    found = [[code(key), SECRETS[key]] for key in SECRET_KEYS]
    told = "Set with `pulumi config set --secret`, encrypted in the file and in the state, in no output."
    return f"## Secrets\n\n{told}\n\n{table(['Key', 'Meaning'], found)}"


def refusal() -> str:
    """What a wrong file gets, printed by the very check."""
    told = "All problems are told at once, before anything is declared:"
    try:
        parse_settings(REFUSED)
    except SettingsError as error:
        return f"## What can't be used is refused\n\n{told}\n\n{fenced(str(error))}"
    raise AssertionError("the example has to be refused")
