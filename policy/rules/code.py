"""Rules about the Worker's code: its entry module, its Durable Object classes, what a version may carry."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from rules.bindings import DURABLE_OBJECTS
from rules.properties import Properties
from rules.resource import VERSION, Resource
from rules.rule import Level, Option, ResourceRule
from rules.version import entry_module, exported_names

UNREADABLE: Final = "the entry module can't be read; build it with `make bundle`"
OLD_SANDBOX_API: Final = re.compile(r"\bSandbox\s*\.\s*create\s*\(")


def missing_exports(version: Resource, _options: Properties) -> Iterator[str]:
    source = entry_module(version)
    if source is None:
        yield UNREADABLE
        return
    missing = set(DURABLE_OBJECTS.values()) - exported_names(source)
    yield from (f"the entry module does not export the class {name}" for name in sorted(missing))


def missing_containers(version: Resource, _options: Properties) -> Iterator[str]:
    classes = [one.text("className") for one in version.properties.children("containers")]
    if classes != ["Sandbox"]:
        yield (
            f"containers are attached to {', '.join(str(name) for name in classes) or 'no class'}, not "
            f"to Sandbox"
        )


def old_sandbox_api(version: Resource, _options: Properties) -> Iterator[str]:
    if OLD_SANDBOX_API.search(entry_module(version) or ""):
        yield "the entry module calls Sandbox.create()"


def deleted_classes(version: Resource, options: Properties) -> Iterator[str]:
    named = set(options.texts("classes"))
    migrations = version.properties.child("migrations")
    deleted = {
        name for step in (migrations, *migrations.children("steps")) for name in step.texts("deletedClasses")
    }
    exports = version.properties.child("exports")
    deleted |= {name for name in exports if exports.child(name).text("state") == "deleted"}
    yield from (
        f"class {name} is deleted, with the data of all its objects" for name in sorted(deleted - named)
    )


def unrepeatable_lifecycle(version: Resource, _options: Properties) -> Iterator[str]:
    if "exports" in version.properties and "migrations" in version.properties:
        yield "exports and migrations are both given; Cloudflare refuses that"
    elif "migrations" in version.properties and "migrations" not in version.ignore_changes:
        yield "migrations are sent without ignore_changes=['migrations']"


def second_deployment_owner(version: Resource, _options: Properties) -> Iterator[str]:
    if version.properties.flag("deploy"):
        yield "deploy is true"


def absolute_module_paths(version: Resource, _options: Properties) -> Iterator[str]:
    for module in version.properties.children("modules"):
        path = module.text("contentFile")
        if path is None:
            yield f"module {module.text('name')} is inlined"
        elif PurePosixPath(path).is_absolute() or "\\" in path or ":" in path:
            yield f"module {module.text('name')} is given by a path of one machine"


def placements(version: Resource, _options: Properties) -> Iterator[str]:
    if "placement" in version.properties:
        yield "placement is set"


RULES: Final = (
    ResourceRule(
        id="classes-exported",
        demand="The entry module exports every Durable Object class that is bound: Sandbox, Task, TaskQueue.",
        why="A class that the entry module does not export is not there for the runtime: error 1101 on "
        "every request.",
        fix="Export the class from worker/src/index.ts, then build the bundle again.",
        gotcha=3,
        types=(VERSION,),
        check=missing_exports,
    ),
    ResourceRule(
        id="container-attached",
        demand="Every Worker version attaches containers to the class Sandbox, and to nothing else.",
        why="The attachment is what enables containers for the namespace; a version without it may take "
        "them away.",
        fix="Give WorkerVersion containers=[{class_name: 'Sandbox'}] on every version.",
        gotcha=3,
        types=(VERSION,),
        check=missing_containers,
    ),
    ResourceRule(
        id="current-sandbox-api",
        demand="The Worker reaches its sandboxes by getSandbox() of @cloudflare/sandbox, never by "
        "Sandbox.create().",
        why="Sandbox.create() is not part of the package: the call fails at the first task.",
        fix="Call getSandbox(namespace, id) in worker/src/sandbox.ts, the only file that knows the package.",
        gotcha=2,
        types=(VERSION,),
        check=old_sandbox_api,
    ),
    ResourceRule(
        id="no-class-deletion",
        demand="No Durable Object class is deleted unless the pack's configuration names it.",
        why="Deleting a class deletes the storage of all its objects, at once and for good.",
        fix="Keep the class. To delete it for good, let a reviewer add it to classes in policy/config.json.",
        options=(
            Option(
                "classes",
                "Durable Object classes whose deletion has been reviewed",
                {"type": "array", "items": {"type": "string"}},
            ),
        ),
        types=(VERSION,),
        check=deleted_classes,
    ),
    ResourceRule(
        id="lifecycle-repeatable",
        demand="Durable Object classes are declared by exports, or by migrations whose changes are ignored "
        "later.",
        why="The provider sends a migrations block with every upload, and Cloudflare refuses the second "
        "one (10079).",
        fix="Declare the classes by exports; on the legacy flow drop the block once the class exists.",
        types=(VERSION,),
        check=unrepeatable_lifecycle,
    ),
    ResourceRule(
        id="one-owner-of-deployments",
        demand="A Worker version does not deploy itself.",
        why="The stack's WorkersDeployment says what runs; a second owner overrides it without being seen.",
        fix="Leave deploy unset on WorkerVersion.",
        types=(VERSION,),
        check=second_deployment_owner,
    ),
    ResourceRule(
        id="modules-by-relative-path",
        demand="Modules are given by content_file with a path relative to the program.",
        why="An absolute path differs between machines and replaces the version; an inlined module stands "
        "in the state twice, "
        "readable.",
        fix="Pass the path that infra/bundle.py returns.",
        types=(VERSION,),
        check=absolute_module_paths,
    ),
    ResourceRule(
        id="no-placement",
        demand="A Worker version leaves placement unset.",
        why="The provider ignores it and then plans a change for ever (terraform-provider-cloudflare#7206, "
        "open).",
        fix="Remove placement; Durable Objects decide where a task runs.",
        level=Level.ADVISORY,
        types=(VERSION,),
        check=placements,
    ),
)
