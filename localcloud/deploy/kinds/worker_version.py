"""WorkerVersion: immutable, so every difference is a new version."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from localcloud.deploy.api import Api
from localcloud.deploy.kinds.kind import Made
from localcloud.deploy.kinds.native import NativeKind, account_path, snake_case
from localcloud.deploy.registration import JsonObject
from localcloud.deploy.state import ResourceRecord

ANNOTATIONS = {"workersMessage": "workers/message", "workersTag": "workers/tag"}


class WorkerVersion(NativeKind):
    """Code and bindings of a Worker.

    Its deletion is no call: versions go with their Worker (pulumi.md 1.5).
    """

    has_delete = False
    known = frozenset(
        {
            "accountId",
            "workerId",
            "annotations",
            "bindings",
            "compatibilityDate",
            "compatibilityFlags",
            "containers",
            "exports",
            "limits",
            "mainModule",
            "migrations",
            "modules",
            "usageModel",
        }
    )
    replacing = known
    keeping = frozenset({"accountId", "workerId"})
    computed: ClassVar = {"createdOn": "created_on", "number": "number", "urls": "urls"}

    def __init__(self, api: Api, project_folder: Path) -> None:
        super().__init__(api)
        self._folder = project_folder

    def compared(self, inputs: JsonObject) -> JsonObject:
        """Files count with path and content; a new path is a new version (pulumi-cloudflare-wire.md 3.4)."""
        modules = inputs.get("modules")
        if not isinstance(modules, list):
            return inputs
        contents: list[JsonValue] = [sha256(self._content(module)).hexdigest() for module in modules]
        return {**inputs, "modules": [modules, contents]}

    def create(self, inputs: JsonObject) -> Made:
        answer = self.api.call("POST", versions_path(inputs), self.body(inputs))
        return self.made(answer["id"], answer)

    def find_by_record(self, record: ResourceRecord) -> JsonObject | None:
        return self.api.find(f"{versions_path(record.kept)}/{record.id}")

    def before_create(self, kept: JsonObject) -> JsonObject:
        """The newest version before: one that is newer afterwards is ours."""
        newest = self._newest(kept)
        return {"number": newest["number"] if newest else 0}

    def find(self, kept: JsonObject, before: JsonObject) -> Made | None:
        newest = self._newest(kept)
        number, known = (newest or {}).get("number"), before["number"]
        if newest and isinstance(number, int) and isinstance(known, int) and number > known:
            return self.made(newest["id"], newest)
        return None

    def body(self, inputs: JsonObject) -> JsonObject:
        """The upload. Bindings are sorted by name whatever their order in the program."""
        body: JsonObject = {
            "bindings": sorted_by_name(inputs.get("bindings", [])),
            "compatibility_date": inputs.get("compatibilityDate"),
            "compatibility_flags": inputs.get("compatibilityFlags", []),
            "containers": snake_case(inputs.get("containers", [])),
            "main_module": inputs.get("mainModule"),
            "modules": self._modules(inputs.get("modules", [])),
            "usage_model": inputs.get("usageModel", "standard"),
        }
        optional: JsonObject = {
            "annotations": annotations(inputs.get("annotations")),
            "exports": exports(inputs.get("exports")),
            "limits": snake_case(inputs.get("limits")),
            "migrations": snake_case(inputs.get("migrations")),
        }
        return body | {key: value for key, value in optional.items() if value is not None}

    def _modules(self, modules: JsonValue) -> list[JsonValue]:
        return [self._module(module) for module in modules] if isinstance(modules, list) else []

    def _module(self, module: JsonValue) -> JsonObject:
        fields = module if isinstance(module, dict) else {}
        content = fields.get("contentBase64") or b64encode(self._content(module)).decode()
        return {
            "content_base64": content,
            "content_type": fields.get("contentType"),
            "name": fields.get("name"),
        }

    def _content(self, module: JsonValue) -> bytes:
        """What is in the module's file, empty where it has none; relative to the program's folder."""
        path = module.get("contentFile") if isinstance(module, dict) else None
        return (self._folder / str(path)).read_bytes() if path else b""

    def _newest(self, kept: JsonObject) -> JsonObject | None:
        versions = self.api.call("GET", f"{versions_path(kept)}?per_page=1")["items"]
        newest = versions[0] if isinstance(versions, list) and versions else None
        return newest if isinstance(newest, dict) else None


def versions_path(inputs: JsonObject) -> str:
    return f"{account_path(inputs)}/workers/workers/{inputs['workerId']}/versions"


def sorted_by_name(bindings: JsonValue) -> JsonValue:
    converted = snake_case(bindings)
    if not isinstance(converted, list):
        return converted
    return sorted(converted, key=lambda binding: str(binding["name"]) if isinstance(binding, dict) else "")


def annotations(given: JsonValue) -> JsonValue:
    if not isinstance(given, dict):
        return None
    return {ANNOTATIONS[name]: text for name, text in given.items()}


def exports(given: JsonValue) -> JsonValue:
    """Class names are kept as they are; the fields below them get the API's spelling."""
    if not isinstance(given, dict):
        return None
    return {class_name: snake_case(entry) for class_name, entry in given.items()}
