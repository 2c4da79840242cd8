"""Starts a deploy in a process of its own and waits for it: the entry points for the command line."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import JsonValue

from localcloud.deploy.api import require_loopback
from localcloud.deploy.errors import DeployError
from localcloud.deploy.request import Operation, Request, Result
from localcloud.deploy.stack_config import load_stack_config

BASE_URL_KEY = "cloudflare:baseUrl"
API_TOKEN_KEY = "cloudflare:apiToken"  # noqa: S105 - a name


@dataclass(frozen=True)
class Stack:
    """A stack on localcloud.

    Args:
        project_folder: holds Pulumi.yaml, Pulumi.<name>.yaml and __main__.py.
        name: of the stack.
        state_folder: where its state, key and lock are kept; must exist.
        base_url: of the control plane, with `/client/v4`.
        api_token: that the control plane accepts.
        overrides: over the stack's file; `worker.url` is the field `url` of the project's key `worker`.
        secrets: configuration that no file holds.
        imports: what is there already and is taken over, as `imports.read_imports` has it.
    """

    project_folder: Path
    name: str
    state_folder: Path
    base_url: str
    api_token: str
    overrides: Mapping[str, JsonValue]
    secrets: Mapping[str, str]
    imports: Mapping[str, str] = field(default_factory=dict)


def deploy(stack: Stack, *, is_preview: bool = False) -> Result:
    """Bring localcloud to what the program declares; a preview only tells what that would take.

    Progress goes to stderr, a line for each resource.

    Raises:
        DeployError: it could not be finished. What was applied stays; running it again goes on from there.
    """
    return run(stack, "preview" if is_preview else "deploy")


def destroy(stack: Stack, *, is_preview: bool = False) -> Result:
    """Delete what was deployed, dependents first. Where a protected resource is in the way, delete nothing.

    Raises:
        DeployError: a protected resource (`PROTECTED`), a bucket with objects (`BUCKET_NOT_EMPTY`), a
            failed call.
    """
    return run(stack, "preview-destroy" if is_preview else "destroy")


def run(stack: Stack, operation: Operation) -> Result:
    require_loopback(stack.base_url)
    result = in_child(request_of(stack, operation))
    if result.failure:
        raise DeployError(result.failure.code, result.failure.message, result.failure.next_step)
    return result


def request_of(stack: Stack, operation: Operation) -> Request:
    config = load_stack_config(
        stack.project_folder,
        stack.name,
        overrides={**stack.overrides, BASE_URL_KEY: stack.base_url},
        secrets={**stack.secrets, API_TOKEN_KEY: stack.api_token},
    )
    return Request(
        operation=operation,
        project_folder=stack.project_folder.resolve(),
        project=config.project,
        stack=stack.name,
        state_folder=stack.state_folder.resolve(),
        base_url=stack.base_url,
        api_token=stack.api_token,
        config=config.values,
        secret_keys=config.secret_keys,
        imports=dict(stack.imports),
    )


def in_child(request: Request) -> Result:
    """Configuration reaches the program; Cloudflare accounts in the environment do not."""
    command = [sys.executable, "-m", "localcloud.deploy.child"]
    child = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(request.base_url), text=True
    )
    with child:
        assert child.stdin is not None  # noqa: S101 - they are pipes
        assert child.stdout is not None  # noqa: S101
        child.stdin.write(request.model_dump_json() + "\n")
        child.stdin.flush()
        answer = child.stdout.read()
    if not answer:
        raise DeployError(
            "DEPLOY_DIED",
            f"the process that runs the program ended with exit code {child.returncode}",
            "See what it wrote above, then run this again",
        )
    return Result.model_validate_json(answer)


def environment(base_url: str) -> dict[str, str]:
    """Byte code is cached: compiling pulumi_cloudflare anew takes longer than everything else in a run."""
    foreign = ("CLOUDFLARE_", "PULUMI_", "PYTHONDONTWRITEBYTECODE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**inherited, "CLOUDFLARE_BASE_URL": base_url}
