"""The official Cloudflare SDK, a client that knows nothing of us, works against the control plane."""

import json
from collections.abc import Iterator

import cloudflare
import pytest
from cloudflare import Cloudflare

from localcloud.control_plane.platform import ACCOUNT_ID
from tests.localcloud.conftest import API_TOKEN, IMAGE, Cloud, version_body

NEW_IMAGE = IMAGE.replace("0" * 64, "1" * 64)


@pytest.fixture
def sdk(cloud: Cloud) -> Iterator[Cloudflare]:
    base_url = f"{str(cloud.client.base_url).rstrip('/')}/client/v4"
    with Cloudflare(api_token=API_TOKEN, base_url=base_url, max_retries=0) as client:
        yield client


def make_application(sdk: Cloudflare, namespace_id: str) -> str:
    created = sdk.containers.applications.create(
        account_id=ACCOUNT_ID,
        name="demo-sandbox",
        scheduling_policy="default",
        instances=0,
        max_instances=5,
        configuration={"image": IMAGE, "instance_type": "standard-1"},
        durable_objects={"namespace_id": namespace_id},
    )
    assert created is not None
    return created.id


def test_application_lives_from_create_to_delete(sdk: Cloudflare, cloud: Cloud) -> None:
    application_id = make_application(sdk, cloud.run_sandbox())
    applications = sdk.containers.applications
    edited = applications.edit(application_id, account_id=ACCOUNT_ID, max_instances=7)
    assert edited is not None
    assert [a.id for a in applications.list(account_id=ACCOUNT_ID, name="demo-sandbox")] == [application_id]
    applications.delete(application_id, account_id=ACCOUNT_ID)
    cloud.clock.pass_by(1)
    with pytest.raises(cloudflare.NotFoundError):
        applications.get(application_id, account_id=ACCOUNT_ID)


def test_rollout_is_started_and_ends(sdk: Cloudflare, cloud: Cloud) -> None:
    application_id = make_application(sdk, cloud.run_sandbox())
    rollout = sdk.containers.applications.rollouts.create(
        application_id,
        account_id=ACCOUNT_ID,
        description="Progressive update",
        strategy="rolling",
        step_percentage=100,
        target_configuration={"image": NEW_IMAGE},
    )
    assert (rollout.status, rollout.target_version) == ("progressing", 2)
    cloud.clock.pass_by(1)
    versions = sdk.containers.applications.versions.list(application_id, account_id=ACCOUNT_ID)
    assert [(v.version, v.percentage, v.configuration.image) for v in versions] == [(2, 100, NEW_IMAGE)]


def test_refusal_carries_json_in_its_message(sdk: Cloudflare) -> None:
    with pytest.raises(cloudflare.BadRequestError) as refused:
        make_application(sdk, "f" * 32)
    assert json.loads(refused.value.errors[0].message or "")["error"] == "DURABLE_OBJECT_NOT_FOUND"


def test_instances_are_listed_to_the_end(sdk: Cloudflare, cloud: Cloud) -> None:
    namespace_id = cloud.run_sandbox()
    application_id = make_application(sdk, namespace_id)
    cloud.data_plane.instances = [
        {"namespace_id": namespace_id, "object_id": f"{n:064x}", "state": "running"} for n in range(5)
    ]
    instances = sdk.containers.applications.instances
    listed = instances.list(application_id, account_id=ACCOUNT_ID, per_page=2)
    assert [instance.id for instance in listed] == [f"{n:064x}" for n in range(5)]


def test_registry_credentials(sdk: Cloudflare) -> None:
    credentials = sdk.containers.registries.credentials.generate(
        "registry.cloudflare.com",
        account_id=ACCOUNT_ID,
        permissions=["push", "pull"],
        expiration_minutes=15,
    )
    assert credentials is not None
    assert (credentials.username, credentials.registry_host) == ("v1", "registry.cloudflare.com")


def test_bucket_and_lifecycle(sdk: Cloudflare) -> None:
    buckets = sdk.r2.buckets
    buckets.create(account_id=ACCOUNT_ID, name="results", location_hint="weur")
    condition = {"type": "Age", "max_age": 60}
    buckets.lifecycle.update(
        "results",
        account_id=ACCOUNT_ID,
        rules=[
            {
                "id": "expire",
                "enabled": True,
                "conditions": {"prefix": ""},
                "delete_objects_transition": {"condition": condition},  # type: ignore[typeddict-item]
            }
        ],
    )
    rules = buckets.lifecycle.get("results", account_id=ACCOUNT_ID).rules or []
    assert [rule.id for rule in rules] == ["expire"]
    assert [b.name for b in buckets.list(account_id=ACCOUNT_ID).buckets or []] == ["results"]
    buckets.delete("results", account_id=ACCOUNT_ID)


def test_worker_version_and_deployment(sdk: Cloudflare, cloud: Cloud) -> None:
    beta = sdk.workers.beta.workers
    worker = beta.create(account_id=ACCOUNT_ID, name="demo")
    body = version_body()
    version = beta.versions.create(
        worker.id,
        account_id=ACCOUNT_ID,
        main_module=body["main_module"],
        modules=body["modules"],
        compatibility_date=body["compatibility_date"],
        bindings=[{"type": "secret_text", "name": "KEY", "text": "hush"}],
    )
    sdk.workers.scripts.deployments.create(
        "demo",
        account_id=ACCOUNT_ID,
        strategy="percentage",
        versions=[{"version_id": version.id, "percentage": 100}],
    )
    assert [v.number for v in beta.versions.list(worker.id, account_id=ACCOUNT_ID)] == [1]
    assert [w.name for w in beta.list(account_id=ACCOUNT_ID, per_page=1)] == ["demo"]
    assert cloud.data_plane.workers["demo"]["version_id"] == version.id


def test_namespaces_are_listed_to_the_end(sdk: Cloudflare, cloud: Cloud) -> None:
    ids = {cloud.run_sandbox(name) for name in ("one", "two", "three")}
    listed = sdk.durable_objects.namespaces.list(account_id=ACCOUNT_ID, per_page=2)
    assert {namespace.id for namespace in listed} == ids


def test_token_and_account(sdk: Cloudflare) -> None:
    token = sdk.user.tokens.verify()
    assert token is not None
    assert token.status == "active"
    assert [account.id for account in sdk.accounts.list()] == [ACCOUNT_ID]
