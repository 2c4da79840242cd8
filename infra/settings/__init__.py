"""Settings of a stack: what may stand in `Pulumi.<stack>.yaml`, and how a wrong one is refused.

Nothing here imports Pulumi but `loading`, so that tools read settings without an engine.
"""

from infra.settings.parsing import parse_settings
from infra.settings.problems import Problem, SettingsError
from infra.settings.stack import SECRET_KEYS, StackSettings

__all__ = ["SECRET_KEYS", "Problem", "SettingsError", "StackSettings", "parse_settings"]
