"""The image that a stack runs, by digest."""

import re
from pathlib import Path
from typing import Final

from pipelines.programs import Program, read_json
from pipelines.stack import Stack
from pipelines.stack_file import builds_image, change, use_image

REFERENCE: Final = re.compile(r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+(:[A-Za-z0-9._-]+)?@sha256:[0-9a-f]{64}")


class ImageError(RuntimeError):
    """There is no digest to run."""


def require_digest(reference: str) -> str:
    """The reference itself.

    Raises:
        ImageError: it names no digest, so that what it stands for could change between two environments.
    """
    if not REFERENCE.fullmatch(reference):
        raise ImageError(f"{reference!r} is no image by digest (repository@sha256:...)")
    return reference


def deployed_image(pulumi: Program, stack: Stack) -> str | None:
    """What the stack's last update put out; None before the first one."""
    outputs = read_json(pulumi, "stack", "output", "--json", "--stack", str(stack))
    image = outputs.get("image")
    return require_digest(str(image)) if image else None


def require_deployed_image(pulumi: Program, stack: Stack) -> str:
    image = deployed_image(pulumi, stack)
    if image is None:
        raise ImageError(f"{stack} puts out no image; deploy it first")
    return image


def pin_image(pulumi: Program, stack: Stack, folder: Path, image: str | None) -> str:
    """Make this checkout's stack file name an image; returns what was done, in words.

    Args:
        pulumi: asked for the image that runs where none is given.
        stack: whose file.
        folder: of the project.
        image: to run; without one it stays the one that runs, unless the stack builds its own.
    """
    file = stack.file(folder)
    if image is None and builds_image(file):
        return f"{stack} builds its image"
    chosen = require_digest(image) if image is not None else deployed_image(pulumi, stack)
    if chosen is None:
        return f"{stack} runs no image yet; {file.name} decides"
    change(file, lambda settings: use_image(settings, chosen))
    return f"{stack} runs {chosen}"
