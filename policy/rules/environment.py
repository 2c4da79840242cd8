"""What kind of environment a stack is, by the name that its settings give it."""

import re
from typing import Final

from rules.resource import Stack
from rules.version import stack_settings

PRODUCTION: Final = frozenset({"prod", "production"})
EPHEMERAL: Final = re.compile(r"pr-[1-9][0-9]*")
"""A pull request's own stack is the environment `pr-<number>`."""


def environment_of(stack: Stack) -> str:
    return stack_settings(stack).text("environment") or ""


def is_production(stack: Stack) -> bool:
    return environment_of(stack) in PRODUCTION


def is_ephemeral(stack: Stack) -> bool:
    return EPHEMERAL.fullmatch(environment_of(stack)) is not None
