"""Links within the project lead somewhere."""

import pytest

from tests.docs.markdown import Page, pages


def broken(page: Page, link: str) -> bool:
    """Whether a relative link has no file, or its anchor no heading."""
    target, _, anchor = link.partition("#")
    path = (page.path.parent / target).resolve() if target else page.path
    if not path.exists():
        return True
    return bool(anchor) and path.suffix == ".md" and anchor not in Page(path).anchors


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Page) -> None:
    relative = [link for link in page.links if not link.startswith(("http://", "https://", "mailto:"))]
    assert [link for link in relative if broken(page, link)] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_no_two_headings_share_an_anchor(page: Page) -> None:
    assert len(page.anchors) == len(set(page.anchors))
