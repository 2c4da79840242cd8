"""R2Bucket and R2BucketLifecycle."""

from typing import ClassVar

from localcloud.deploy.api import ApiError
from localcloud.deploy.errors import DeployError
from localcloud.deploy.kinds.kind import Made
from localcloud.deploy.kinds.native import NativeKind, account_path, id_in_account
from localcloud.deploy.registration import JsonObject
from localcloud.deploy.state import ResourceRecord

BUCKET_NOT_EMPTY = 10008


class R2Bucket(NativeKind):
    """A bucket.

    Only its storage class can change; where it lies and what it is called cannot (pulumi.md 2.1).
    """

    known = frozenset({"accountId", "name", "jurisdiction", "location", "storageClass"})
    replacing = frozenset({"accountId", "name", "jurisdiction", "location"})
    keeping = frozenset({"accountId", "name", "jurisdiction"})
    computed: ClassVar = {"creationDate": "creation_date", "location": "location"}

    def create(self, inputs: JsonObject) -> Made:
        body = {"name": inputs["name"], "storageClass": inputs.get("storageClass", "Standard")}
        if "location" in inputs:
            body["locationHint"] = inputs["location"]
        path = f"{account_path(inputs)}/r2/buckets"
        return self.made(inputs["name"], self.api.call("POST", path, body, **jurisdiction(inputs)))

    def find_by_record(self, record: ResourceRecord) -> JsonObject | None:
        return self.api.find(bucket_path(record.kept), **jurisdiction(record.kept))

    def find(self, kept: JsonObject, before: JsonObject) -> Made | None:  # noqa: ARG002 - the name tells
        answer = self.api.find(bucket_path(kept), **jurisdiction(kept))
        return self.made(kept["name"], answer) if answer else None

    def imported_id(self, import_id: str, inputs: JsonObject) -> str:
        return id_in_account(import_id, inputs)

    def shown(self, inputs: JsonObject) -> JsonObject:
        return {"storage_class": inputs.get("storageClass", "Standard")}

    def update(self, record: ResourceRecord, inputs: JsonObject) -> JsonObject:
        headers = {"cf_r2_storage_class": str(inputs.get("storageClass", "Standard"))}
        path = bucket_path(record.kept)
        return self.outputs(self.api.call("PATCH", path, **jurisdiction(inputs), **headers))

    def delete(self, record: ResourceRecord) -> None:
        try:
            self.api.delete(bucket_path(record.kept), **jurisdiction(record.kept))
        except ApiError as error:
            if BUCKET_NOT_EMPTY in error.codes:
                raise not_empty(record) from None
            raise


class R2BucketLifecycle(NativeKind):
    """The rules of a bucket. Their deletion is no call: they stay as long as the bucket (pulumi.md 2.1)."""

    has_delete = False
    finds_interrupted = False
    known = frozenset({"accountId", "bucketName", "jurisdiction", "rules"})
    replacing = frozenset({"accountId", "bucketName", "jurisdiction"})
    keeping = frozenset({"accountId", "bucketName", "jurisdiction"})

    def create(self, inputs: JsonObject) -> Made:
        """The provider's resource has no id either (pulumi-cloudflare-wire.md 4)."""
        self._put(inputs)
        return Made("missing ID")

    def find_by_record(self, record: ResourceRecord) -> JsonObject | None:
        return self.api.find(lifecycle_path(record.kept), **jurisdiction(record.kept))

    def shown(self, inputs: JsonObject) -> JsonObject:
        return {"rules": inputs.get("rules", [])}

    def update(self, record: ResourceRecord, inputs: JsonObject) -> JsonObject:  # noqa: ARG002
        self._put(inputs)
        return {}

    def _put(self, inputs: JsonObject) -> None:
        body: JsonObject = {"rules": inputs.get("rules", [])}
        self.api.call("PUT", lifecycle_path(inputs), body, **jurisdiction(inputs))


def bucket_path(kept: JsonObject) -> str:
    return f"{account_path(kept)}/r2/buckets/{kept['name']}"


def lifecycle_path(kept: JsonObject) -> str:
    return f"{account_path(kept)}/r2/buckets/{kept['bucketName']}/lifecycle"


def jurisdiction(inputs: JsonObject) -> dict[str, str]:
    return {"cf_r2_jurisdiction": str(inputs.get("jurisdiction", "default"))}


def not_empty(record: ResourceRecord) -> DeployError:
    bucket = record.kept["name"]
    return DeployError(
        "BUCKET_NOT_EMPTY",
        f"the bucket {bucket} holds objects, and is left as it is",
        f"Delete them with `python -m localcloud empty-bucket {bucket}`, then run this again",
    )
