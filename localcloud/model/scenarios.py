"""The named scenarios: what the model does when a prompt contains `scenario:<name>`."""

import re
from collections.abc import Mapping
from typing import Final

from localcloud.model.steps import Fail, Say, ScriptError, Step, Use, steps_from_prompt

GREETING: Final = "print('Hello from a sandbox')\n"

SCENARIOS: Final[Mapping[str, list[Step]]] = {
    "write-file": [
        Use(tool="Write", input={"file_path": "hello.py", "content": GREETING}),
        Say(text="I wrote hello.py, a Python program that prints 'Hello from a sandbox'."),
    ],
    "slow": [Say(text="This answer arrived slowly, word after word.", pause_ms=500)],
    "never-ends": [Say(text="word " * 10_000, pause_ms=1_000)],
    "cut-stream": [Say(text="This stream ends in mid-sent", is_cut=True)],
    "long-text": [Say(text="0123456789abcdef" * 65_536)],
    "rate-limited": [
        Fail(status=429, times=1, headers={"retry-after": "1"}),
        Say(text="The second try passed."),
    ],
    "overloaded": [Fail(status=529, times=1), Say(text="The second try passed.")],
    "bad-request": [Fail(status=400)],
    "unauthorized": [Fail(status=401)],
    "server-error": [Fail(status=500)],
}
"""Each list is one conversation: a step for each turn of the assistant."""


def steps_for(prompt: str) -> list[Step]:
    """The conversation that a prompt asks for; without a `scenario:` token, a short answer.

    Raises:
        ScriptError: the named scenario does not exist.
    """
    named = re.search(r"scenario:([a-z-]+)", prompt)
    if named is None:
        return [Say(text=plain_answer(prompt))]
    if named[1] == "script":
        return steps_from_prompt(prompt[named.end() :])
    if named[1] not in SCENARIOS:
        raise ScriptError(f"no scenario {named[1]!r}; there are: script, {', '.join(SCENARIOS)}")
    return SCENARIOS[named[1]]


def plain_answer(prompt: str) -> str:
    """Sums of two whole numbers are worked out, for `What is 2 + 2?` is the seed's test; nothing else is."""
    sum_asked = re.search(r"(\d{1,9})\s*\+\s*(\d{1,9})", prompt)
    if sum_asked:
        return str(int(sum_asked[1]) + int(sum_asked[2]))
    return "This is localcloud's scripted model: the task arrived, and no answer is scripted for it."
