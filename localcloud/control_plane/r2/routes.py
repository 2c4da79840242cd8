"""R2's calls."""

from localcloud.control_plane.permissions import Area
from localcloud.control_plane.r2.buckets import Buckets
from localcloud.control_plane.r2.lifecycle import Lifecycle
from localcloud.control_plane.wire import Route, account_routes

BUCKET = "/r2/buckets/{bucket_name}"


def routes(buckets: Buckets, lifecycle: Lifecycle) -> list[Route]:
    return account_routes(
        Area.R2,
        ("POST", "/r2/buckets", buckets.create),
        ("GET", "/r2/buckets", buckets.list_all),
        ("GET", BUCKET, buckets.get),
        ("PATCH", BUCKET, buckets.set_storage_class),
        ("DELETE", BUCKET, buckets.delete),
        ("GET", f"{BUCKET}/lifecycle", lifecycle.get),
        ("PUT", f"{BUCKET}/lifecycle", lifecycle.put),
        ("GET", f"{BUCKET}/objects", buckets.list_objects),
        ("DELETE", f"{BUCKET}/objects/{{object_key:path}}", buckets.delete_object),
    )
