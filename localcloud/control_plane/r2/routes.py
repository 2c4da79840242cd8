"""R2's calls."""

from localcloud.control_plane.r2.buckets import Buckets
from localcloud.control_plane.r2.lifecycle import Lifecycle
from localcloud.control_plane.wire import Route, account_route

BUCKET = "/r2/buckets/{bucket_name}"


def routes(buckets: Buckets, lifecycle: Lifecycle) -> list[Route]:
    return [
        account_route("POST", "/r2/buckets", buckets.create),
        account_route("GET", "/r2/buckets", buckets.list_all),
        account_route("GET", BUCKET, buckets.get),
        account_route("PATCH", BUCKET, buckets.set_storage_class),
        account_route("DELETE", BUCKET, buckets.delete),
        account_route("GET", f"{BUCKET}/lifecycle", lifecycle.get),
        account_route("PUT", f"{BUCKET}/lifecycle", lifecycle.put),
        account_route("GET", f"{BUCKET}/objects", buckets.list_objects),
        account_route("DELETE", f"{BUCKET}/objects/{{object_key:path}}", buckets.delete_object),
    ]
