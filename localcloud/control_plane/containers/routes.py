"""The containers API's calls."""

from localcloud.control_plane.containers.applications import Applications
from localcloud.control_plane.containers.instances import Instances
from localcloud.control_plane.containers.registries import Registries
from localcloud.control_plane.containers.rollouts import Rollouts
from localcloud.control_plane.permissions import Area
from localcloud.control_plane.wire import Route, account_routes

APPLICATIONS = "/containers/applications"
APPLICATION = f"{APPLICATIONS}/{{application_id}}"


def routes(
    applications: Applications, rollouts: Rollouts, instances: Instances, registries: Registries
) -> list[Route]:
    return account_routes(
        Area.CONTAINERS,
        ("POST", APPLICATIONS, applications.create),
        ("GET", APPLICATIONS, applications.list_all),
        ("GET", APPLICATION, applications.get),
        ("PATCH", APPLICATION, applications.edit),
        ("DELETE", APPLICATION, applications.delete),
        ("POST", f"{APPLICATION}/rollouts", rollouts.create),
        ("GET", f"{APPLICATION}/rollouts", rollouts.list_all),
        ("GET", f"{APPLICATION}/rollouts/{{rollout_id}}", rollouts.get),
        ("GET", f"{APPLICATION}/versions", rollouts.list_versions),
        ("GET", f"{APPLICATION}/instances-v2", instances.list_all),
        ("GET", f"{APPLICATION}/instances", instances.list_v1),
        ("GET", f"{APPLICATION}/instances/{{instance_id}}", instances.get),
        ("GET", "/containers/dash/applications", applications.list_for_dashboard),
        ("GET", "/containers/dash/applications/{application_id}/instances", instances.list_for_dashboard),
        ("GET", "/containers/me", registries.me),
        ("GET", "/containers/registries", registries.list_all),
        ("POST", "/containers/registries/{domain}/credentials", registries.credentials),
    )
