"""The live version as a release before it was: its Durable Object classes were called otherwise."""

from typing import Any, Final

from tests.e2e.releases import module

FORMER: Final = {"Sandbox": "Box", "Task": "Job"}
"""What the code calls a class, and what an earlier release called it."""
EARLIER_MODULE: Final = 'export { Sandbox as Box, Task as Job, TaskQueue, default } from "./index.js";'


def earlier_release(upload: dict[str, Any]) -> dict[str, Any]:
    """It answers nobody: the texts of its bindings are gone."""
    tombstones = {
        name: {"type": "durable-object", "state": "renamed", "renamed_to": former}
        for name, former in FORMER.items()
    }
    bindings = [
        {**one, **({"class_name": formerly(one["class_name"])} if "class_name" in one else {})}
        for one in upload["bindings"]
    ]
    return {
        **upload,
        "main_module": "earlier.js",
        "modules": [*upload["modules"], module("earlier.js", EARLIER_MODULE)],
        "bindings": bindings,
        "containers": [{"class_name": formerly("Sandbox")}],
        "exports": {formerly(name): one for name, one in upload["exports"].items()} | tombstones,
    }


def formerly(class_name: str) -> str:
    return FORMER.get(class_name, class_name)
