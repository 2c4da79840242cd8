"""The project in a folder of its own, as an operator has it: its stack files may be changed."""

import shutil
from pathlib import Path

from tests.docs.project import NOT_COPIED
from tests.e2e.cloud import ROOT

DEPENDENCIES = ("worker/node_modules", "localcloud/data_plane/node_modules")


def copied(folder: Path) -> Path:
    """A copy, with the dependencies that are installed here."""
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    for one in DEPENDENCIES:
        (folder / one).symlink_to(ROOT / one)
    return folder
