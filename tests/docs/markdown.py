"""What a Markdown page holds: its fenced blocks, links and anchors."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT: Final = Path(__file__).parents[2]
PARSER: Final = MarkdownIt("commonmark").enable("table")
MARK: Final = re.compile(r"<!-- (needs-[a-z]+) -->")
UNPUBLISHED: Final = {".venv", "node_modules", ".localcloud"}


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Args:
        language: the fence's first word, such as `console`.
        mark: `needs-account` where the comment directly above says so.
        line: of the fence, counted from 1.
    """

    language: str
    text: str
    mark: str | None
    line: int


@dataclass(frozen=True)
class Page:
    """One page of the documentation. `name` is its path from the project's folder."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def tokens(self) -> list[Token]:
        return PARSER.parse(self.path.read_text())

    @property
    def blocks(self) -> list[Block]:
        tokens = self.tokens
        before = [None, *tokens]
        return [_block(above, one) for above, one in zip(before, tokens, strict=False) if one.type == "fence"]

    @property
    def links(self) -> list[str]:
        found = (part.attrGet("href") or part.attrGet("src") for part in self._inline())
        return [str(target) for target in found if target]

    @property
    def anchors(self) -> list[str]:
        """As GitHub makes them from headings."""
        return [
            _anchor("".join(part.content for part in text.children or []))
            for opening, text in pairwise(self.tokens)
            if opening.type == "heading_open"
        ]

    def _inline(self) -> Iterator[Token]:
        for token in self.tokens:
            yield from token.children or []


def pages() -> list[Page]:
    """Every page that is written for readers."""
    folders = (path for path in ROOT.iterdir() if path.is_dir() and path.name not in UNPUBLISHED)
    nested = (page for folder in folders for page in folder.rglob("*.md"))
    found = [path for path in (*ROOT.glob("*.md"), *nested) if not UNPUBLISHED.intersection(path.parts)]
    return [Page(path) for path in sorted(found)]


def _block(before: Token | None, fence: Token) -> Block:
    is_comment = before is not None and before.type == "html_block"
    mark = MARK.search(before.content) if before is not None and is_comment else None
    line = fence.map[0] + 1 if fence.map else 0
    return Block(fence.info.partition(" ")[0], fence.content, mark and mark[1], line)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
