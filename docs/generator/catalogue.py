"""The generated pages, each by its file's name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from docs.generator import command_line, error_codes, failures, http_api, outputs, settings

FOLDER: Final = Path(__file__).parents[1] / "reference"

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "api.md": http_api.page,
    "cli.md": command_line.page,
    "errors.md": error_codes.page,
    "failures.md": failures.page,
    "outputs.md": outputs.page,
    "settings.md": settings.page,
}
