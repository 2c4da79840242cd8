"""The table of docs/reference/tokens.md: which permission the calls below a path need."""

import re
from typing import Final

from tests.pipelines.pipelines import ROOT

PAGE: Final = (ROOT / "docs/reference/tokens.md").read_text()
ROW: Final = re.compile(r"^\| `(/[^`]+)` \|[^|]*\| ([\w ]+) \| ([\w ]+) \|$", re.MULTILINE)
ROWS: Final = {prefix: (deploy, look) for prefix, deploy, look in ROW.findall(PAGE)}
"""Beginning of a path to the permissions of a token that deploys, and of one that only looks."""

DEPLOY: Final = sorted({deploy for deploy, _ in ROWS.values()} - {"none"})
LOOK: Final = sorted({look for _, look in ROWS.values()} - {"none"})
