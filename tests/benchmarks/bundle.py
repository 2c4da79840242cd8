"""The Worker's bundle, which Cloudflare limits to 10 MB compressed and which every cold start reads."""

import gzip
from collections.abc import Iterator

from infra.bundle import build
from tests.benchmarks.table import Row
from tests.e2e.cloud import ROOT


def sizes() -> Iterator[Row]:
    module = (ROOT / build(ROOT).path).read_bytes()
    yield Row("bundle, raw", len(module) / 1024, "KiB", "at most 600")
    yield Row("bundle, gzipped", len(gzip.compress(module)) / 1024, "KiB", "at most 180")
