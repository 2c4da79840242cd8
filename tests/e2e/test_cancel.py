"""A cancelled run is stopped, not only forgotten: its process and its sandbox are gone."""

from pathlib import Path

import httpx

from tests.e2e.cloud import Cloud, Service, await_condition


def descendants(pid: int) -> list[int]:
    """All processes below this one, of every thread's making; a process that ends meanwhile has none."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    children = [int(child) for one in lists for child in one.split()]
    return [*children, *(below for child in children for below in descendants(child))]


def is_claude(pid: int) -> bool:
    """Claude Code itself, not the shell or the timer that waits for it."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"claude\0--print\0")


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_cancelled_run_is_gone_with_its_sandbox(cloud: Cloud, service: Service) -> None:
    cloud.await_no_sandbox()
    task_id = service.submit("marker-cancelled scenario:never-ends")
    await_condition(lambda: cloud.model_calls("marker-cancelled"))
    (instance,) = cloud.status()["instances"]
    (claude,) = filter(is_claude, descendants(instance["pid"]))
    service.cancel(task_id)
    assert service.await_status(task_id, {"cancelled"})
    await_condition(lambda: not is_alive(claude) and not is_alive(instance["pid"]))


def test_a_second_cancel_changes_nothing(service: Service) -> None:
    task_id = service.submit("scenario:never-ends")
    service.cancel(task_id)
    service.await_status(task_id, {"cancelled"})
    before = service.result(task_id)
    with service.client() as client:
        again = client.post(f"/tasks/{task_id}/cancel")
    assert (again.status_code, again.json()["status"]) == (httpx.codes.OK, "cancelled")
    assert (before.json()["success"], before.json()["code"]) == (False, "CANCELLED")
    assert service.result(task_id).content == before.content
