"""A dynamic resource: a container application, with the plain calls that the fixture needs."""

import time
from typing import Any

import httpx
import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)


class ApplicationProvider(ResourceProvider):
    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        base_url, token = req.config.require("cloudflare:baseUrl"), req.config.require("cloudflare:apiToken")
        account = req.config.require("accountId")
        self.api = httpx.Client(
            base_url=f"{base_url}/accounts/{account}", headers={"authorization": f"Bearer {token}"}
        )

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        failures = [CheckFailure("maxInstances", "must be 1 or more")] if news["maxInstances"] < 1 else []
        return CheckResult(news, failures)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        replaces = [key for key in ("name", "scriptName") if olds[key] != news[key]]
        changes = bool(replaces) or olds["maxInstances"] != news["maxInstances"]
        return DiffResult(changes, replaces, delete_before_replace=True)

    def create(self, props: dict[str, Any]) -> CreateResult:
        if props["maxInstances"] > 1000:
            raise ValueError("so many instances are not to be had")
        body = {
            "name": props["name"],
            "scheduling_policy": "default",
            "instances": 0,
            "max_instances": int(props["maxInstances"]),
            "configuration": {"image": props["image"], "instance_type": "lite"},
            "durable_objects": {"script_name": props["scriptName"], "class_name": "Sandbox"},
        }
        held = self.find(props["name"])
        created = (
            held or self.api.post("/containers/applications", json=body).raise_for_status().json()["result"]
        )
        return CreateResult(created["id"], outputs(props))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        answer = self.api.get(f"/containers/applications/{id_}")
        if answer.status_code == 404:
            return ReadResult("", {})
        return ReadResult(id_, {**props, "maxInstances": answer.json()["result"]["max_instances"]})

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        body = {"max_instances": int(news["maxInstances"])}
        self.api.patch(f"/containers/applications/{_id}", json=body).raise_for_status()
        return UpdateResult(outputs(news))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        path = f"/containers/applications/{_id}"
        self.api.delete(path)
        while self.api.get(path).status_code != 404:
            time.sleep(0.05)

    def find(self, name: str) -> Any:  # noqa: ANN401
        found = self.api.get("/containers/applications", params={"name": name}).json()["result"]
        return found[0] if found else None


def outputs(props: dict[str, Any]) -> dict[str, Any]:
    return {key: props[key] for key in ("name", "scriptName", "maxInstances", "image", "note")}


class Application(Resource, module="fixture", name="Application"):
    name: pulumi.Output[str]

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(ApplicationProvider(), name, props, opts)
