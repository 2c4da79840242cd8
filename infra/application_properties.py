"""A container application as the properties of its resource: what a program states, what a refresh sees."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from infra.application import Application, at_target, live, namespace_of
from infra.containers_api import ContainersApi, Json

FIELDS: Final = {
    "account_id": "accountId",
    "name": "name",
    "script_name": "scriptName",
    "class_name": "className",
    "image": "image",
    "instance_type": "instanceType",
    "max_instances": "maxInstances",
    "rollout_grace_seconds": "rolloutActiveGracePeriod",
    "has_logs": "hasLogs",
}
"""Field of `Application` to property."""

Properties = dict[str, Any]


def desired(props: Mapping[str, Any]) -> Application:
    """Numbers arrive as floats: that is all that the engine's protocol has."""
    values: dict[str, Any] = {field: props.get(prop) for field, prop in FIELDS.items()}
    for field in ("max_instances", "rollout_grace_seconds"):
        values[field] = int(props[FIELDS[field]])
    return Application(**values)


def as_it_is(api: ContainersApi, wanted: Application, answer: Json) -> Properties:
    """The properties that Cloudflare has, with what a rollout under way leads to.

    Where no Worker has its namespace any more, `scriptName` is empty. The application lives on and bills, so
    it stays in the state: an update then replaces it, and a destroy deletes it.
    """
    rollout = api.active_rollout(answer)
    script_name, class_name = api.class_of(namespace_of(answer)) or ("", wanted.class_name)
    found = replace(live(wanted, at_target(answer, rollout)), script_name=script_name, class_name=class_name)
    return {prop: getattr(found, field) for field, prop in FIELDS.items()}
