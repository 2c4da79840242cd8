"""What a deploy is asked and what it answers: JSON between the tool and the program's process."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

Operation = Literal["deploy", "preview", "destroy", "preview-destroy"]


class Request(BaseModel):
    """One run.

    Args:
        project_folder: holds Pulumi.yaml and __main__.py.
        state_folder: holds the state, the key and the lock of every stack.
        base_url: of the control plane, with `/client/v4`; on this machine.
        config: full keys and texts, as the Pulumi runtime takes them.
        secret_keys: keys of config whose values are secret.
        imports: for deploy: what is there already, as `imports.read_imports` has it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    operation: Operation
    project_folder: Path
    project: str
    stack: str
    state_folder: Path
    base_url: str
    api_token: str
    config: dict[str, str]
    secret_keys: frozenset[str]
    imports: dict[str, str] = {}

    @property
    def is_preview(self) -> bool:
        return self.operation.startswith("preview")


class Failure(BaseModel):
    """Why a run stopped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    message: str
    next_step: str


class Result(BaseModel):
    """What a run did. `counts` are resources by what happened to them; `outputs` are the stack's.

    `secret_outputs` names those that must not be shown. In a preview, unknown outputs are null.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    counts: dict[str, int] = {}
    outputs: dict[str, JsonValue] = {}
    secret_outputs: frozenset[str] = frozenset()
    failure: Failure | None = None
