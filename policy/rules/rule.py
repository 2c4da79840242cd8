"""What a rule is: an id, a level, a reason, a next step, and a function that finds where it is broken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from rules.properties import Properties
from rules.resource import Resource, Stack


class Level(Enum):
    """What a finding does to an update."""

    ADVISORY = "advisory"
    """It is shown; the update goes on."""
    MANDATORY = "mandatory"
    """It stops the update."""
    REMEDIATE = "remediate"
    """The pack mends it and says so; what it can't mend stops the update."""


@dataclass(frozen=True)
class Finding:
    """A place where a rule is broken. `message` says what is wrong there, and never holds a secret value."""

    message: str
    resource: Resource | None = None


@dataclass(frozen=True)
class Option:
    """A setting of a rule, given per rule id in the file of `--policy-pack-config`, and its JSON Schema."""

    name: str
    description: str
    schema: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The parts that every rule has. `gotcha` is the number of the seed's known trap that the rule closes."""

    id: str
    demand: str
    why: str
    fix: str
    level: Level = Level.MANDATORY
    gotcha: int | None = None
    options: tuple[Option, ...] = ()


ResourceCheck = Callable[[Resource, Properties], Iterator[str]]
StackCheck = Callable[[Stack, Properties], Iterator[Finding]]


@dataclass(frozen=True, kw_only=True)
class ResourceRule(Rule):
    """Judges one resource by its inputs, before anything is done. No `types` means every resource."""

    types: tuple[str, ...] = ()
    check: ResourceCheck

    def findings(self, resource: Resource, options: Properties) -> Iterator[Finding]:
        if not self.types or any(resource.is_a(type_) for type_ in self.types):
            yield from (Finding(message, resource) for message in self.check(resource, options))


@dataclass(frozen=True, kw_only=True)
class StackRule(Rule):
    """Judges resources together, once the program has ended.

    `pulumi up` previews first, so that is before it changes anything, unless it runs with --skip-preview.
    """

    check: StackCheck

    def findings(self, stack: Stack, options: Properties) -> Iterator[Finding]:
        return self.check(stack, options)
