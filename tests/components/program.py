"""Runs the project's `__main__.py`, unchanged, under Pulumi's mocks, and keeps what it registers."""

import atexit
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pulumi.runtime import rpc

from infra.image_reference import ImageReference
from infra.versions import SANDBOX_IMAGE
from tests.forking_process import ForkingProcess

ROOT = Path(__file__).parents[2]
SANDBOX_VERSION = ImageReference.parse(SANDBOX_IMAGE).sandbox_version
"""Of the SDK in the Worker, and of the server in the image."""
NAMESPACE = "autonomous-claude-sandbox"
ACCOUNT_ID = "0123456789abcdef0123456789abcdef"
IMAGE = f"registry.cloudflare.com/{ACCOUNT_ID}/claude@sha256:{'a' * 64}"
SECRETS = {"claudeCredential": "sk-canary-credential", "serverAuthToken": "canary-server-token"}
CONFIG: Mapping[str, Any] = {
    "accountId": ACCOUNT_ID,
    "team": "acme",
    "environment": "dev",
    "container": {"image": IMAGE},
}


class RefusedError(Exception):
    """The program ended with an error: what it said, and how many calls it had made."""

    def __init__(self, text: str, calls: int) -> None:
        super().__init__(text)
        self.calls = calls


@dataclass(frozen=True)
class Declared:
    """One resource as it reached the engine: inputs with secrets marked, and its options."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    options: Mapping[str, Any]

    def plain(self, key: str) -> Any:  # noqa: ANN401
        """An input without the marks of secrets."""
        return unwrapped(self.inputs[key])


def unwrapped(value: Any) -> Any:  # noqa: ANN401
    value = rpc.unwrap_rpc_secret(value)
    if isinstance(value, list):
        return [unwrapped(one) for one in value]
    return {name: unwrapped(one) for name, one in value.items()} if isinstance(value, dict) else value


@dataclass
class Program:
    """What one run declared: resources by logical name, the stack's outputs; its warnings and its calls."""

    resources: dict[str, Declared] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    calls: int = 0

    def of_type(self, ending: str) -> list[Declared]:
        return [one for one in self.resources.values() if one.type.endswith(ending)]


def run(
    settings: Mapping[str, Any],
    secrets: Mapping[str, str] | None = None,
    *,
    preview: bool = False,
    project: str = NAMESPACE,
    stack: str = "acme-dev",
) -> Program:
    """Run the program with these settings over `CONFIG`; None removes a key. In a fork of its own, since
    Pulumi's runtime keeps what it was told.

    Raises:
        RefusedError: the program failed.
    """
    merged = {name: one for name, one in {**CONFIG, **settings}.items() if one is not None}
    secret = SECRETS if secrets is None else dict(secrets)
    texts = {
        f"{project}:{name}": one if isinstance(one, str) else json.dumps(one)
        for name, one in {**merged, **secret}.items()
    }
    request = {"config": texts, "secrets": [f"{project}:{name}" for name in secret], "preview": preview}
    request |= {"project": project, "stack": stack}
    answer = recorded(request)
    if answer["failure"]:
        raise RefusedError(answer["failure"], answer["calls"])
    resources = [Declared(**one) for one in answer["resources"]]
    named = {one.name: one for one in resources}
    return Program(named, answer["outputs"], answer["warnings"], answer["calls"])


def recorded(request: dict[str, Any]) -> dict[str, Any]:
    line = recorder().ask(json.dumps(request))
    assert line, "the program crashed; its traceback is on stderr"
    answer: dict[str, Any] = json.loads(line)
    return answer


@cache
def recorder() -> ForkingProcess:
    """One for the whole session: it imports Pulumi once."""
    process = ForkingProcess("tests.components.recorder")
    atexit.register(process.close)
    return process
