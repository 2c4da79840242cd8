"""What the program declares: resources, inputs, secrets, options, names."""

import hashlib
import json
from typing import Any

import pytest
from pulumi.runtime import rpc

from tests.components.program import ACCOUNT_ID, IMAGE, ROOT, SANDBOX_VERSION, SECRETS, Program, run


@pytest.fixture(scope="module")
def program() -> Program:
    return run({})


def test_it_declares_these_resources_and_no_other(program: Program) -> None:
    types = {one.type.rpartition(":")[2] for one in program.resources.values()}
    custom = {"R2Bucket", "R2BucketLifecycle", "Worker", "WorkerVersion", "WorkersDeployment", "cloudflare"}
    assert types == custom | {"ContainerImage", "SandboxService"} | {
        "BucketContents",
        "ContainerApplication",
        "LiveCheck",
        "DestroyGuard",
    }


def test_every_resource_of_cloudflare_names_its_provider(program: Program) -> None:
    own = [one for one in program.resources.values() if one.type.startswith("cloudflare:")]
    assert len(own) == 5
    assert all("pulumi:providers:cloudflare::cloudflare" in one.options["provider"] for one in own)


def test_names_hold_team_and_environment(program: Program) -> None:
    assert program.resources["worker"].inputs["name"] == "claude-sandbox-acme-dev"
    assert program.resources["results"].inputs["name"] == "claude-sandbox-acme-dev-results"
    assert program.resources["container-application"].inputs["name"] == "claude-sandbox-acme-dev-sandbox"


def test_two_teams_share_no_name(program: Program) -> None:
    other = run({"team": "blue"})
    names = [
        {one.inputs.get("name") for one in each.resources.values()} - {None} for each in (program, other)
    ]
    assert names[0].isdisjoint(names[1])


def test_logical_names_are_the_same_for_every_team(program: Program) -> None:
    assert program.resources.keys() == run({"team": "blue", "environment": "prod"}).resources.keys()


def depends_on(program: Program, name: str) -> set[str]:
    """Logical names of what a resource depends on."""
    return {urn.rpartition("::")[2] for urn in program.resources[name].options["dependencies"]}


@pytest.mark.parametrize("name", ["results", "results-contents"])
def test_bucket_and_contents_are_protected(program: Program, name: str) -> None:
    assert program.resources[name].options.get("protect")


def test_results_expire(program: Program) -> None:
    (rule,) = program.resources["results-lifecycle"].plain("rules")
    condition = {"type": "Age", "maxAge": 30 * 86_400}
    assert rule["deleteObjectsTransition"]["condition"] == condition
    assert rule["conditions"] == {"prefix": "tasks/"}


def test_nothing_of_an_ephemeral_stack_is_protected() -> None:
    program = run({"ephemeral": True})
    assert not [name for name, one in program.resources.items() if one.options.get("protect")]
    assert program.resources["results-contents"].inputs["isDisposable"] is True
    assert program.resources["destroy-guard"].inputs["isDisposable"] is True


def test_the_bucket_is_emptied_when_nobody_fills_it_any_more(program: Program) -> None:
    """What depends on another resource is deleted before it."""
    assert "results-contents" in depends_on(program, "worker")
    assert "results" in depends_on(program, "results-contents")


def test_a_destroy_meets_the_guard_before_anything(program: Program) -> None:
    guard = program.resources["destroy-guard"]
    assert not guard.options.get("protect")
    assert {"live-check", "results-lifecycle", "results"} <= depends_on(program, "destroy-guard")
    assert guard.inputs["isDisposable"] is False


def bindings(program: Program) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in program.resources["worker-version"].plain("bindings")}


def test_the_worker_binds_what_its_code_reads(program: Program) -> None:
    types = {name: one["type"] for name, one in bindings(program).items()}
    assert types == {
        "ANTHROPIC_API_KEY": "secret_text",
        "CLIENTS": "secret_text",
        "RESULTS": "r2_bucket",
        "SETTINGS": "plain_text",
        "Sandbox": "durable_object_namespace",
        "TASK": "durable_object_namespace",
        "TASK_QUEUE": "durable_object_namespace",
        "VERSION": "version_metadata",
    }


def test_bindings_are_sorted_by_name(program: Program) -> None:
    names = [one["name"] for one in program.resources["worker-version"].plain("bindings")]
    assert names == sorted(names)


@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "CLIENTS"])
def test_secret_texts_are_pulumi_secrets(program: Program, name: str) -> None:
    marked = {
        one["name"]: one["text"]
        for one in program.resources["worker-version"].inputs["bindings"]
        if "text" in one
    }
    assert rpc.is_rpc_secret(marked[name])


