"""Runs every benchmark against a localcloud of its own: `python -m tests.benchmarks`."""

import tempfile
from pathlib import Path

from localcloud.home import Home
from tests.benchmarks import bundle, commands, deploys, first_use, tasks
from tests.benchmarks.table import show
from tests.e2e.cloud import Cloud

RESULTS = Path(__file__).parents[2] / "bench.json"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cloud = Cloud(Home(Path(folder) / "home"))
        cloud.start()
        try:
            service = cloud.service("container.maxInstances=5", "limits.maxQueuedTasks=200")
            rows = [row for part in (tasks.against, deploys.against) for row in part(cloud, service)]
        finally:
            cloud.command("stop")
    show([*rows, *bundle.sizes(), *commands.start_ups(), *first_use.ups()], RESULTS)


if __name__ == "__main__":
    main()
