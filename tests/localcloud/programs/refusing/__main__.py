"""Refuses its settings, as a program does."""

import pulumi

raise pulumi.RunError("team: must not be empty")