def test_the_token_reaches_the_worker_as_a_digest_only(program: Program) -> None:
    (client,) = json.loads(bindings(program)["CLIENTS"]["text"])
    digest = hashlib.sha256(SECRETS["serverAuthToken"].encode()).hexdigest()
    assert client == {
        "name": "default",
        "scopes": ["tasks:read", "tasks:write"],
        "tokens": [{"sha256": digest, "notAfter": None}],
    }


def test_listed_clients_come_beside_the_default_one() -> None:
    tokens = [{"sha256": "b" * 64, "notAfter": "2027-01-31T00:00:00Z"}]
    program = run({"clients": [{"name": "ci", "scopes": ["tasks:read"], "tokens": tokens}]})
    default, ci = json.loads(bindings(program)["CLIENTS"]["text"])
    assert (default["name"], ci) == ("default", {"name": "ci", "scopes": ["tasks:read"], "tokens": tokens})
    assert program.outputs["client_names"] == ["ci", "default"]


def test_the_end_of_the_server_auth_token_reaches_the_worker() -> None:
    program = run({"serverAuthTokenNotAfter": "2027-01-31T00:00:00Z"})
    (client,) = json.loads(bindings(program)["CLIENTS"]["text"])
    assert client["tokens"][0]["notAfter"] == "2027-01-31T00:00:00Z"


def without_secrets(value: Any) -> Any:  # noqa: ANN401
    if rpc.is_rpc_secret(value):
        return "[secret]"
    if isinstance(value, list):
        return [without_secrets(one) for one in value]
    return {name: without_secrets(one) for name, one in value.items()} if isinstance(value, dict) else value


def test_no_secret_is_in_the_clear_anywhere(program: Program) -> None:
    for one in program.resources.values():
        clear = json.dumps(without_secrets(dict(one.inputs)))
        assert not any(secret in clear for secret in SECRETS.values()), one.name
    assert not any(secret in json.dumps(program.outputs) for secret in SECRETS.values())


def test_an_oauth_token_is_bound_under_its_own_name() -> None:
    program = run({"claude": {"credential": "oauthToken"}})
    assert "CLAUDE_CODE_OAUTH_TOKEN" in bindings(program)
    assert "ANTHROPIC_API_KEY" not in bindings(program)


def test_the_sandbox_class_has_the_container(program: Program) -> None:
    assert program.resources["worker-version"].plain("containers") == [{"className": "Sandbox"}]


def test_classes_are_declared_so_that_sending_them_again_changes_nothing(program: Program) -> None:
    live = {"type": "durable-object", "storage": "sqlite"}
    assert program.resources["worker-version"].plain("exports") == dict.fromkeys(
        ("Sandbox", "Task", "TaskQueue"), live
    )
    assert "migrations" not in program.resources["worker-version"].inputs


def test_a_renamed_and_a_deleted_class_leave_tombstones() -> None:
    program = run({"durableObjects": {"renamed": {"Job": "Task"}, "deleted": ["Legacy"]}})
    exports = program.resources["worker-version"].plain("exports")
    assert exports["Job"] == {"type": "durable-object", "state": "renamed", "renamedTo": "Task"}
    assert exports["Legacy"] == {"type": "durable-object", "state": "deleted"}


def test_the_legacy_flow_sends_a_step_once_and_ignores_it_later() -> None:
    step = {"newTag": "v2", "oldTag": "v1", "newSqliteClasses": ["Task", "TaskQueue"]}
    version = run({"durableObjects": {"flow": "migrations", "migration": step}}).resources["worker-version"]
    assert version.plain("migrations") == step
    assert "exports" not in version.inputs
    assert version.options["ignoreChanges"] == ["migrations"]
    after = run({"durableObjects": {"flow": "migrations"}}).resources["worker-version"]
    assert "migrations" not in after.inputs


def test_the_module_is_named_by_a_path_that_is_the_same_on_every_machine(program: Program) -> None:
    (module,) = program.resources["worker-version"].plain("modules")
    assert module["contentFile"] == "worker/dist/index.js"
    digest = hashlib.sha256((ROOT / module["contentFile"]).read_bytes()).hexdigest()
    assert program.resources["worker-version"].plain("annotations") == {
        "workersMessage": f"bundle sha256:{digest}"
    }


def test_the_worker_states_every_field(program: Program) -> None:
    worker = program.resources["worker"]
    assert worker.plain("tags") == ["environment:dev", "team:acme"]
    assert worker.plain("subdomain") == {"enabled": True, "previewsEnabled": False}
    assert worker.plain("observability")["logs"]["destinations"] == []
    assert (worker.inputs["logpush"], worker.inputs["tailConsumers"]) == (False, [])


def test_all_traffic_goes_to_the_version_that_is_declared(program: Program) -> None:
    assert program.resources["worker-deployment"].plain("versions") == [
        {"versionId": "worker-version-id", "percentage": 100}
    ]


