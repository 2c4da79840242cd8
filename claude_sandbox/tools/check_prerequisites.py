"""Whether this machine has what a goal needs."""

from enum import StrEnum
from typing import Final

from claude_sandbox.cli.report import Document, ExitCode, Report, usage_error
from claude_sandbox.cli.session import Session
from claude_sandbox.tools.programs import Programs, is_at_least

NODE_MAJOR: Final = 18
PYTHON: Final = (3, 11)


class Goal(StrEnum):
    """What the machine is wanted for."""

    LOCAL = "local"
    DEPLOY = "deploy"
    BUILD = "build"


NEEDS: Final[dict[Goal, tuple[str, ...]]] = {
    Goal.LOCAL: ("python", "make"),
    Goal.DEPLOY: ("python", "pulumi"),
    Goal.BUILD: ("python", "pulumi", "docker", "docker_running"),
}
"""`make up` brings its own Node and workerd; an image is built by Docker only with container.build."""

PROBLEMS: Final = {
    "python": "Python 3.11 or newer required",
    "make": "make not installed (on Debian and Ubuntu: apt install make)",
    "pulumi": "Pulumi CLI not installed (https://www.pulumi.com/docs/install)",
    "cloudflare_token": "CLOUDFLARE_API_TOKEN is not set"
    " (not needed where the stack has the secret cloudflare:apiToken)",
    "docker": "Docker not installed (https://docs.docker.com/engine/install)",
    "docker_running": "Docker not running (where systemd is: systemctl start docker)",
    "node": "Node.js 18+ required for the seed's wrangler project",
    "wrangler": "Wrangler not authenticated (run: wrangler login)",
    "claude": "Claude CLI not installed (claude setup-token makes a subscription token)",
}


def checked_goal(name: str) -> Goal:
    """The goal of that name.

    Raises:
        ToolError: there is none.
    """
    try:
        return Goal(name)
    except ValueError:
        raise usage_error("There is no such goal", f"Use one of: {', '.join(Goal)}") from None


def check_prerequisites(session: Session, goal: Goal) -> Report:
    """`issues` are what the goal lacks, `warnings` what it may do without."""
    programs = Programs(session.environment, session.folder, session.program_timeout_s)
    checks = run_checks(programs, session)
    missing = [name for name, holds in verdicts(checks).items() if not holds]
    issues = [PROBLEMS[name] for name in missing if name in NEEDS[goal]]
    warnings = [PROBLEMS[name] for name in missing if name not in NEEDS[goal]]
    document = {"success": not issues, "goal": goal, "checks": checks, "issues": issues, "warnings": warnings}
    return Report(document, ExitCode.FAILED if issues else ExitCode.OK)


def run_checks(programs: Programs, session: Session) -> Document:
    node, python = programs.version("node"), programs.version("python3")
    is_docker_running = programs.ask("docker", "info") is not None
    pulumi = programs.version("pulumi", "version")
    return {
        "node": {
            "installed": programs.has("node"),
            "version": node or "0.0.0",
            "meets_requirement": is_at_least(node, NODE_MAJOR),
        },
        "npm": {"installed": programs.has("npm")},
        "docker": {
            "installed": programs.has("docker"),
            "running": is_docker_running,
        },
        "wrangler": {
            "installed": programs.has("wrangler"),
            "authenticated": programs.ask("wrangler", "whoami") is not None,
        },
        "claude": {"installed": programs.has("claude")},
        "openssl": {"installed": programs.has("openssl")},
        "python": {
            "installed": programs.has("python3"),
            "version": python or "0.0.0",
            "meets_requirement": is_at_least(python, *PYTHON),
        },
        "make": {"installed": programs.has("make")},
        "pulumi": {
            "installed": programs.has("pulumi"),
            "version": pulumi or "0.0.0",
        },
        "cloudflare_token": {"set": bool(session.environment.get("CLOUDFLARE_API_TOKEN"))},
    }


def verdicts(checks: Document) -> dict[str, bool]:
    return {
        "python": checks["python"]["meets_requirement"],
        "make": checks["make"]["installed"],
        "pulumi": checks["pulumi"]["installed"],
        "cloudflare_token": checks["cloudflare_token"]["set"],
        "docker": checks["docker"]["installed"],
        "docker_running": checks["docker"]["running"],
        "node": checks["node"]["meets_requirement"],
        "wrangler": checks["wrangler"]["authenticated"],
        "claude": checks["claude"]["installed"],
    }
