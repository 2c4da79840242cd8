"""What explains a failure, gathered by allow-list: only what is named here, so safe to share."""

import hashlib
import json
import platform
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from claude_sandbox.cli.connection import Chosen, Connection, find_connection
from claude_sandbox.cli.report import Document, Report, ToolError
from claude_sandbox.cli.session import Session
from claude_sandbox.doctor.judge import fact_lines, judge
from claude_sandbox.tools.programs import Programs

VERSIONED: Final = ("node", "npm", "docker", "wrangler", "claude", "python3", "pulumi")
DOCKER_FACTS: Final = {
    "ServerVersion": "ServerVersion",
    "OperatingSystem": "OperatingSystem",
    "Architecture": "Architecture",
    "CPUs": "NCPU",
    "Memory": "MemTotal",
}
VARIABLES: Final = (
    "CLAUDE_SANDBOX_URL",
    "CLAUDE_SANDBOX_TOKEN",
    "CLAUDE_SANDBOX_TOKEN_FILE",
    "CLOUDFLARE_API_TOKEN",
    "CLOUDFLARE_ACCOUNT_ID",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
    "HTTPS_PROXY",
    "SSL_CERT_FILE",
)
"""Told as set or not; their values never are."""

FILES: Final = {
    "dockerfile_hash": ("Dockerfile", "container/Dockerfile"),
    "wrangler_hash": ("wrangler.jsonc", "wrangler.json"),
    "index_hash": ("src/index.ts", "worker/src/index.ts"),
    "pulumi_hash": ("Pulumi.yaml",),
    "lock_hash": ("requirements.lock",),
    "worker_lock_hash": ("worker/package-lock.json", "package-lock.json"),
}
IDENTIFIER: Final = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


def diagnose(session: Session, project_dir: Path, chosen: Chosen) -> Report:
    """Always exit code 0: what is missing is a finding, not a failure."""
    document: Document = {
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "project_dir": str(project_dir),
        **gather(session, session.folder / project_dir, named_service(session, chosen)),
    }
    document["findings"] = [one.failure.code for one in judge("\n".join(fact_lines(document)))]
    return Report(document)


def gather(session: Session, folder: Path, service: Connection | Document) -> Document:
    """What machine, project and service show. All is asked at once: programs that hang cost one wait."""
    programs = Programs(session.environment, session.folder, session.program_timeout_s)
    session.tell("Asking programs and service")
    with ThreadPoolExecutor(len(VERSIONED) + 3) as pool:
        versions = {name: pool.submit(programs.version, name) for name in VERSIONED}
        docker = pool.submit(docker_facts, programs)
        wrangler = pool.submit(wrangler_facts, programs)
        cloudflare = pool.submit(cloudflare_facts, programs, folder)
        answers = service_facts(service, session.call_timeout_s)
    return {
        "system": system_facts(),
        "versions": {name: one.result() or "not installed" for name, one in versions.items()},
        "docker": docker.result(),
        "wrangler": wrangler.result(),
        "project_files": {key: first_hash(folder, paths) for key, paths in FILES.items()},
        "cloudflare": cloudflare.result(),
        "environment": {name: bool(session.environment.get(name)) for name in VARIABLES},
        "service": answers,
    }


def system_facts() -> Document:
    machine = platform.uname()
    return {"os": machine.system, "os_version": machine.release, "architecture": machine.machine}


def docker_facts(programs: Programs) -> Document:
    answer = programs.ask("docker", "info", "--format", "{{json .}}")
    try:
        info = json.loads(answer or "")
    except ValueError:
        info = None
    facts = {key: info.get(name) for key, name in DOCKER_FACTS.items()} if isinstance(info, dict) else {}
    return {"running": answer is not None, "info": facts}


def wrangler_facts(programs: Programs) -> Document:
    """Whether somebody is logged in, never who."""
    is_authenticated = programs.ask("wrangler", "whoami") is not None
    return {"authenticated": is_authenticated, "user": "authenticated" if is_authenticated else ""}


def cloudflare_facts(programs: Programs, folder: Path) -> Document:
    """Ids of deployments and containers, of the seed's wrangler project; ids alone name nobody."""
    config = next((folder / name for name in FILES["wrangler_hash"] if (folder / name).is_file()), None)
    if config is None:
        return {"deployments": [], "containers": []}
    deployments = programs.ask("wrangler", "deployments", "list", "--config", str(config))
    containers = programs.ask("wrangler", "containers", "list")
    return {"deployments": identifiers(deployments), "containers": identifiers(containers)}


def identifiers(answer: str | None) -> list[str]:
    return list(dict.fromkeys(IDENTIFIER.findall(answer or "")))[:10]


def first_hash(folder: Path, paths: tuple[str, ...]) -> str:
    """SHA-256 of the first file that is there; tells whether two machines have the same."""
    for path in paths:
        try:
            return hashlib.sha256((folder / path).read_bytes()).hexdigest()
        except OSError:
            continue
    return ""


def named_service(session: Session, chosen: Chosen) -> Connection | Document:
    """The connection; without one, the facts that say so."""
    try:
        return find_connection(session, chosen) or {"configured": False}
    except ToolError as error:
        return {"configured": False, "error": error.report.document["error"]}


def service_facts(service: Connection | Document, call_timeout_s: float) -> Document:
    """What answers at the service's address. The address itself is not told."""
    if not isinstance(service, Connection):
        return service
    from claude_sandbox.tools.probe import probe  # noqa: PLC0415 - httpx, where a service is named

    return {"configured": True, **probe(service.url, service.token, call_timeout_s)}
