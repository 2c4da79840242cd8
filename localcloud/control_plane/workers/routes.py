"""The Workers API's calls."""

from localcloud.control_plane.wire import Route, account_route
from localcloud.control_plane.workers.deployments import Deployments
from localcloud.control_plane.workers.namespaces import Namespaces
from localcloud.control_plane.workers.scripts import Scripts
from localcloud.control_plane.workers.service import Workers
from localcloud.control_plane.workers.versions import Versions

WORKER = "/workers/workers/{worker_id}"
SCRIPT = "/workers/scripts/{script_name}"


def routes(
    workers: Workers,
    versions: Versions,
    deployments: Deployments,
    scripts: Scripts,
    namespaces: Namespaces,
) -> list[Route]:
    return [
        account_route("POST", "/workers/workers", workers.create),
        account_route("GET", "/workers/workers", workers.list_all),
        account_route("GET", WORKER, workers.get),
        account_route("PUT", WORKER, workers.replace),
        account_route("PATCH", WORKER, workers.edit),
        account_route("DELETE", WORKER, workers.delete),
        account_route("POST", f"{WORKER}/versions", versions.create),
        account_route("GET", f"{WORKER}/versions", versions.list_all),
        account_route("GET", f"{WORKER}/versions/{{version_id}}", versions.get),
        account_route("POST", f"{SCRIPT}/deployments", deployments.create),
        account_route("GET", f"{SCRIPT}/deployments", deployments.list_all),
        account_route("GET", f"{SCRIPT}/deployments/{{deployment_id}}", deployments.get),
        account_route("GET", f"{SCRIPT}/versions", scripts.list_versions),
        account_route("GET", f"{SCRIPT}/versions/{{version_id}}", scripts.get_version),
        account_route("GET", f"{SCRIPT}/secrets", scripts.list_secrets),
        account_route("GET", "/workers/subdomain", scripts.subdomain),
        account_route("GET", "/workers/durable_objects/namespaces", namespaces.list_all),
    ]
