"""The Workers API's calls."""

from localcloud.control_plane.permissions import Area
from localcloud.control_plane.wire import Route, account_routes
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
    return account_routes(
        Area.SCRIPTS,
        ("POST", "/workers/workers", workers.create),
        ("GET", "/workers/workers", workers.list_all),
        ("GET", WORKER, workers.get),
        ("PUT", WORKER, workers.replace),
        ("PATCH", WORKER, workers.edit),
        ("DELETE", WORKER, workers.delete),
        ("POST", f"{WORKER}/versions", versions.create),
        ("GET", f"{WORKER}/versions", versions.list_all),
        ("GET", f"{WORKER}/versions/{{version_id}}", versions.get),
        ("POST", f"{SCRIPT}/deployments", deployments.create),
        ("GET", f"{SCRIPT}/deployments", deployments.list_all),
        ("GET", f"{SCRIPT}/deployments/{{deployment_id}}", deployments.get),
        ("GET", f"{SCRIPT}/versions", scripts.list_versions),
        ("GET", f"{SCRIPT}/versions/{{version_id}}", scripts.get_version),
        ("GET", f"{SCRIPT}/secrets", scripts.list_secrets),
        ("GET", "/workers/subdomain", scripts.subdomain),
        ("GET", "/workers/durable_objects/namespaces", namespaces.list_all),
    )
