"""The files beside the settings: image, Worker, and the seed's wrangler configuration."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from claude_sandbox.cli.report import Document
from claude_sandbox.tools.findings import Findings
from claude_sandbox.tools.jsonc import without_comments

ARGUMENT: Final = re.compile(r"^ARG\s+(\w+)=(\S+)", re.MULTILINE)
FROM: Final = re.compile(r"^FROM\s+(?:--platform=\S+\s+)?(\S+)", re.MULTILINE | re.IGNORECASE)
COPY_FROM: Final = re.compile(r"^COPY\s+.*--from=(\S+)", re.MULTILINE | re.IGNORECASE)
EXPORTS_SANDBOX: Final = re.compile(r"^export\s*\{[^}]*\bSandbox\b[^}]*\}\s*from", re.MULTILINE)
LINE_COMMENT: Final = re.compile(r"^\s*(//|#|\*|/\*).*$", re.MULTILINE)
PLACEHOLDER_ACCOUNT: Final = "YOUR_CLOUDFLARE_ACCOUNT_ID"
SANDBOX_IMAGE: Final = "cloudflare/sandbox"


@dataclass(frozen=True)
class Layout:
    """Where a project keeps what. `sources` are those that must speak to the SDK and to Claude Code."""

    dockerfile: str
    index: str
    sources: tuple[str, ...]
    package_json: str


def read_text(file: Path) -> str | None:
    try:
        return file.read_text("utf-8")
    except (OSError, ValueError):
        return None


def check_dockerfile(folder: Path, layout: Layout, findings: Findings) -> Document:
    """The image must carry Cloudflare's Sandbox server: as its base, or copied in."""
    text = read_text(folder / layout.dockerfile)
    if text is None:
        findings.issues.append(f"{layout.dockerfile} not found")
        return {"exists": False, "valid": False, "base_image": ""}
    images = [resolved(one, text) for one in [*FROM.findall(text), *COPY_FROM.findall(text)]]
    base_image = images[0] if images else ""
    is_valid = any(SANDBOX_IMAGE in image for image in images)
    if not is_valid:
        findings.issues.append(
            f"{layout.dockerfile} must use the cloudflare/sandbox base image (found: {base_image})"
        )
    elif any(SANDBOX_IMAGE in image and not is_pinned(image) for image in images):
        findings.warnings.append(f"{layout.dockerfile}: pin the base image, by version or digest")
    return {"exists": True, "valid": is_valid, "base_image": base_image}


def resolved(image: str, dockerfile: str) -> str:
    """The image with build arguments replaced by their defaults."""
    for name, default in ARGUMENT.findall(dockerfile):
        image = image.replace(f"${{{name}}}", default).replace(f"${name}", default)
    return image


def is_pinned(image: str) -> bool:
    return "@sha256:" in image or (":" in image.rsplit("/", 1)[-1] and not image.endswith(":latest"))


def check_index(folder: Path, layout: Layout, findings: Findings) -> Document:
    """The Worker's entry and the sources behind it, comments left out."""
    index = read_text(folder / layout.index)
    sources = "\n".join(LINE_COMMENT.sub("", read_text(folder / one) or "") for one in layout.sources)
    facts = {
        "exists": index is not None,
        "valid": False,
        "uses_getSandbox": "getSandbox(" in sources,
        "exports_Sandbox": EXPORTS_SANDBOX.search(LINE_COMMENT.sub("", index or "")) is not None,
        "uses_permission_mode": "--permission-mode" in sources,
    }
    if index is None:
        findings.issues.append(f"{layout.index} not found")
        return facts
    facts["valid"] = facts["uses_getSandbox"] and facts["exports_Sandbox"]
    findings.issues.extend(index_issues(layout.index, facts, sources))
    if not facts["uses_permission_mode"]:
        findings.warnings.append("Consider using --permission-mode acceptEdits for Claude CLI")
    return facts


def index_issues(name: str, facts: Document, sources: str) -> list[str]:
    rules = {
        f"{name} should use getSandbox() API": not facts["uses_getSandbox"],
        f"{name} must export Sandbox class": not facts["exports_Sandbox"],
        f"{name} uses --dangerously-skip-permissions (use --permission-mode instead)": (
            "--dangerously-skip-permissions" in sources
        ),
    }
    return [issue for issue, is_broken in rules.items() if is_broken]


def check_wrangler(folder: Path, findings: Findings, *, is_needed: bool) -> Document:
    """The seed's configuration; a Pulumi project has none and needs none."""
    file = next((one for one in ("wrangler.jsonc", "wrangler.json") if (folder / one).is_file()), None)
    if file is None:
        if is_needed:
            findings.issues.append("wrangler.jsonc not found")
        return wrangler_facts({}, exists=False)
    config = parsed(read_text(folder / file) or "")
    if config is None:
        findings.issues.append(f"{file} is no JSON with comments")
        return wrangler_facts({}, exists=True)
    facts = wrangler_facts(config, exists=True)
    if is_needed:
        findings.issues.extend(wrangler_issues(file, facts, config))
    else:
        findings.warnings.append(f"{file} is not read: this project is deployed by Pulumi")
    return facts


def parsed(text: str) -> dict[str, Any] | None:
    try:
        config = json.loads(without_comments(text))
    except (ValueError, RecursionError):
        return None
    return config if isinstance(config, dict) else None


def wrangler_facts(config: dict[str, Any], *, exists: bool) -> Document:
    sections = ("containers", "durable_objects", "migrations")
    has = {f"has_{name}": bool(config.get(name)) for name in sections}
    account = config.get("account_id")
    is_set = isinstance(account, str) and account not in {"", PLACEHOLDER_ACCOUNT}
    return {"exists": exists, "valid": all(has.values()), **has, "account_id_set": is_set}


def wrangler_issues(file: str, facts: Document, config: dict[str, Any]) -> list[str]:
    missing = [name for name in ("containers", "durable_objects", "migrations") if not facts[f"has_{name}"]]
    issues = [f"{file} missing '{name}' section" for name in missing]
    if not facts["account_id_set"]:
        issues.append(f"{file} needs valid account_id")
    if facts["has_durable_objects"] and "Sandbox" not in binding_names(config):
        issues.append(f"{file}: the Durable Object binding must be named Sandbox, as the code reads it")
    return issues


def binding_names(config: dict[str, Any]) -> set[str]:
    section = config["durable_objects"]
    bindings = section.get("bindings") if isinstance(section, dict) else None
    return {str(one.get("name")) for one in bindings or [] if isinstance(one, dict)} if bindings else set()
