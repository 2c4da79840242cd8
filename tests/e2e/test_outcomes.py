"""Success is said only of a run that ended with exit code 0 and a result event that is no error."""

from typing import Any

import pytest

from tests.e2e.cloud import TERMINAL, Cloud, Service, await_condition

FAILURES = {
    "fault:is-error": ("failed", "AGENT_ERROR"),
    "fault:no-result": ("failed", "NO_RESULT"),
    "fault:exit-7": ("failed", "AGENT_ERROR"),
    "fault:garbage-only": ("failed", "NO_RESULT"),
    "fault:cut-result": ("failed", "NO_RESULT"),
    "fault:silent": ("failed", "NO_RESULT"),
    "fault:long-line-only": ("failed", "NO_RESULT"),
    "fault:stderr": ("failed", "NO_RESULT"),
    "fault:kill-runner": ("interrupted", "RUNNER_DIED"),
}


def outcome(service: Service, prompt: str) -> dict[str, Any]:
    answer = service.execute(prompt)
    document: dict[str, Any] = service.result(answer.headers["task-id"]).json()
    return document


@pytest.mark.parametrize("prompt", FAILURES)
def test_a_run_that_failed_is_never_a_success(recording_service: Service, prompt: str) -> None:
    result = outcome(recording_service, prompt)
    assert (result["success"], result["status"], result["code"]) == (False, *FAILURES[prompt])


@pytest.mark.parametrize("prompt", ["fault:garbage-then-answer", "fault:long-line"])
def test_lines_that_are_no_events_do_not_hide_the_answer(recording_service: Service, prompt: str) -> None:
    result = outcome(recording_service, prompt)
    assert (result["success"], result["status"]) == (True, "succeeded")


def test_a_sandbox_that_is_gone_in_mid_run_ends_the_task(
    recording_cloud: Cloud, recording_service: Service
) -> None:
    task_id = recording_service.submit("fault:sleep")
    await_condition(lambda: recording_cloud.has_phase(recording_service, task_id, "running"))
    recording_cloud.kill_sandboxes()
    assert recording_service.await_status(task_id, TERMINAL)["status"] == "interrupted"
    result = recording_service.result(task_id).json()
    assert (result["success"], result["code"]) == (False, "SANDBOX_LOST")


@pytest.mark.parametrize("failures", [1, 2])
def test_a_sandbox_that_does_not_start_is_tried_again(
    recording_cloud: Cloud, recording_service: Service, failures: int
) -> None:
    recording_cloud.set_faults(container_start_failures=failures)
    assert outcome(recording_service, "hello")["success"] is True


def test_a_result_that_cannot_be_stored_is_kept_until_it_can(
    recording_cloud: Cloud, recording_service: Service
) -> None:
    recording_cloud.set_faults(bucket_put_failures=4)
    assert outcome(recording_service, "hello")["success"] is True
