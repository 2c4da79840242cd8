"""errors.md, from the Worker's catalogue."""

from http import HTTPStatus
from typing import Any, Final

from docs.generator.markdown import code, document, table
from docs.generator.worker_source import worker_facts

REFUSALS: Final = """\
An answer other than 2xx has this body: `error` (the seed's text where the seed has one), `code`, `detail`
(the next step), `status`, `title`, `type`, `instance`, `requestId`, and what else the case has. The deployed
service tells the same at `GET /problems/<code in lower case, with hyphens>`. With `Accept:
application/problem+json` it is RFC 9457."""

FAILURES: Final = """\
A task that ended without success has one of these in `code`, in its result, in the logs and in the tools.
`POST /execute` answers 408 where the time was up, 500 where the service failed and not the agent, and else
200 with `success: false`."""


def execute_status(failure: str, facts: dict[str, Any]) -> int:
    """What `POST /execute` answers for a task that ended so, as `executeAnswer` in worker/src/answers.ts."""
    problems = facts["problems"]
    if failure == "RUN_TIMED_OUT":
        return int(problems["REQUEST_TIMEOUT"]["status"])
    if failure in facts["infrastructure"]:
        return int(problems["TASK_EXECUTION_FAILED"]["status"])
    return HTTPStatus.OK


def page() -> str:
    facts = worker_facts()
    refusals = [
        [code(name), str(one["status"]), one["error"], one["nextStep"]]
        for name, one in facts["problems"].items()
    ]
    failures = [
        [code(name), str(execute_status(name, facts)), meaning] for name, meaning in facts["failures"].items()
    ]
    return document(
        "Error codes",
        "## Refused requests",
        REFUSALS,
        table(["Code", "Status", "`error`", "Next step"], refusals),
        "## Failed tasks",
        FAILURES,
        table(["Code", "Answer", "Meaning"], failures),
        "Exit codes of the tools are in [cli.md](cli.md#exit-codes).",
    )
