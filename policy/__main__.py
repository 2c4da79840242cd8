"""The policy pack. Constructing it serves the rules to the engine until the engine ends."""

from crossguard import policies
from pulumi_policy import PolicyPack

PolicyPack("autonomous-claude-sandbox", policies())
