"""A stack's configuration: Pulumi.yaml and Pulumi.<stack>.yaml, then what this machine puts over them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import JsonValue

from localcloud.deploy.errors import DeployError
from localcloud.deploy.registration import JsonObject


@dataclass(frozen=True)
class StackConfig:
    """Configuration as the Pulumi runtime takes it: full keys (`namespace:name`), objects as JSON text."""

    project: str
    values: dict[str, str]
    secret_keys: frozenset[str]


class PulumiLoader(yaml.SafeLoader):
    """Reads a date as a text: configuration values are texts, numbers, booleans, lists and maps."""


PulumiLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_stack_config(
    project_folder: Path,
    stack: str,
    *,
    overrides: Mapping[str, JsonValue],
    secrets: Mapping[str, str],
) -> StackConfig:
    """The configuration of a stack.

    Args:
        project_folder: where Pulumi.yaml is.
        stack: its file is Pulumi.<stack>.yaml, which may be missing.
        overrides: by key; `worker.url` is the field `url` of the key `worker`. A key without a namespace is
            the
            project's.
        secrets: by key; they win, and are marked secret.

    Raises:
        DeployError: a file is missing or no YAML, or a value is encrypted and not among `secrets`.
    """
    project = read_yaml(project_folder / "Pulumi.yaml")
    name = str(project.get("name"))
    stack_file = project_folder / f"Pulumi.{stack}.yaml"
    declared = section(read_yaml(stack_file), "config") if stack_file.exists() else {}
    values = defaults(section(project, "config")) | declared
    merged = {qualified(key, name): value for key, value in values.items()}
    for key, value in overrides.items():
        override(merged, qualified(key, name), value)
    private = {qualified(key, name): text for key, text in secrets.items()}
    texts = {key: text_of(key, value) for key, value in merged.items() if key not in private}
    return StackConfig(name, texts | private, frozenset(private) | marked_secret(project, name))


def read_yaml(path: Path) -> JsonObject:
    try:
        document = yaml.load(path.read_text(), PulumiLoader)  # noqa: S506 - a subclass of the safe loader
    except (OSError, yaml.YAMLError) as error:
        raise DeployError(
            "CONFIG_UNREADABLE", f"{path} cannot be read: {type(error).__name__}", "Mend the file"
        ) from None
    return document if isinstance(document, dict) else {}


def section(document: JsonObject, name: str) -> JsonObject:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def defaults(declarations: JsonObject) -> JsonObject:
    """Pulumi.yaml's values of keys that the stack does not set: `default`, or `value` for others' keys."""
    found: JsonObject = {}
    for key, declaration in declarations.items():
        if not isinstance(declaration, dict):
            found[key] = declaration
            continue
        for field in ("default", "value"):
            if field in declaration:
                found[key] = declaration[field]
    return found


def marked_secret(project: JsonObject, name: str) -> frozenset[str]:
    declarations = section(project, "config").items()
    secret = [key for key, declared in declarations if isinstance(declared, dict) and declared.get("secret")]
    return frozenset(qualified(key, name) for key in secret)


def qualified(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def override(values: JsonObject, key: str, value: JsonValue) -> None:
    """Set a key, or with dots a field within it."""
    head, *path = key.split(".")
    if not path:
        values[head] = value
        return
    target = dict(section(values, head))
    values[head] = target
    for part in path[:-1]:
        target[part] = dict(section(target, part))
        target = section(target, part)
    target[path[-1]] = value


def text_of(key: str, value: JsonValue) -> str:
    """A value as the runtime takes it.

    Raises:
        DeployError: it is encrypted; only the Pulumi CLI can read it.
    """
    if isinstance(value, str):
        return value
    if holds_encrypted(value):
        raise DeployError(
            "CONFIG_ENCRYPTED",
            f"{key} is encrypted in the stack's file, which only the Pulumi CLI can read",
            "Leave it out of the local stack; localcloud sets its own secrets",
        )
    return json.dumps(value)


def holds_encrypted(value: JsonValue) -> bool:
    if isinstance(value, list):
        return any(holds_encrypted(item) for item in value)
    if isinstance(value, dict):
        return value.keys() == {"secure"} or any(holds_encrypted(item) for item in value.values())
    return False
