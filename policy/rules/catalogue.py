"""All rules, in the order of the reference page."""

from itertools import chain
from typing import Final

from rules import access, bindings, bucket, code, container, secrecy, settings, worker
from rules.rule import ResourceRule, StackRule

GROUPS: Final[dict[str, tuple[ResourceRule | StackRule, ...]]] = {
    "Secrets and access": (*secrecy.RULES, *settings.RULES, *access.RULES),
    "The Worker's code": (*code.RULES, *bindings.RULES),
    "The Worker": worker.RULES,
    "The container": container.RULES,
    "The results": bucket.RULES,
}

RULES: Final = tuple(chain.from_iterable(GROUPS.values()))

GOTCHAS: Final = {
    1: "The image must carry the Sandbox server, at the version of the npm package",
    2: "`getSandbox()` of `@cloudflare/sandbox`, never the old `Sandbox.create`",
    3: "The class `Sandbox` is exported by the Worker's entry module",
    4: "`--permission-mode`, never `--dangerously-skip-permissions`: the CLI refuses it as root",
    5: "The Durable Object binding's name is the one that the code reads (`Sandbox`)",
    6: "The API token needs the container permission",
}
"""The seed's known traps, by number."""
