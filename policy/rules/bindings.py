"""Rules about what the platform hands to the Worker."""

from collections.abc import Iterator
from typing import Final

from rules.properties import Properties
from rules.resource import VERSION, Resource
from rules.rule import Level, ResourceRule
from rules.version import binding, bindings

DURABLE_OBJECTS: Final = {"Sandbox": "Sandbox", "TASK": "Task", "TASK_QUEUE": "TaskQueue"}
"""Binding name → the Durable Object class behind it, as worker/src/bindings.ts reads them."""

CREDENTIALS: Final = ("ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN")

BINDING_TYPES: Final = {
    **dict.fromkeys(DURABLE_OBJECTS, ("durable_object_namespace",)),
    "CLIENTS": ("secret_text",),
    "RESULTS": ("r2_bucket",),
    "SETTINGS": ("plain_text", "json"),
    "VERSION": ("version_metadata",),
}
"""Binding name → the types that the Worker can read it as. One of CREDENTIALS comes beside these."""


def binding_mismatches(version: Resource, _options: Properties) -> Iterator[str]:
    for name, types in BINDING_TYPES.items():
        one = binding(version, name)
        if one is None:
            yield f"binding {name} is missing"
        elif one.text("type") not in types:
            yield f"binding {name} is a {one.text('type')}; the Worker reads it as {' or '.join(types)}"
        elif name in DURABLE_OBJECTS and one.text("className") != DURABLE_OBJECTS[name]:
            yield (
                f"binding {name} is of class {one.text('className')}; the Worker expects "
                f"{DURABLE_OBJECTS[name]}"
            )
    if sum(binding(version, name) is not None for name in CREDENTIALS) != 1:
        yield f"exactly one of {' and '.join(CREDENTIALS)} must be bound"


def unread_bindings(version: Resource, _options: Properties) -> Iterator[str]:
    known = {*BINDING_TYPES, *CREDENTIALS}
    for one in bindings(version):
        if one.text("name") not in known:
            yield f"binding {one.text('name')} is read by nothing"


def order_of_bindings(version: Resource, _options: Properties) -> Iterator[str]:
    names = [one.text("name") or "" for one in bindings(version)]
    if names != sorted(names):
        yield f"the bindings stand in the order {', '.join(names)}"


def rate_limit_bindings(version: Resource, _options: Properties) -> Iterator[str]:
    for one in bindings(version):
        if one.text("type") == "ratelimit":
            yield f"binding {one.text('name')} is a ratelimit"


RULES: Final = (
    ResourceRule(
        id="bindings-match-the-code",
        demand="The Worker version binds every name that the Worker's code reads, with its type and class.",
        why="A binding under another name is undefined at run time: every request fails, or lets nobody in.",
        fix="Name the binding as worker/src/bindings.ts does; infra/service_inputs.py declares the "
        "right list.",
        gotcha=5,
        types=(VERSION,),
        check=binding_mismatches,
    ),
    ResourceRule(
        id="no-unread-binding",
        demand="The Worker version binds nothing that the Worker's code does not read.",
        why="A binding is a right. One that nothing reads is a way to other data for whoever gets hold of "
        "the Worker.",
        fix="Remove the binding, or read it in worker/src/bindings.ts and list it in "
        "policy/rules/bindings.py.",
        types=(VERSION,),
        check=unread_bindings,
    ),
    ResourceRule(
        id="bindings-sorted",
        demand="The bindings of a Worker version are sorted by name.",
        why="The provider matches bindings by sorted position: another order replaces the version without "
        "a change, and "
        "can put one binding's values on another.",
        fix="Sort the list by name before it is given to WorkerVersion.",
        types=(VERSION,),
        check=order_of_bindings,
    ),
    ResourceRule(
        id="no-rate-limit-binding",
        demand="A Worker version has no ratelimit binding.",
        why="Beside other bindings it makes the provider replace the version on each refresh "
        "(terraform-provider-cloudflare#7363, open), and it counts per location only.",
        fix="Limit by the admission queue of the Worker, or by a rate limiting rule of the zone.",
        level=Level.ADVISORY,
        types=(VERSION,),
        check=rate_limit_bindings,
    ),
)
