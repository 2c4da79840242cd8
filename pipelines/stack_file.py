"""Changes of `Pulumi.<stack>.yaml` in the checkout of one run; they are never committed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

PROJECT: Final = "autonomous-claude-sandbox"
Settings = dict[str, Any]
"""The project's own keys under `config`, without their namespace."""

EPHEMERAL_RETENTION_DAYS: Final = 1
OWN_ADDRESSES: Final = ("name", "customDomain", "url")
"""Settings of the Worker that two stacks can't share."""


class StackFileError(RuntimeError):
    """A stack file that is missing or is something else."""


def change(file: Path, mend: Callable[[Settings], None]) -> None:
    """Rewrite a stack file in the project's namespace. Comments go; secrets stay encrypted as they are.

    Raises:
        StackFileError: the file can't be used.
    """
    import yaml  # noqa: PLC0415 - a report of drift needs no package

    document, prefixes = read(file), namespaces(file.parent)
    others = {key: one for key, one in document["config"].items() if not str(key).startswith(prefixes)}
    settings = own_settings(document, prefixes)
    mend(settings)
    document["config"] = {**others, **{f"{prefixes[-1]}{key}": one for key, one in settings.items()}}
    file.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")


def read(file: Path) -> dict[str, Any]:
    """The file's document, with a mapping under `config`.

    Raises:
        StackFileError: it is missing, or something else.
    """
    import yaml  # noqa: PLC0415 - a report of drift needs no package

    try:
        document = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise StackFileError(f"{file.name} can't be read ({type(error).__name__}); commit it") from None
    if not isinstance(document, dict) or not isinstance(document.get("config"), dict):
        raise StackFileError(f"{file.name} has no mapping `config`; see Pulumi.dev.yaml for an example")
    return document


def namespaces(folder: Path) -> tuple[str, ...]:
    """What a project's own keys begin with: ours, and the name that `pulumi new` has given it, which wins."""
    import yaml  # noqa: PLC0415 - a report of drift needs no package

    project = folder / "Pulumi.yaml"
    name = yaml.safe_load(project.read_text("utf-8"))["name"] if project.exists() else PROJECT
    return f"{PROJECT}:", f"{name}:"


def own_settings(document: Settings, prefixes: tuple[str, ...]) -> Settings:
    return {
        str(key).removeprefix(prefix): one
        for prefix in prefixes
        for key, one in document["config"].items()
        if str(key).startswith(prefix)
    }


def part(settings: Settings, key: str) -> Settings:
    """A setting that is a mapping, made where it is missing."""
    found = settings.setdefault(key, {})
    if not isinstance(found, dict):
        raise StackFileError(f"{key} is no mapping")
    return found


def builds_image(file: Path) -> bool:
    settings = own_settings(read(file), namespaces(file.parent))
    return part(settings, "container").get("build") is True


def use_image(settings: Settings, reference: str) -> None:
    """Run an image by digest, and build none."""
    container = part(settings, "container")
    container.pop("build", None)
    container["image"] = reference


def make_ephemeral(settings: Settings, environment: str) -> None:
    """A copy of another stack's settings that meets none of that stack's resources, and keeps little."""
    settings["environment"] = environment
    settings["ephemeral"] = True
    worker = part(settings, "worker")
    for key in OWN_ADDRESSES:
        worker.pop(key, None)
    worker["workersDev"] = True
    results = part(settings, "results")
    results.pop("bucketName", None)
    results["retentionDays"] = EPHEMERAL_RETENTION_DAYS
