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
    """Exit code 1 where there are issues. A path that is a file is judged as a stack file."""
    path = session.folder / project_dir
    findings = Findings()
    if path.is_file():
        document: Document = {"files": {}, "stacks": {path.name: check_stack_file(path, findings)}}
    elif path.is_dir():
        document = check_folder(path, findings)
    else:
        document = {"files": {}, "stacks": {}}
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


def check_folder(folder: Path, findings: Findings) -> Document:
    is_pulumi_project = (folder / "Pulumi.yaml").is_file()
    layout = PULUMI_LAYOUT if is_pulumi_project else SEED_LAYOUT
    files = {
        "dockerfile": check_dockerfile(folder, layout, findings),
        "wrangler": check_wrangler(folder, findings, is_needed=not is_pulumi_project),
        "index_ts": check_index(folder, layout, findings),
        "package_json": {"exists": (folder / layout.package_json).is_file()},
        "pulumi": {"exists": is_pulumi_project},
    }
    stacks = sorted(folder.glob("Pulumi.*.yaml")) if is_pulumi_project else []
    if is_pulumi_project and not stacks:
        findings.warnings.append("No stack file: copy Pulumi.dev.yaml, or run: pulumi stack init")
    return {"files": files, "stacks": {file.name: check_stack_file(file, findings) for file in stacks}}
