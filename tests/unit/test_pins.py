"""Versions that stand in two places are equal."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]


def locked(package_folder: str, dependency: str) -> str:
    lock = json.loads((ROOT / package_folder / "package-lock.json").read_text())
    return str(lock["packages"][f"node_modules/{dependency}"]["version"])


def test_worker_tests_and_localcloud_run_the_same_miniflare() -> None:
    assert locked("worker", "miniflare") == locked("localcloud/data_plane", "miniflare")


def test_localcloud_speaks_the_rpc_version_of_the_sandbox_sdk() -> None:
    assert locked("worker", "capnweb") == locked("localcloud/data_plane", "capnweb")
