"""The Worker's bundle, which Cloudflare limits to 10 MB compressed and which every cold start reads."""

import gzip
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from infra.bundle import build
from infra.versions import COMPATIBILITY_DATE, COMPATIBILITY_FLAGS
from tests.benchmarks.table import Row
from tests.e2e.cloud import ROOT

WRANGLER = ROOT / "worker/node_modules/.bin/wrangler"


def sizes() -> Iterator[Row]:
    own = (ROOT / build(ROOT).path).read_bytes()
    others = bundled_by_wrangler()
    yield Row("bundle, raw", len(own) / 1024, "KiB", "at most 600")
    yield Row("bundle, gzipped", len(gzip.compress(own)) / 1024, "KiB", "at most 180")
    yield Row("bundle, raw, to wrangler's", len(own) / len(others), "x", "at most 0.67")
    compressed = len(gzip.compress(own)) / len(gzip.compress(others))
    yield Row("bundle, gzipped, to wrangler's", compressed, "x", "at most 0.67")


def bundled_by_wrangler() -> bytes:
    """The same sources, as `wrangler deploy` would upload them."""
    with tempfile.TemporaryDirectory(dir=ROOT / "worker") as folder:
        configuration = {
            "name": "bundle",
            "main": str(ROOT / "worker/src/index.ts"),
            "compatibility_date": COMPATIBILITY_DATE,
            "compatibility_flags": [*COMPATIBILITY_FLAGS],
        }
        (Path(folder) / "wrangler.json").write_text(json.dumps(configuration))
        subprocess.run(
            [WRANGLER, "deploy", "--dry-run", "--outdir", "out"],
            cwd=folder, env={**os.environ, "WRANGLER_SEND_METRICS": "false"},
            capture_output=True, check=True,
        )  # fmt: skip
        return (Path(folder) / "out/index.js").read_bytes()
