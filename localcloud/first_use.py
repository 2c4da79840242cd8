"""`make up`: localcloud, the service on it, and the answer of a first task."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from localcloud import daemon
from localcloud.deploy.runner import deploy
from localcloud.home import Home
from localcloud.model_choice import Model, choose_model
from localcloud.outputs import outputs_document, store
from localcloud.stack import data_plane_status, local_stack

STACK: Final = "local"
FIRST_TASK: Final = (
    "Write a Python program hello.py that prints 'Hello from a sandbox', then tell me what you wrote."
)
SCRIPTED_SUFFIX: Final = " scenario:write-file"
"""Chooses what the scripted model plays; a real model needs no such word."""


class FirstUseError(RuntimeError):
    """A step of `make up` failed; the text says which, and what to do."""


def up(home: Home, project_folder: Path) -> None:
    """Deploy the stack `local` and run a first task.

    Where that was done before, with this kind of model, nothing is written.
    """
    tell("Starting localcloud, Cloudflare on this machine")
    endpoints = daemon.start(home)
    isolation = str(data_plane_status(home)["isolation"])
    model = choose_model(home, endpoints.model_url, isolation, os.environ)
    tell("Deploying the stack `local`")
    stack = local_stack(home, endpoints, model, name=STACK, project_folder=project_folder, config={})
    result = deploy(stack)
    document = outputs_document(home, endpoints, result)
    if document.get("first_task", {}).get("model") != model.name:
        tell(f"Running a first task with Claude Code and the {model.name} model, in a sandbox of its own")
        document["first_task"] = run_first_task(document, model)
    store(home, document)
    remarks = notes(is_scripted=model.is_scripted, isolation=isolation)
    print(summary(home, document, remarks))


def tell(step: str) -> None:
    print(step, file=sys.stderr, flush=True)


def run_first_task(document: dict[str, Any], model: Model) -> dict[str, Any]:
    """By the operator's own tool, as a user would.

    Raises:
        FirstUseError: the task did not succeed.
    """
    task = FIRST_TASK + (SCRIPTED_SUFFIX if model.is_scripted else "")
    where = ("--url", document["worker_url"], "--token-file", document["auth_token_file"])
    done = run_tool("execute-task", task, *where)
    if done.returncode != 0:
        raise FirstUseError(f"the first task failed; see: claude-sandbox doctor\n{done.stdout.strip()}")
    answer = json.loads(done.stdout)
    shown = {name: answer[name] for name in ("taskId", "output", "execution_time_ms")}
    return {"model": model.name, **shown}


def run_tool(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "claude_sandbox", *arguments, "--format", "json"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603


def summary(home: Home, document: dict[str, Any], remarks: list[str]) -> str:
    url, token_file = document["worker_url"], shown_path(home.auth_token)
    first = document["first_task"]
    lines = [
        "",
        f"Claude Code answered in {first['execution_time_ms'] / 1000:.1f} s:",
        "",
        *(f"  {line}" for line in str(first["output"]).splitlines()),
        "",
        f"The service answers at   {url}",
        f"Its token is in          {token_file}",
        "Ask it yourself:",
        "",
        f"  {curl_line(url, token_file)}",
        "",
        *remarks,
        "Stop it with: make down",
    ]
    return "\n".join(lines)


def curl_line(url: str, token_file: str) -> str:
    """Works when pasted where `make up` was typed."""
    headers = f'-H "Authorization: Bearer $(cat {token_file})" -H "Content-Type: application/json"'
    return f"""curl -s {url}/execute {headers} -d '{{"task": "What is 2 + 2?"}}'"""


def notes(*, is_scripted: bool, isolation: str) -> list[str]:
    found = []
    if isolation != "bubblewrap":
        found.append("Sandboxes are NOT isolated: they are plain processes of yours. No real key is used.")
    elif is_scripted:
        found.append(
            "The model is scripted, so this was offline. For the real one: ANTHROPIC_API_KEY=... make up"
        )
    return found


def shown_path(path: Path) -> str:
    """Short where it can be: relative to where the user stands."""
    resolved = path.resolve()
    return str(resolved.relative_to(Path.cwd())) if resolved.is_relative_to(Path.cwd()) else str(resolved)
