"""The README's commands, typed in its order in a copy of this project."""

from collections.abc import Iterator

import pytest

from tests.docs.markdown import ROOT, Page
from tests.docs.project import WRITTEN_URL, Project, copied, url_in

README = Page(ROOT / "README.md")


@pytest.fixture
def own_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Another copy than the pages': it ends with `make clean`."""
    with copied(tmp_path_factory.mktemp("readme") / "project") as project:
        yield project


def test_the_first_command_stands_before_line_25() -> None:
    assert README.path.read_text().splitlines().index("make up") < 25


def test_the_commands_work_as_they_stand(own_project: Project) -> None:
    up, curl, use, down, clean = (one.text for one in README.blocks if one.language == "sh" and not one.mark)
    first = own_project.run(up)
    assert "I wrote hello.py" in first
    url = url_in(first)
    pasted = next(line for line in first.splitlines() if line.startswith("  curl"))
    assert '"output":"4"' in own_project.run(pasted)
    assert '"output":"4"' in own_project.run(curl.replace(WRITTEN_URL, url))
    assert '"success"' in own_project.run(use.replace(WRITTEN_URL, url))
    own_project.run(down)
    own_project.run(clean)
    assert not (own_project.folder / ".localcloud").exists()
    assert not (own_project.folder / ".venv").exists()
