"""Changes of `Pulumi.<stack>.yaml` in the checkout of one run; they are never committed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

PREFIX: Final = "autonomous-claude-sandbox:"
Config = dict[str, Any]
"""The mapping under `config`, by full key."""

EPHEMERAL_RETENTION_DAYS: Final = 1
OWN_ADDRESSES: Final = ("name", "customDomain", "url")
"""Settings of the Worker that two stacks can't share."""


class StackFileError(RuntimeError):
    """A stack file that is missing or is something else."""


def change(file: Path, mend: Callable[[Config], None]) -> None:
    """Rewrite a stack file. Comments go; secrets stay encrypted as they are.

    Raises:
        StackFileError: the file can't be used.
    """
    import yaml  # noqa: PLC0415 - a report of drift needs no package

    document = read(file)
    mend(document["config"])
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


def part(config: Config, key: str) -> Config:
    """A setting that is a mapping, made where it is missing."""
    found = config.setdefault(f"{PREFIX}{key}", {})
    if not isinstance(found, dict):
        raise StackFileError(f"{key} is no mapping")
    return found


def builds_image(file: Path) -> bool:
    return part(read(file)["config"], "container").get("build") is True


def use_image(config: Config, reference: str) -> None:
    """Run an image by digest, and build none."""
    container = part(config, "container")
    container.pop("build", None)
    container["image"] = reference


def make_ephemeral(config: Config, environment: str) -> None:
    """A copy of another stack's settings that meets none of that stack's resources, and keeps little."""
    config[f"{PREFIX}environment"] = environment
    config[f"{PREFIX}ephemeral"] = True
    worker = part(config, "worker")
    for key in OWN_ADDRESSES:
        worker.pop(key, None)
    worker["workersDev"] = True
    results = part(config, "results")
    results.pop("bucketName", None)
    results["retentionDays"] = EPHEMERAL_RETENTION_DAYS
