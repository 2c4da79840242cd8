"""The reference pages say what the code says."""

import json

import pytest

from docs.generator.catalogue import FOLDER, PAGES
from docs.generator.outputs import OUTPUTS
from tests.docs.project import Project


@pytest.mark.parametrize("name", PAGES)
def test_regenerating_changes_nothing(name: str) -> None:
    assert (FOLDER / name).read_text() == PAGES[name](), "run: make docs"


def test_outputs_are_those_of_a_deployed_stack(project: Project) -> None:
    project.up()
    document = json.loads((project.folder / ".localcloud" / "outputs.json").read_text())
    assert document["outputs"].keys() == OUTPUTS.keys()
