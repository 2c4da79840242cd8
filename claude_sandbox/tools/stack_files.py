"""`Pulumi.<stack>.yaml`, judged by the very model that the deployment reads."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from claude_sandbox.cli.report import Document
from claude_sandbox.tools.findings import Findings
from infra.settings import SECRET_KEYS, SettingsError, parse_settings

PREFIX: Final = "autonomous-claude-sandbox:"
PRESENT: Final = "present"
"""Stands for a secret: only whether there is one counts."""


def check_stack_file(file: Path, findings: Findings) -> Document:
    """Every problem at once, each with key path, value, rule and fix. Secrets are not looked at."""
    values = read_settings(file)
    if values is None:
        findings.issues.append(f"{file.name} is no stack file: YAML with a mapping under `config` is needed")
        return {"valid": False, "problems": []}
    if not values:
        findings.issues.append(f"{file.name} has no key that begins with {namespaces(file.parent)[-1]}")
        return {"valid": False, "problems": []}
    findings.warnings.extend(missing_secrets(file.name, values))
    problems = [*clear_secrets(values), *settings_problems(values)]
    findings.issues.extend(f"{file.name}: {problem['text']}" for problem in problems)
    return {"valid": not problems, "problems": problems}


def read_settings(file: Path) -> dict[str, Any] | None:
    """The project's own keys, without their namespace; None where the file is no stack file."""
    config = read_mapping(file).get("config")
    return own_values(config, namespaces(file.parent)) if isinstance(config, dict) else None


def namespaces(folder: Path) -> tuple[str, ...]:
    """What a project's own keys begin with: ours, and the name that `pulumi new` has given the project.

    The last one wins, as in the program, and is the one that `pulumi config set` writes.
    """
    name = read_mapping(folder / "Pulumi.yaml").get("name")
    return (PREFIX, f"{name}:") if isinstance(name, str) and f"{name}:" != PREFIX else (PREFIX,)


def own_values(config: Mapping[Any, Any], prefixes: tuple[str, ...]) -> dict[str, Any]:
    return {
        str(key).removeprefix(prefix): one
        for prefix in prefixes
        for key, one in config.items()
        if str(key).startswith(prefix)
    }


def read_mapping(file: Path) -> dict[str, Any]:
    """A YAML mapping; empty where there is none."""
    try:
        document = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return {}
    return document if isinstance(document, dict) else {}


def missing_secrets(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    """They may also come from the environment of the deployment, as localcloud's do."""
    if "claudeCredential" not in values:
        yield f"{name} holds no claudeCredential; set it with: pulumi config set --secret claudeCredential"
    if "serverAuthToken" not in values and not values.get("clients"):
        yield f"{name} holds no serverAuthToken; set it with: pulumi config set --secret serverAuthToken"


def clear_secrets(values: Mapping[str, Any]) -> Iterator[Document]:
    for key in SECRET_KEYS:
        if key in values and not (isinstance(values[key], dict) and "secure" in values[key]):
            yield problem(key, "is in clear text", f"Set it with: pulumi config set --secret {key}")


def settings_problems(values: Mapping[str, Any]) -> list[Document]:
    secrets = {"claudeCredential": PRESENT}
    if "serverAuthToken" in values or not values.get("clients"):
        secrets["serverAuthToken"] = PRESENT
    try:
        parse_settings({**values, **secrets})
    except SettingsError as error:
        return [problem(one.path, one.rule, one.fix, one.value) for one in error.problems]
    return []


def problem(path: str, rule: str, fix: str, value: str | None = None) -> Document:
    text = f"{path}{'' if value is None else f' = {value}'}: {rule}. {fix}"
    return {"path": path, "value": value, "rule": rule, "fix": fix, "text": text}
