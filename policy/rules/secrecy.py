"""Rules about secrets: what only a secret binding may carry, and what the engine must know as secret."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rules.bindings import CREDENTIALS
from rules.properties import Properties
from rules.resource import CONTAINER_APPLICATION, DOCKER_IMAGE, VERSION, Resource
from rules.rule import Level, ResourceRule
from rules.version import bindings, json_text

SECRET_BINDINGS: Final = {*CREDENTIALS, "CLIENTS"}
CREDENTIAL: Final = re.compile(r"sk-ant-|-----BEGIN [A-Z ]*PRIVATE KEY-----")
SECRET_NAME: Final = re.compile(r"token|secret|password|api_?key|credential", re.IGNORECASE)

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Marked:
    """A value that the engine knows as secret: encrypted in the state, hidden in every output."""

    value: object


def secret_paths(type_: str, properties: Mapping[str, object]) -> Iterator[Path]:
    """Where secrets stand in the inputs of a resource of this type, marked or not."""
    if type_ == VERSION:
        for index, one in enumerate(_items(_bare(properties.get("bindings")))):
            if Properties(_mapping(_bare(one))).text("type") == "secret_text":
                yield ("bindings", index, "text")
    elif type_ == DOCKER_IMAGE and "registry" in properties:
        yield ("registry", "password")


def unmarked_secrets(type_: str, properties: Mapping[str, object]) -> Iterator[Path]:
    """Paths of secrets in the clear. A mark on a value covers everything inside it."""
    return (path for path in secret_paths(type_, properties) if not _is_marked(properties, path))


def _is_marked(value: object, path: Path) -> bool:
    if isinstance(value, Marked):
        return True
    if not path:
        return value is None
    head, *tail = path
    if isinstance(value, Mapping):
        return _is_marked(value.get(head), tuple(tail))
    return _is_marked(_items(value)[head], tuple(tail)) if isinstance(head, int) else False


def _bare(value: object) -> object:
    return value.value if isinstance(value, Marked) else value


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def secrets_in_plain_bindings(version: Resource) -> Iterator[str]:
    for one in bindings(version):
        name, type_ = one.text("name") or "", one.text("type")
        if type_ == "secret_text":
            continue
        if name in SECRET_BINDINGS:
            yield f"binding {name} is a {type_}; it must be secret_text"
        elif CREDENTIAL.search(json_text(one) or ""):
            yield f"binding {name} is a {type_} and holds a credential"


def secrets_in_build_arguments(image: Resource) -> Iterator[str]:
    arguments = image.properties.child("build").child("args")
    for name in arguments:
        if SECRET_NAME.search(name) or CREDENTIAL.search(arguments.text(name) or ""):
            yield f"build argument {name} stays readable in the image"


def secrets_in_container_environment(application: Resource) -> Iterator[str]:
    for one in application.properties.children("environmentVariables"):
        name = one.text("name") or ""
        if SECRET_NAME.search(name) or CREDENTIAL.search(one.text("value") or ""):
            yield f"environment variable {name} is readable by every command that the agent runs"


CHECKS: Final = {
    VERSION: secrets_in_plain_bindings,
    DOCKER_IMAGE: secrets_in_build_arguments,
    CONTAINER_APPLICATION: secrets_in_container_environment,
}


def misplaced_secrets(resource: Resource, _options: Properties) -> Iterator[str]:
    for type_, check in CHECKS.items():
        if resource.is_a(type_):
            yield from check(resource)


RULES: Final = (
    ResourceRule(
        id="secrets-are-secret",
        demand="Secrets travel only in secret bindings, and the engine knows every one of them as a secret.",
        why="A plain binding, a build argument or a container variable shows its value to readers of the "
        "dashboard, of the "
        "image, or to the agent; a value that is not marked stands in the clear in previews and outputs.",
        fix="Bind it as secret_text with a value from `pulumi config set --secret`; keep it out of images "
        "and containers.",
        level=Level.REMEDIATE,
        types=tuple(CHECKS),
        check=misplaced_secrets,
    ),
)
