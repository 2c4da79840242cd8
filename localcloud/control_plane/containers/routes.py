"""The containers API's calls."""

from localcloud.control_plane.containers.applications import Applications
from localcloud.control_plane.containers.instances import Instances
from localcloud.control_plane.containers.registries import Registries
from localcloud.control_plane.containers.rollouts import Rollouts
from localcloud.control_plane.wire import Route, account_route

APPLICATIONS = "/containers/applications"
APPLICATION = f"{APPLICATIONS}/{{application_id}}"


def routes(
    applications: Applications, rollouts: Rollouts, instances: Instances, registries: Registries
) -> list[Route]:
    return [
        account_route("POST", APPLICATIONS, applications.create),
        account_route("GET", APPLICATIONS, applications.list_all),
        account_route("GET", APPLICATION, applications.get),
        account_route("PATCH", APPLICATION, applications.edit),
        account_route("DELETE", APPLICATION, applications.delete),
        account_route("POST", f"{APPLICATION}/rollouts", rollouts.create),
        account_route("GET", f"{APPLICATION}/rollouts", rollouts.list_all),
        account_route("GET", f"{APPLICATION}/rollouts/{{rollout_id}}", rollouts.get),
        account_route("GET", f"{APPLICATION}/versions", rollouts.list_versions),
        account_route("GET", f"{APPLICATION}/instances-v2", instances.list_all),
        account_route("GET", f"{APPLICATION}/instances", instances.list_v1),
        account_route("GET", f"{APPLICATION}/instances/{{instance_id}}", instances.get),
        account_route("GET", "/containers/dash/applications", applications.list_for_dashboard),
        account_route(
            "GET", "/containers/dash/applications/{application_id}/instances", instances.list_for_dashboard
        ),
        account_route("GET", "/containers/me", registries.me),
        account_route("GET", "/containers/registries", registries.list_all),
        account_route("POST", "/containers/registries/{domain}/credentials", registries.credentials),
    ]
