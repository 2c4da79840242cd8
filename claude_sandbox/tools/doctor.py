"""What is wrong, why, and what to do: evidence held against the table of known failures."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from claude_sandbox.cli.connection import LOCAL_OUTPUTS, Chosen, read_outputs
from claude_sandbox.cli.files import STDIN, read_file
from claude_sandbox.cli.report import Document, ExitCode, Report, ToolError
from claude_sandbox.cli.session import Session
from claude_sandbox.doctor.judge import Finding, fact_lines, judge
from claude_sandbox.tools.diagnose import service_facts

GROUP_AND_OTHERS: Final = 0o077
START_TIMEOUT_S: Final = 120


def doctor(session: Session, chosen: Chosen, evidence_file: Path | None, *, repairs: bool) -> Report:
    """Judge an error text if one is given, else what this machine and the service show."""
    facts: Document = {}
    if evidence_file is None:
        facts = gather(session, chosen)
        evidence = "\n".join(fact_lines(facts))
    else:
        evidence = read_evidence(session, evidence_file)
    findings = judge(evidence)
    is_healthy = evidence_file is None and facts["service"].get("healthy") is True and not findings
    shown = [document_of(one, session, facts, repairs=repairs) for one in findings]
    return report_of(shown, is_healthy=is_healthy, facts=facts)


def report_of(findings: list[Document], *, is_healthy: bool, facts: Document) -> Report:
    """`verdict`: known, healthy, or unknown, which is said rather than guessed."""
    left = [one for one in findings if not one["fixed"]]
    is_good = is_healthy or (bool(findings) and not left)
    document: Document = {
        "success": is_good,
        "verdict": "known" if findings else "healthy" if is_healthy else "unknown",
        "findings": findings,
        "facts": facts,
    }
    if document["verdict"] == "unknown":
        document["hint"] = unknown_hint(facts)
    return Report(document, ExitCode.OK if is_good else ExitCode.FAILED)


def unknown_hint(facts: Document) -> str:
    if facts and not facts["service"]["configured"]:
        return "No service is named: set CLAUDE_SANDBOX_URL, or give an error text by file or stdin."
    return "No known cause. Share `claude-sandbox diagnose`, which names nobody, with the error's text."


def read_evidence(session: Session, file: Path) -> str:
    return read_file(session, file, "file")


def gather(session: Session, chosen: Chosen) -> Document:
    is_named = bool(chosen.url or chosen.outputs or session.environment.get("CLAUDE_SANDBOX_URL"))
    is_local = not is_named and (session.folder / LOCAL_OUTPUTS).is_file()
    file = token_file(session, chosen)
    mode = None if file is None else readable_mode(file)
    return {
        "service": {"local": is_local, **service_facts(session, chosen)},
        "token_file": {"mode": None if mode is None else f"{mode:03o}"},
    }


def token_file(session: Session, chosen: Chosen) -> Path | None:
    """The file that the token comes from, as the connection finds it."""
    named = chosen.token_file or session.environment.get("CLAUDE_SANDBOX_TOKEN_FILE")
    if named is None and (session.folder / LOCAL_OUTPUTS).is_file():
        try:
            named = read_outputs(session, LOCAL_OUTPUTS).get("auth_token_file")
        except ToolError:
            return None
    return session.folder / named if named and str(named) != STDIN else None


def readable_mode(file: Path) -> int | None:
    try:
        return stat.S_IMODE(file.stat().st_mode)
    except OSError:
        return None


def document_of(finding: Finding, session: Session, facts: Document, *, repairs: bool) -> Document:
    failure = finding.failure
    remedy = REMEDIES.get(failure.remedy or "") if facts else None
    return {
        "code": failure.code,
        "area": failure.area,
        "cause": failure.cause,
        "fix": failure.fix,
        "evidence": finding.evidence,
        "fixable": remedy is not None,
        "fixed": bool(repairs and remedy is not None and remedy(session)),
    }


def close_token_file(session: Session) -> bool:
    """Take the file away from group and others."""
    file = token_file(session, Chosen())
    mode = None if file is None else readable_mode(file)
    if file is None or mode is None:
        return False
    try:
        os.chmod(file, mode & ~GROUP_AND_OTHERS)  # noqa: PTH101 - a link's target is meant
    except OSError:
        return False
    session.tell(f"Closed {file.name} to other users")
    return True


def start_localcloud(session: Session) -> bool:
    """Start what `make down` or a reboot stopped; data is kept."""
    session.tell("Starting localcloud")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "localcloud", "start"],
            cwd=session.folder,
            env=dict(session.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=START_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


REMEDIES: Final[dict[str, Callable[[Session], bool]]] = {
    "chmod-token-file": close_token_file,
    "start-localcloud": start_localcloud,
}
"""Each is safe to do unasked for: it destroys nothing and can be undone."""
