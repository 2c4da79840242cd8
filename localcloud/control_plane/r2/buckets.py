"""R2 buckets: the control plane knows names and settings, the data plane holds the objects."""

import re
from typing import Final, Literal

from pydantic import Field, JsonValue

from localcloud.control_plane.errors import InvalidRequestError
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.r2.errors import (
    BucketExistsError,
    BucketNotEmptyError,
    BucketNotFoundError,
    InvalidBucketNameError,
)
from localcloud.control_plane.store import Collection, Record
from localcloud.control_plane.wire import Answer, Body, Call, JsonObject

BUCKET_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
JURISDICTIONS: Final = ("default", "eu", "us", "fedramp", "fedramp-high")
STORAGE_CLASSES: Final = ("Standard", "InfrequentAccess")

Location = Literal["apac", "eeur", "enam", "weur", "wnam", "oc"]
StorageClass = Literal["Standard", "InfrequentAccess"]


class BucketBody(Body):
    """What creates a bucket."""

    name: str
    storage_class: StorageClass = Field(default="Standard", alias="storageClass")
    location_hint: Location = Field(default="weur", alias="locationHint")


class BucketRecord(Record):
    """A bucket. `lifecycle_rules` are kept as they were put, in order."""

    name: str
    jurisdiction: str
    location: str
    storage_class: str
    creation_date: str
    lifecycle_rules: list[JsonObject] = Field(default_factory=list)


class Buckets:
    """Bucket names are unique in the account; a call sees only the buckets of its jurisdiction header."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.records = Collection(platform.store, "r2_buckets", BucketRecord)

    def create(self, call: Call) -> Answer:
        """Create a bucket; a name that is taken is refused with 409."""
        body = call.parse(BucketBody)
        if not BUCKET_NAME.fullmatch(body.name):
            raise InvalidBucketNameError
        if self.records.find(body.name):
            raise BucketExistsError
        bucket = BucketRecord(
            name=body.name,
            jurisdiction=jurisdiction_of(call),
            location=body.location_hint.upper(),
            storage_class=body.storage_class,
            creation_date=self._platform.timestamp(),
        )
        self._platform.data_plane.put_bucket(bucket.name)
        self.records.put(bucket.name, bucket)
        return Answer(shown(bucket))

    def list_all(self, call: Call) -> Answer:
        """List the buckets of one jurisdiction, by name; knows `name_contains`."""
        wanted = call.query.get("name_contains", "")
        jurisdiction = jurisdiction_of(call)
        found = [b for b in self.records.all() if b.jurisdiction == jurisdiction and wanted in b.name]
        buckets: list[JsonValue] = [shown(bucket) for bucket in sorted(found, key=lambda b: b.name)]
        return Answer({"buckets": buckets})

    def get(self, call: Call) -> Answer:
        """Read a bucket."""
        return Answer(shown(self.named(call)))

    def set_storage_class(self, call: Call) -> Answer:
        """Change the storage class of new objects, by header (pulumi-cloudflare-wire.md 2)."""
        bucket = self.named(call)
        storage_class = call.headers.get("cf-r2-storage-class", "")
        if storage_class not in STORAGE_CLASSES:
            raise InvalidRequestError(f"cf-r2-storage-class: must be one of {', '.join(STORAGE_CLASSES)}")
        changed = bucket.model_copy(update={"storage_class": storage_class})
        self.records.put(bucket.name, changed)
        return Answer(shown(changed))

    def delete(self, call: Call) -> Answer:
        """Delete an empty bucket; one with objects is 409, no retry (pulumi-cloudflare-wire.md 4)."""
        bucket = self.named(call)
        if self._platform.data_plane.list_objects(bucket.name, 1).objects:
            raise BucketNotEmptyError(bucket.name)
        self._platform.data_plane.delete_bucket(bucket.name)
        self.records.remove(bucket.name)
        return Answer({})

    def list_objects(self, call: Call) -> Answer:
        """List a bucket's first objects, at most `per_page`; what is deleted makes room for the next."""
        limit = int(call.query.get("per_page", "1000"))
        page = self._platform.data_plane.list_objects(self.named(call).name, limit)
        return Answer([one.model_dump(mode="json") for one in page.objects])

    def delete_object(self, call: Call) -> Answer:
        """Delete one object; one that is not there is no failure."""
        self._platform.data_plane.delete_object(self.named(call).name, call.params["object_key"])
        return Answer({"key": call.params["object_key"]})

    def empty(self, call: Call) -> Answer:
        """Delete every object of a bucket at once."""
        bucket = self.records.find(call.params["bucket_name"])
        if bucket is None:
            raise BucketNotFoundError
        self._platform.data_plane.empty_bucket(bucket.name)
        return Answer({})

    def named(self, call: Call) -> BucketRecord:
        """The bucket that the path names, if it is in the jurisdiction that the header names."""
        bucket = self.records.find(call.params["bucket_name"])
        if bucket is None or bucket.jurisdiction != jurisdiction_of(call):
            raise BucketNotFoundError
        return bucket

    def reapply(self) -> None:
        """Tell a data plane that has just started which buckets there are."""
        for bucket in self.records.all():
            self._platform.data_plane.put_bucket(bucket.name)


def jurisdiction_of(call: Call) -> str:
    jurisdiction = call.headers.get("cf-r2-jurisdiction", "default")
    if jurisdiction not in JURISDICTIONS:
        raise InvalidRequestError(f"cf-r2-jurisdiction: must be one of {', '.join(JURISDICTIONS)}")
    return jurisdiction


def shown(bucket: BucketRecord) -> JsonObject:
    return bucket.model_dump(mode="json", exclude={"lifecycle_rules"})
