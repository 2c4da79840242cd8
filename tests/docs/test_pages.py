"""Every command on every page runs, and prints what the page says."""

import pytest

from tests.docs.console import differences, run_steps, steps_of
from tests.docs.markdown import Page, pages
from tests.docs.project import WRITTEN_URL, Project

SHELLS = {"bash", "console", "sh", "shell"}
TYPED_BY_ITS_OWN_TEST = {"README.md"}
STARTS_WITH_NOTHING = {"SKILL.md", "docs/workflows/setup.md"}
PAGES = [page for page in pages() if any(one.language == "console" and not one.mark for one in page.blocks)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_does_what_it_says(page: Page, project: Project) -> None:
    project.run("python -m localcloud reset" if page.name in STARTS_WITH_NOTHING else "true")
    url = WRITTEN_URL if page.name in STARTS_WITH_NOTHING else project.up()
    text = "".join(one.text for one in page.blocks if one.language == "console" and not one.mark)
    steps = steps_of(text.replace(WRITTEN_URL, url))
    outcomes, printed = run_steps(steps, project.folder, project.environment)
    assert len(outcomes) == len(steps), printed
    found = differences(steps, outcomes)
    assert not found, f"{page.name} says something else, first here:\n{found[0]}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_command_is_run_or_marked(page: Page) -> None:
    neglected = [
        f"{page.name}:{block.line}"
        for block in page.blocks
        if block.language in SHELLS - {"console"}
        and not block.mark
        and page.name not in TYPED_BY_ITS_OWN_TEST
    ]
    assert not neglected, "write ```console with `$ command`, or mark it: <!-- needs-account -->"
