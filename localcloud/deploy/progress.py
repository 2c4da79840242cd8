"""One line on stderr for each resource, as it is applied."""

import sys
from collections import Counter
from typing import Final, TextIO

SIGNS: Final = {
    "created": "+",
    "imported": "=",
    "updated": "~",
    "replaced": "±",
    "unchanged": "=",
    "deleted": "-",
    "forgotten": "-",
}
PLANNED: Final = {
    "created": "create",
    "imported": "import",
    "updated": "update",
    "replaced": "replace",
    "unchanged": "same",
    "deleted": "delete",
    "forgotten": "forget",
}


class Progress:
    """Counts what happens to resources and tells it; in a preview, what would happen."""

    def __init__(self, *, is_preview: bool = False, stream: TextIO | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self._is_preview = is_preview
        self._stream = stream or sys.stderr

    def tell(self, what: str, type_token: str, name: str) -> None:
        self.counts[what] += 1
        word = PLANNED[what] if self._is_preview else what
        kind = type_token.rsplit(":", maxsplit=1)[-1]
        print(f"{SIGNS[what]} {word:<9} {kind:<22} {name}", file=self._stream, flush=True)
