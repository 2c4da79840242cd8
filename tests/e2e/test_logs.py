"""What is logged of a task: one line of JSON per event, with the prompt's hash and length, never its text."""

import hashlib

from tests.e2e.cloud import Cloud, Service

MARKER = "marker-never-logged-7b1f"
PROMPT = f"{MARKER} \u00e9 What is 2 + 2?"


def test_a_prompt_is_logged_by_its_hash_and_length_only(faults: Cloud, service: Service) -> None:
    """Also where a step with it fails."""
    cloud = faults
    cloud.set_faults(container_start_failures=1)
    task_id = service.execute(PROMPT).json()["taskId"]
    (accepted,) = cloud.events(service, task_id, "task_accepted")
    assert accepted["promptSha256"] == hashlib.sha256(PROMPT.encode()).hexdigest()
    assert accepted["promptBytes"] == len(PROMPT.encode())
    assert cloud.model_calls(MARKER)
    logs = [path.read_text(errors="replace") for path in cloud.home.logs.iterdir()]
    assert any(task_id in log for log in logs)
    assert not any(MARKER in log for log in logs)


def test_each_event_of_a_task_is_one_line_that_names_it(cloud: Cloud, service: Service) -> None:
    task_id = service.execute("What is 2 + 2?").json()["taskId"]
    for name in ("task_accepted", "run_started", "task_ended"):
        assert len(cloud.events(service, task_id, name)) == 1, name
