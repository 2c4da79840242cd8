"""A task's way through the service, against the same Claude Code run directly."""

import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx

from localcloud import daemon
from tests.benchmarks.table import Row, elapsed_ms, median_ms
from tests.e2e.cloud import TERMINAL, Cloud, Service, await_condition

ROOT = Path(__file__).parents[2]
PROMPT = "What is 2 + 2?"
PAIRS = 15
TASKS = 200
EARLY = 20
CLAUDE = "localcloud/data_plane/node_modules/@anthropic-ai/claude-code-*/claude"


def against(cloud: Cloud, service: Service) -> Iterator[Row]:
    yield from overhead(cloud, service)
    yield from answers(service)
    yield from many(cloud, service)


def overhead(cloud: Cloud, service: Service) -> Iterator[Row]:
    """Alternating, so that the machine's mood touches both alike."""
    service.execute(PROMPT)
    pairs = [
        (elapsed_ms(lambda: service.execute(PROMPT)), elapsed_ms(lambda: run_directly(cloud)))
        for _ in range(PAIRS)
    ]
    through, direct = (statistics.median(column) for column in zip(*pairs, strict=True))
    yield Row("execute, median", through, "ms")
    yield Row("claude -p directly, median", direct, "ms")
    yield Row("execute over direct", through / direct, "x")
    yield Row("execute minus direct", statistics.median(a - b for a, b in pairs), "ms", "at most 150")


def run_directly(cloud: Cloud) -> None:
    running = daemon.find(cloud.home)
    assert running is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        subprocess.run(
            [next(ROOT.glob(CLAUDE)), "-p", "--output-format", "stream-json", "--verbose"],
            input=PROMPT, text=True, check=True, capture_output=True, cwd=home,
            env={
                "PATH": os.environ["PATH"],
                "HOME": home,
                "ANTHROPIC_BASE_URL": running.model_url,
                "ANTHROPIC_API_KEY": cloud.home.model_credential.read_text(),
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            },
        )  # fmt: skip


def answers(service: Service) -> Iterator[Row]:
    """On one kept connection, as a client would."""
    task_id = service.execute(PROMPT).json()["taskId"]
    with service.client() as client:
        yield Row("status read", median_ms(lambda: client.get(f"/tasks/{task_id}"), 100), "ms")
        yield Row("result read", median_ms(lambda: client.get(f"/tasks/{task_id}/result"), 100), "ms")
        yield Row("health", median_ms(lambda: client.get("/health"), 100), "ms")
        waits = [elapsed_ms(partial(submit, client)) for _ in range(PAIRS) if all_ended(client)]
        yield Row("time to 202", statistics.median(waits), "ms", "single digit")


def submit(client: httpx.Client) -> None:
    answer = client.post("/execute", json={"task": PROMPT}, headers={"prefer": "respond-async"})
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text


def all_ended(client: httpx.Client) -> bool:
    """Waits until nothing runs, so that a figure is not that of the task before."""
    return bool(await_condition(partial(all_terminal, client)))


def all_terminal(client: httpx.Client) -> bool:
    return {task["status"] for task in client.get("/tasks").json()["tasks"]} <= TERMINAL


def many(cloud: Cloud, service: Service) -> Iterator[Row]:
    memory: dict[int, float] = {}

    def one(number: int) -> str:
        status = str(service.execute(PROMPT).json()["status"])
        if number in {EARLY, TASKS - 1}:
            memory[number] = plane_memory_mb(cloud)
        return status

    with ThreadPoolExecutor(10) as senders:
        statuses = list(senders.map(one, range(TASKS)))
    yield Row(
        f"{TASKS} tasks through 5 instances: succeeded", statuses.count("succeeded"), "tasks", f"{TASKS}"
    )
    yield Row("memory of the plane, task 20", memory[EARLY], "MB")
    yield Row("memory of the plane, task 200", memory[TASKS - 1], "MB")
    yield Row("memory, task 200 over task 20", memory[TASKS - 1] / memory[EARLY], "x", "about 1")


def plane_memory_mb(cloud: Cloud) -> float:
    """Resident memory of localcloud's own processes: supervisor, data plane, workerd; not of sandboxes."""
    running = daemon.find(cloud.home)
    assert running is not None
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    workerds = [str(one["workerd_pid"]) for one in cloud.status()["workers"]]
    return sum(resident_mb(pid) for pid in {str(running.pid), *children, *workerds})


def resident_mb(pid: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))
