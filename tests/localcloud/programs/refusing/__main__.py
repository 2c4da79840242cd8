"""Refuses its settings, as a program does."""

import pulumi

pulumi.log.warn("the settings look odd")
raise pulumi.RunError("team: must not be empty")
