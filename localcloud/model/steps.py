"""What the scripted model can do in one turn, and how a prompt spells it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

ALWAYS: Final = 1_000_000


class ScriptError(ValueError):
    """The prompt asks for a scenario or a step that does not exist; the API answers 400 with this text."""


class StepModel(BaseModel):
    """The fields' aliases are the words of a `scenario:script` prompt."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Say(StepModel):
    """End the turn with text; `{{results}}` in it becomes what the tools returned so far."""

    text: str = Field(alias="say")
    pause_ms: int = Field(default=0, description="Wait before each piece of the stream.")
    is_cut: bool = Field(default=False, alias="cut", description="Cut the connection in mid-stream.")


class Use(StepModel):
    """Call one of the CLI's tools."""

    tool: str = Field(alias="use")
    input: dict[str, Any]


class Fail(StepModel):
    """Answer with an API error for the first `times` requests of this turn, then go on with the next step."""

    status: int = Field(alias="fail")
    times: int = ALWAYS
    headers: Mapping[str, str] = {}


Step = Say | Use | Fail
STEPS: Final = TypeAdapter(list[Step])


def steps_from_prompt(text: str) -> list[Step]:
    """The JSON list of steps that follows `scenario:script` in a prompt.

    Raises:
        ScriptError: no JSON list there, or a step that does not exist.
    """
    try:
        documents, _ = json.JSONDecoder().raw_decode(text[text.index("[") :])
        return STEPS.validate_python(documents)
    except (ValueError, ValidationError) as error:
        raise ScriptError(f"scenario:script needs a JSON list of steps: {error}") from error
