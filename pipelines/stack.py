"""Which stack is meant, and its file."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

NAME: Final = re.compile(
    r"([A-Za-z0-9_.-]+)/([a-z]([a-z0-9-]{0,18}[a-z0-9])?)-(dev|staging|prod|pr-[1-9][0-9]{0,9})"
)
"""What the pipelines deploy: organization/team-environment. The settings bound a team's name likewise."""


class StackNameError(ValueError):
    """A name that no stack of the pipelines has."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no <organization>/<team>-<dev|staging|prod|pr-number>")


@dataclass(frozen=True)
class Stack:
    """One team's stack in one environment.

    Args:
        organization: at Pulumi Cloud.
        team: that owns it.
        environment: such as dev, or pr-12 for a pull request's own.
    """

    organization: str
    team: str
    environment: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `organization/team-environment`.

        Raises:
            StackNameError: it is something else.
        """
        found = NAME.fullmatch(text)
        if found is None:
            raise StackNameError(text)
        return cls(found[1], found[2], found[4])

    @property
    def is_ephemeral(self) -> bool:
        return self.environment.startswith("pr-")

    def file(self, folder: Path) -> Path:
        return folder / f"Pulumi.{self.team}-{self.environment}.yaml"

    def __str__(self) -> str:
        return f"{self.organization}/{self.team}-{self.environment}"
