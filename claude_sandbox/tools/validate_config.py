"""Whether a project's files can be deployed: this project's, or those of the seed's wrangler project."""

from pathlib import Path

from claude_sandbox.cli.report import Document, ExitCode, Report
from claude_sandbox.cli.session import Session
from claude_sandbox.tools.findings import Findings
from claude_sandbox.tools.project_files import Layout, check_dockerfile, check_index, check_wrangler
from claude_sandbox.tools.stack_files import check_stack_file

SEED_LAYOUT = Layout("Dockerfile", "src/index.ts", ("src/index.ts",), "package.json")
PULUMI_LAYOUT = Layout(
    "container/Dockerfile",
    "worker/src/index.ts",
    ("worker/src/index.ts", "worker/src/sandbox.ts", "container/claude-task"),
    "worker/package.json",
)


def validate(session: Session, project_dir: Path) -> Report:
    """Exit code 1 where there are issues.

    Of a path that is a file only this stack file is judged; `files` tells what lies beside it.
    """
    path = session.folder / project_dir
    findings = Findings()
    if path.is_file():
        stacks = {path.name: check_stack_file(path, findings)}
        document: Document = {"files": check_files(path.parent, Findings()), "stacks": stacks}
    elif path.is_dir():
        document = {"files": check_files(path, findings), "stacks": check_stacks(path, findings)}
    else:
        document = {"files": check_files(path, Findings()), "stacks": {}}
        findings.issues.append("There is no such folder or file")
    valid = not findings.issues
    return Report(
        {
            "success": valid,
            "project_dir": str(project_dir),
            **document,
            "issues": findings.issues,
            "warnings": findings.warnings,
        },
        ExitCode.OK if valid else ExitCode.FAILED,
    )


def check_files(folder: Path, findings: Findings) -> Document:
    """All of the seed's keys, whatever is there."""
    is_pulumi = is_pulumi_project(folder)
    layout = PULUMI_LAYOUT if is_pulumi else SEED_LAYOUT
    return {
        "dockerfile": check_dockerfile(folder, layout, findings),
        "wrangler": check_wrangler(folder, findings, is_needed=not is_pulumi),
        "index_ts": check_index(folder, layout, findings),
        "package_json": {"exists": (folder / layout.package_json).is_file()},
        "pulumi": {"exists": is_pulumi},
    }


def check_stacks(folder: Path, findings: Findings) -> Document:
    if not is_pulumi_project(folder):
        return {}
    files = sorted(folder.glob("Pulumi.*.yaml"))
    if not files:
        findings.warnings.append("No stack file: copy Pulumi.dev.yaml, or run: pulumi stack init")
    return {file.name: check_stack_file(file, findings) for file in files}


def is_pulumi_project(folder: Path) -> bool:
    return (folder / "Pulumi.yaml").is_file()
