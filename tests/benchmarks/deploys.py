"""The stack without the Pulumi CLI: preview and no-op, against importing the SDKs alone."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from tests.benchmarks.table import Row, median_ms
from tests.e2e.cloud import ROOT, Cloud, Service

COUNT = 5
SDKS = "import pulumi, pulumi_cloudflare, pulumi_docker, cloudflare, pydantic"
CONFIG = ("--config=container.maxInstances=5", "--config=limits.maxQueuedTasks=200")


def against(cloud: Cloud, _service: Service) -> Iterator[Row]:
    imports = median_ms(import_sdks, COUNT)
    preview = median_ms(partial(cloud.command, "deploy", "--preview", *CONFIG), COUNT)
    with cloud.control_plane as client:
        client.delete("/localcloud/requests").raise_for_status()
        noop = median_ms(partial(cloud.command, "deploy", *CONFIG), COUNT)
        calls = client.get("/localcloud/requests").json()["result"]
    yield Row("importing the SDKs", imports, "ms")
    yield Row("preview of the whole stack over imports", preview / imports, "x")
    yield Row("no-op deploy over imports", noop / imports, "x")
    yield Row("no-op deploy: reads", calls["reads"] / COUNT, "calls")
    yield Row("no-op deploy: writes", calls["writes"] / COUNT, "calls", "0")


def import_sdks() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", SDKS], cwd=ROOT, check=True)
