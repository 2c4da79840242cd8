"""Durable Object classes that are called otherwise on the account: renamed, they keep namespace and data."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.cloud import Cloud, Service
from tests.e2e.earlier_release import FORMER, earlier_release
from tests.e2e.releases import newest_upload, release

STACK = (
    "--stack=renamed-dev",
    *(f"--config={one}" for one in ("team=renamed", "environment=dev", "ephemeral=true")),
)
RENAMED = "--config=durableObjects.renamed=" + json.dumps({old: new for new, old in FORMER.items()})


@dataclass(frozen=True)
class Site:
    """A stack of its own on a localcloud."""

    cloud: Cloud

    def deploy(self, *options: str) -> Service:
        outputs = self.cloud.command("deploy", *STACK, *options)["outputs"]
        return Service(outputs["worker_name"], outputs["worker_url"], self.cloud.home.auth_token.read_text())

    def namespaces(self, service: Service) -> dict[str, str]:
        """Class to namespace."""
        listed = self.cloud.call("GET", "workers/durable_objects/namespaces?per_page=1000")
        return {one["class"]: one["id"] for one in listed if one["script"] == service.name}

    def application(self, service: Service) -> tuple[str, str]:
        """Its id, and the namespace that it holds."""
        (found,) = self.cloud.call("GET", f"containers/applications?name={service.name}-sandbox")
        return found["id"], found["durable_objects"]["namespace_id"]

    def deploy_the_earlier_release(self, service: Service) -> None:
        """The live code under its former names, uploaded and deployed by hand."""
        (worker,) = (one for one in self.cloud.call("GET", "workers/workers") if one["name"] == service.name)
        release(self.cloud.call, worker, earlier_release(newest_upload(self.cloud.call, worker)))


@pytest.fixture(scope="module")
def site(recording_cloud: Cloud) -> Iterator[Site]:
    yield Site(recording_cloud)
    recording_cloud.command("destroy", *STACK)


def test_renamed_classes_keep_namespace_application_and_data(site: Site) -> None:
    service = site.deploy()
    task_id = service.submit("kept over a rename")
    service.await_status(task_id, {"succeeded"})
    namespaces, application = site.namespaces(service), site.application(service)

    site.deploy_the_earlier_release(service)
    assert site.namespaces(service).keys() == {"Box", "Job", "TaskQueue"}

    for options in ((RENAMED,), ()):
        service = site.deploy(*options)
        assert site.namespaces(service) == namespaces
        assert site.application(service) == application
        assert service.task(task_id)["status"] == "succeeded"
    assert service.execute("after a rename").json()["success"] is True
    assert set(site.cloud.command("deploy", *STACK)["counts"]) == {"unchanged"}
