"""One issue tells whether stacks drift: opened, commented on while they do, closed once they agree again."""

from typing import Any, Final, Literal

from pipelines.programs import Program, read_json

LABEL: Final = "drift"
TITLE: Final = "Stacks differ from what was deployed"
FAILED: Final = ("failure", "timed_out")
Outcome = Literal["opened", "updated", "closed", "quiet"]


def report(gh: Program, *, has_drift: bool, run_id: str) -> Outcome:
    """Say in the issue what this run found.

    Args:
        gh: GitHub's command line, which finds repository and token in the environment.
        has_drift: whether a stack differs, or could not be looked at.
        run_id: of the run, whose log has the differences.
    """
    number = open_issue(gh)
    if not has_drift:
        if number is None:
            return "quiet"
        gh.run("issue", "close", number, "--comment", f"Run {run_id}: every stack agrees again.")
        return "closed"
    text = findings(gh, run_id)
    if number is not None:
        gh.run("issue", "comment", number, "--body", text)
        return "updated"
    gh.run("label", "create", LABEL, "--force", "--description", "A stack differs from what was deployed")
    gh.run("issue", "create", "--title", TITLE, "--label", LABEL, "--body", text)
    return "opened"


def open_issue(gh: Program) -> str | None:
    listed = read_json(
        gh, "issue", "list", "--label", LABEL, "--state", "open", "--json", "number", "--limit", "1"
    )
    return str(listed[0]["number"]) if listed else None


def findings(gh: Program, run_id: str) -> str:
    """Which stacks, and where their differences are shown. The log masks secrets; nothing of it is copied."""
    run: dict[str, Any] = read_json(gh, "run", "view", run_id, "--json", "url,jobs")
    names = [f"- {job['name']}" for job in run["jobs"] if job.get("conclusion") in FAILED]
    return "\n".join(
        [
            "These stacks differ from Cloudflare or from main, or could not be looked at:",
            "",
            *names,
            "",
            f"The differences are in {run['url']}. Put back what was changed by hand with `pulumi up`,",
            "or take it over into the stack's file.",
        ]
    )
