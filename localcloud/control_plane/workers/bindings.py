"""Bindings of a version: checked against what exists, sorted by name, texts kept for the data plane."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from localcloud.control_plane.errors import InvalidRequestError, NotImplementedHereError
from localcloud.control_plane.r2.buckets import BucketRecord
from localcloud.control_plane.store import Collection
from localcloud.control_plane.wire import Body, JsonObject, dotted
from localcloud.control_plane.workers.errors import BucketBindingError, ClassBindingError


class Text(Body):
    """A value; of a secret it is never returned, of plain text neither (golden traffic)."""

    name: str
    type: Literal["secret_text", "plain_text"]
    text: str


class Json(Body):
    """A parsed value."""

    name: str
    type: Literal["json"]
    json_value: JsonValue = Field(alias="json")


class Bucket(Body):
    """An R2 bucket of the account."""

    name: str
    type: Literal["r2_bucket"]
    bucket_name: str
    jurisdiction: str | None = None


class DurableObject(Body):
    """A Durable Object class of this Worker."""

    name: str
    type: Literal["durable_object_namespace"]
    class_name: str
    namespace_id: str | None = None


class VersionMetadata(Body):
    """The version's id, tag and time."""

    name: str
    type: Literal["version_metadata"]


Binding = Annotated[Text | Json | Bucket | DurableObject | VersionMetadata, Field(discriminator="type")]
BINDING: TypeAdapter[Text | Json | Bucket | DurableObject | VersionMetadata] = TypeAdapter(Binding)
SHOWN_FIELDS = {"name", "type", "bucket_name", "jurisdiction", "class_name", "namespace_id", "json"}


def parse_bindings(raw: list[JsonObject]) -> list[Text | Json | Bucket | DurableObject | VersionMetadata]:
    """The bindings, sorted by name, as Cloudflare's provider assumes them (pulumi-cloudflare-wire.md 3.3).

    Raises:
        NotImplementedHereError: a type or a field that localcloud does not know.
        InvalidRequestError: a name twice, a field missing or of the wrong type; quotes no value.
    """
    bindings = sorted((parse_binding(entry) for entry in raw), key=lambda binding: binding.name)
    if len({binding.name for binding in bindings}) < len(bindings):
        raise InvalidRequestError("bindings: each name must be unique")
    return bindings


def parse_binding(entry: JsonObject) -> Text | Json | Bucket | DurableObject | VersionMetadata:
    try:
        return BINDING.validate_python(entry)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = dotted(problem["loc"])
        if problem["type"] in {"extra_forbidden", "union_tag_invalid"}:
            raise NotImplementedHereError(f"a binding of type {entry.get('type')!r} ({where})") from None
        raise InvalidRequestError(f"bindings.{where}: {problem['msg']}") from None


def resolve(
    raw: list[JsonObject], buckets: Collection[BucketRecord], namespace_ids: dict[str, str]
) -> list[JsonObject]:
    """The bindings as they are stored: each bucket exists, each class has its namespace's id.

    Raises:
        BucketBindingError: no such bucket in that jurisdiction.
        ClassBindingError: no such Durable Object class in this Worker.
    """
    stored = []
    for binding in parse_bindings(raw):
        if isinstance(binding, Bucket):
            require_bucket(binding, buckets)
        if isinstance(binding, DurableObject):
            if binding.class_name not in namespace_ids:
                raise ClassBindingError(binding.class_name)
            found = {"namespace_id": namespace_ids[binding.class_name]}
            binding = binding.model_copy(update=found)  # noqa: PLW2901 - the resolved binding is the binding
        stored.append(binding.model_dump(mode="json", by_alias=True, exclude_none=True))
    return stored


def require_bucket(binding: Bucket, buckets: Collection[BucketRecord]) -> None:
    """The jurisdiction must match the bucket's (pulumi.md 1.3)."""
    bucket = buckets.find(binding.bucket_name)
    if bucket is None or bucket.jurisdiction != (binding.jurisdiction or "default"):
        raise BucketBindingError(binding.bucket_name)


def without_texts(bindings: list[JsonObject]) -> list[JsonValue]:
    """The bindings as the API answers them."""
    return [{key: value for key, value in b.items() if key in SHOWN_FIELDS} for b in bindings]
