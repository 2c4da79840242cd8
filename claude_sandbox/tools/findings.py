"""What a check of files found."""

from dataclasses import dataclass, field


@dataclass
class Findings:
    """`issues` stand in the way; `warnings` do not, but should be known."""

    issues: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