def test_a_custom_domain_comes_after_the_code_and_is_deleted_first() -> None:
    program = run({"worker": {"customDomain": "sandbox.example.com", "workersDev": False}})
    domain = program.resources["worker-domain"].options
    assert any("worker-deployment" in urn for urn in domain["dependencies"])
    assert domain["deleteBeforeReplace"]
    assert program.resources["live-check"].inputs["url"] == "https://sandbox.example.com"


def test_the_application_comes_after_the_deployment(program: Program) -> None:
    application = program.resources["container-application"]
    assert any("worker-deployment" in urn for urn in application.options["dependencies"])
    assert (application.inputs["image"], application.inputs["instanceType"]) == (IMAGE, "standard-1")
    assert (application.inputs["maxInstances"], application.inputs["rolloutActiveGracePeriod"]) == (5, 900)


def test_the_dynamic_providers_are_references_without_state(program: Program) -> None:
    for name in ("container-application", "destroy-guard", "live-check", "results-contents"):
        assert len(str(program.resources[name].plain("__provider"))) < 200


def test_the_live_check_comes_last(program: Program) -> None:
    dependencies = program.resources["live-check"].options["dependencies"]
    assert any("container-application" in urn for urn in dependencies)
    assert any("worker-deployment" in urn for urn in dependencies)


def test_the_live_check_of_a_stack_without_an_address_is_given_none(program: Program) -> None:
    inputs = program.resources["live-check"].inputs
    assert inputs.keys() == {"__provider", "accountId", "scriptName", "versionId", "timeoutSeconds"}


def test_outputs_are_the_contract(program: Program) -> None:
    assert program.outputs == {
        "worker_url": "https://acme.example.com",
        "worker_name": "claude-sandbox-acme-dev",
        "worker_version": "worker-version-id",
        "results_bucket_name": "claude-sandbox-acme-dev-results",
        "container_application_id": "container-application-id",
        "image": IMAGE,
        "client_names": ["default"],
    }


def test_settings_reach_the_worker_without_any_secret(program: Program) -> None:
    settings = json.loads(bindings(program)["SETTINGS"]["text"])
    assert settings["service"] == "claude-sandbox-acme-dev"
    assert settings["limits"]["maxTimeoutMs"] == 600_000
    assert settings["egress"] == {"allowedHosts": []}
    assert settings.keys() == {
        "service", "team", "environment", "claude", "limits", "container", "results", "egress"
    }  # fmt: skip


def test_an_image_runs_by_digest_and_is_promoted_with_its_tag() -> None:
    repository, _, digest = IMAGE.partition("@")
    program = run({"container": {"image": f"{repository}:{SANDBOX_VERSION}-abc@{digest}"}})
    application = program.resources["container-application"].inputs
    assert (application["image"], application["sandboxVersion"]) == (IMAGE, SANDBOX_VERSION)
    assert program.outputs["image"] == f"{repository}:{SANDBOX_VERSION}-abc@{digest}"
    assert program.warnings == []


def test_an_image_that_says_no_version_is_warned_of(program: Program) -> None:
    assert "sandboxVersion" not in program.resources["container-application"].inputs
    (warning,) = program.warnings
    assert "container.image says no version" in warning
    assert f"SDK, {SANDBOX_VERSION}" in warning


def test_the_containers_keep_logs_where_the_worker_does(program: Program) -> None:
    silent = run({"worker": {"observability": {"enabled": False}}})
    kept = [one.resources["container-application"].inputs["hasLogs"] for one in (program, silent)]
    assert kept == [True, False]


def test_a_preview_of_a_built_image_makes_no_call() -> None:
    program = run({"container": {"build": True}}, preview=True)
    (image,) = program.of_type(":Image")
    assert image.plain("build")["platform"] == "linux/amd64"
    assert image.plain("imageName").startswith(
        f"registry.cloudflare.com/{ACCOUNT_ID}/claude-sandbox-acme-dev:{SANDBOX_VERSION}-"
    )
    assert image.options["retainOnDelete"]
    assert program.resources["container-application"].inputs["sandboxVersion"] == SANDBOX_VERSION
    assert "pulumi:providers:docker::docker" in image.options["provider"]


@pytest.mark.parametrize(
    ("stack", "settings", "is_warned"),
    [("acme-dev", {}, False), ("dev", {}, True), ("local", {"ephemeral": True}, False)],
)
def test_a_stack_named_otherwise_than_its_resources_is_warned_of(
    stack: str, settings: dict[str, Any], *, is_warned: bool
) -> None:
    warnings = [one for one in run(settings, stack=stack).warnings if "pulumi stack rename acme-dev" in one]
    assert bool(warnings) is is_warned


def test_a_project_of_another_name_is_configured_under_its_own() -> None:
    """`pulumi new` gives the project the name that its user chooses."""
    renamed = run({}, project="my-claude")
    assert renamed.resources["worker"].inputs["name"] == "claude-sandbox-acme-dev"
