"""What is wrong, why, and what to do: evidence held against the table of known failures."""

from datetime import UTC, datetime
from pathlib import Path

from claude_sandbox.cli.connection import LOCAL_OUTPUTS, Chosen, Connection
from claude_sandbox.cli.files import read_file
from claude_sandbox.cli.report import Document, ExitCode, Report
from claude_sandbox.cli.session import Session
from claude_sandbox.doctor.judge import Finding, fact_lines, judge
from claude_sandbox.tools import diagnose
from claude_sandbox.tools.project_facts import project_facts
from claude_sandbox.tools.remedies import REMEDIES
from claude_sandbox.tools.token_files import mode_of, names_service, token_file


def doctor(session: Session, chosen: Chosen, evidence_file: Path | None, *, repairs: bool) -> Report:
    """Judge an error text if one is given, else what this machine and the service show."""
    if evidence_file is not None:
        findings = judge(read_evidence(session, evidence_file))
        return report_of([document_of(one) for one in findings], facts={}, is_well=False)
    service = diagnose.named_service(session, chosen)
    facts = gather(session, chosen, service)
    findings = judge_facts(facts)
    shown = [examined(one, session, chosen, repairs=repairs) for one in findings]
    is_well = not findings and is_serving(facts["service"])
    if findings and all(one["fixed"] for one in shown):
        is_well = is_mended(gather(session, chosen, service))
    return report_of(shown, facts=facts, is_well=is_well)


def read_evidence(session: Session, file: Path) -> str:
    return read_file(session, file, "file")


def gather(session: Session, chosen: Chosen, service: Connection | Document) -> Document:
    """What `diagnose` gathers, and what stays on this machine: files, their modes, the ends of tokens."""
    is_local = not names_service(session, chosen) and (session.folder / LOCAL_OUTPUTS).is_file()
    facts = diagnose.gather(session, session.folder, service)
    facts["service"] = {"local": is_local, **facts["service"]}
    mode = mode_of(token_file(session, chosen))
    project = project_facts(session.folder, datetime.now(UTC), is_local=is_local)
    return {
        **facts,
        "localcloud": {"is_stopped": is_local and facts["service"].get("code") == "UNREACHABLE"},
        "token_file": {"mode": None if mode is None else f"{mode:03o}"},
        "project": {**project, "lacks": lacking(facts, project)},
    }


def lacking(facts: Document, project: Document) -> list[str]:
    """The programs that a deployment from here needs and does not find."""
    finds = {"pulumi": facts["versions"]["pulumi"] != "not installed", "docker": facts["docker"]["running"]}
    needs = {"pulumi": project.get("deploys"), "docker": project.get("builds_image")}
    return [name for name, is_needed in needs.items() if is_needed and not finds[name]]


def judge_facts(facts: Document) -> list[Finding]:
    return judge("\n".join(fact_lines(facts)))


def is_serving(service: Document) -> bool:
    """It answers, could run a task, takes the token if one is known, and its newest tasks do not fail."""
    return (
        service.get("healthy") is True
        and service.get("ready", True)
        and service.get("token", {}).get("accepted", True) is True
        and not service.get("tasks", {}).get("failed_since_success")
    )


def is_mended(facts: Document) -> bool:
    """After repairs: nothing known is left, and the service serves if there is one."""
    service = facts["service"]
    return not judge_facts(facts) and (is_serving(service) or not service["configured"])


def examined(finding: Finding, session: Session, chosen: Chosen, *, repairs: bool) -> Document:
    """A finding on this machine, and its repair if that is asked for."""
    remedy = REMEDIES.get(finding.failure.remedy or "")
    is_fixed = bool(repairs and remedy is not None and remedy(session, chosen))
    return document_of(finding, is_fixable=remedy is not None, is_fixed=is_fixed)


def document_of(finding: Finding, *, is_fixable: bool = False, is_fixed: bool = False) -> Document:
    failure = finding.failure
    return {
        "code": failure.code,
        "area": failure.area,
        "cause": failure.cause,
        "fix": failure.fix,
        "evidence": finding.evidence,
        "fixable": is_fixable,
        "fixed": is_fixed,
    }


def report_of(findings: list[Document], *, facts: Document, is_well: bool) -> Report:
    """`verdict`: known, healthy, or unknown, which is said rather than guessed."""
    document: Document = {
        "success": is_well,
        "verdict": "known" if findings else "healthy" if is_well else "unknown",
        "findings": findings,
        "facts": facts,
    }
    if not is_well and all(one["fixed"] for one in findings):
        document["hint"] = "Repaired, but not well yet: run it again." if findings else unknown_hint(facts)
    return Report(document, ExitCode.OK if is_well else ExitCode.FAILED)


def unknown_hint(facts: Document) -> str:
    service = facts.get("service", {"configured": True})
    if service.get("error"):
        return f"{service['error']}; the service was not asked."
    if not service["configured"]:
        return "No service is named: set CLAUDE_SANDBOX_URL, or give an error text by file or stdin."
    if service.get("tasks", {}).get("failed_since_success"):
        return "The last tasks failed for no known cause: see `claude-sandbox tasks list --status failed`."
    return "No known cause. Share `claude-sandbox diagnose`, which names nobody, with the error's text."
