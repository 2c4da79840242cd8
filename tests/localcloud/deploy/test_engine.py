"""What the deploy does to resources that are new, changed, gone, protected or no longer declared."""

from dataclasses import replace

import pytest

from localcloud.deploy.errors import DeployError
from localcloud.deploy.registration import Registration
from localcloud.deploy.state import StateFile
from tests.localcloud.conftest import SECRET
from tests.localcloud.deploy.conftest import Register, Service, Site, resource


def refused(site: Site, program: Service) -> str:
    with pytest.raises(DeployError) as refusal:
        site.deploy(program)
    return refusal.value.code


def test_first_deploy_creates_everything(site: Site) -> None:
    assert site.deploy(Service()) == {"created": 7}
    assert site.inventory()["buckets"] == ["demo-results"]


def test_second_deploy_writes_nothing(site: Site) -> None:
    site.deploy(Service())
    site.writes()
    before = site.state.read_bytes()
    assert site.deploy(Service()) == {"unchanged": 7}
    assert site.writes() == []
    assert site.state.read_bytes() == before


def test_code_change_is_one_version_and_one_deployment(site: Site) -> None:
    site.deploy(Service())
    site.writes()
    site.deploy(Service(code="export default 1;"))
    assert [call.rsplit("/", 1)[-1] for call in site.writes()] == ["versions", "deployments"]


def test_rotated_secret_is_a_new_version(site: Site) -> None:
    site.deploy(Service())
    counts = site.deploy(Service(secret="another"))
    assert counts == {"unchanged": 5, "replaced": 2}
    assert "another" in str(site.cloud.data_plane.workers["demo"]["bindings"])


def test_order_of_bindings_alone_is_a_new_version(site: Site) -> None:
    site.deploy(Service())
    assert site.deploy(Service(order=("KEY", "RESULTS")))["replaced"] == 2


def test_changed_settings_are_one_put(site: Site) -> None:
    site.deploy(Service())
    site.writes()
    site.deploy(Service(tags=("x",)))
    assert [call.split("/")[0] for call in site.writes()] == ["PUT "]


def test_new_name_replaces_the_bucket_and_renames_the_worker(site: Site) -> None:
    site.deploy(Service())
    site.deploy(Service(name="other"))
    inventory = site.inventory()
    assert (inventory["buckets"], list(inventory["workers"])) == (["other-results"], ["other"])
    assert inventory["domains"] == [("other.example.com", "other")]


def test_resource_no_longer_declared_is_deleted(site: Site) -> None:
    site.deploy(Service())
    assert site.deploy(Service(has_domain=False))["deleted"] == 1
    assert site.inventory()["domains"] == []


def test_resource_deleted_by_hand_is_made_again(site: Site) -> None:
    site.deploy(Service())
    before = site.inventory()
    for path in ("/r2/buckets/demo-results", "/workers/workers/demo"):
        site.cloud.result("DELETE", path)
    site.deploy(Service())
    assert site.inventory() == before


def test_failed_deploy_goes_on_where_it_stopped(site: Site) -> None:
    site.cloud.data_plane.start_error = "Uncaught Error"
    assert refused(site, Service()) == "API_ERROR"
    site.cloud.data_plane.start_error = None
    assert site.deploy(Service()) == {"unchanged": 4, "created": 3}


def test_failed_program_deletes_nothing(site: Site) -> None:
    site.deploy(Service())

    def broken(register: Register) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        site.deploy(broken)
    assert site.deploy(Service()) == {"unchanged": 7}


def test_preview_writes_nothing(site: Site) -> None:
    site.deploy(Service())
    site.writes()
    before = site.state.read_bytes()
    counts = site.deploy(Service(name="other", has_domain=False), is_preview=True)
    assert (counts["replaced"], counts["updated"], counts["deleted"]) == (4, 2, 1)
    assert (site.writes(), site.state.read_bytes()) == ([], before)


def test_destroy_leaves_nothing(site: Site) -> None:
    site.deploy(Service())
    assert site.destroy() == {"deleted": 4}
    assert site.inventory() == {"buckets": [], "workers": {}, "domains": [], "policies": []}
    assert StateFile(site.state).state.resources == []


def test_destroy_deletes_dependents_first(site: Site) -> None:
    site.deploy(Service())
    site.writes()
    site.destroy()
    order = [call.split("/")[6] for call in site.writes()]
    assert order.index("domains") < order.index("workers")


def test_destroy_goes_on_after_a_resource_was_deleted_by_hand(site: Site) -> None:
    site.deploy(Service())
    site.cloud.result("DELETE", "/r2/buckets/demo-results")
    assert site.destroy() == {"deleted": 4}


def test_destroy_touches_nothing_where_a_resource_is_protected(site: Site) -> None:
    site.deploy(Service(is_protected=True))
    site.writes()
    with pytest.raises(DeployError, match="results"):
        site.destroy()
    assert site.writes() == []


def test_protected_resource_is_not_replaced(site: Site) -> None:
    site.deploy(Service(is_protected=True))
    assert refused(site, Service(name="other", is_protected=True)) == "PROTECTED"


def test_protected_resource_no_longer_declared_is_not_deleted(site: Site) -> None:
    site.deploy(Service(is_protected=True))
    with pytest.raises(DeployError, match="protected"):
        site.deploy(lambda _register: None)
    assert site.inventory()["buckets"] == ["demo-results"]


def test_destroy_of_a_full_bucket_names_the_command_that_empties_it(site: Site) -> None:
    site.deploy(Service())
    site.cloud.data_plane.buckets["demo-results"]["tasks/1"] = 1
    with pytest.raises(DeployError, match="empty-bucket demo-results") as refusal:
        site.destroy()
    assert refusal.value.code == "BUCKET_NOT_EMPTY"
    assert site.inventory() == {"buckets": ["demo-results"], "workers": {}, "domains": [], "policies": []}


def test_unknown_type_is_named(site: Site) -> None:
    with pytest.raises(DeployError, match="cloudflare:index/queue:Queue") as refusal:
        declare(site, resource("cloudflare:index/queue:Queue", "q"))
    assert refusal.value.code == "UNSUPPORTED_RESOURCE"


def test_unknown_input_is_named(site: Site) -> None:
    with pytest.raises(DeployError, match="publicAccess"):
        declare(site, resource("R2Bucket", "b", name="bbb", publicAccess=True))


def test_declaring_a_resource_twice_is_refused(site: Site) -> None:
    def twice(register: Register) -> None:
        register(resource("R2Bucket", "b", name="bbb"))
        register(resource("R2Bucket", "b", name="bbb"))

    with pytest.raises(DeployError, match="twice"):
        site.deploy(twice)


def test_ignored_change_is_no_change(site: Site) -> None:
    bucket = resource("R2Bucket", "b", name="bbb", storageClass="Standard")
    changed = resource("R2Bucket", "b", name="bbb", storageClass="InfrequentAccess")
    ignoring = replace(changed, ignored_changes=frozenset({"storageClass"}))
    assert declare(site, bucket) == {"created": 1}
    assert declare(site, ignoring) == {"unchanged": 1}
    assert declare(site, changed) == {"updated": 1}


def test_change_that_is_to_replace_replaces(site: Site) -> None:
    bucket = resource("R2Bucket", "b", name="bbb", storageClass="Standard")
    changed = resource("R2Bucket", "b", name="bbb", storageClass="InfrequentAccess")
    declare(site, bucket)
    replacing = frozenset({"storageClass"})
    counts = declare(site, replace(changed, replacing_changes=replacing, deletes_before_replace=True))
    assert counts == {"replaced": 1}


def test_failure_names_the_resource(site: Site) -> None:
    with pytest.raises(DeployError, match=r"::b: POST .* answered 400: 10005"):
        declare(site, resource("R2Bucket", "b", name="Bad Name"))


def test_preview_of_a_new_stack_leaves_no_file(site: Site) -> None:
    site.deploy(Service(), is_preview=True)
    assert list(site.folder.iterdir()) == []


def test_renamed_resource_keeps_its_identity_by_alias(site: Site) -> None:
    old = resource("R2Bucket", "old", name="bbb")
    new = resource("R2Bucket", "new", name="bbb")
    declare(site, old)
    assert declare(site, replace(new, aliases=(old.urn,))) == {"unchanged": 1}
    assert declare(site, new) == {"unchanged": 1}


def test_retained_resource_is_forgotten(site: Site) -> None:
    declare(site, replace(resource("R2Bucket", "b", name="bbb"), is_retained_on_delete=True))
    assert site.destroy() == {"forgotten": 1}
    assert site.inventory()["buckets"] == ["bbb"]


def test_name_of_somebody_else_is_refused(site: Site) -> None:
    site.cloud.result("POST", "/r2/buckets", {"name": "demo-results"})
    assert refused(site, Service()) == "API_ERROR"


def test_state_and_key_are_for_the_owner_only_and_hold_no_secret(site: Site) -> None:
    site.deploy(Service())
    files = [site.state, site.folder / "local.key"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert SECRET not in "".join(file.read_text() for file in files)


def test_state_without_its_key_is_refused(site: Site) -> None:
    site.deploy(Service())
    (site.folder / "local.key").unlink()
    assert refused(site, Service()) == "STATE_KEY_MISSING"


def declare(site: Site, registration: Registration) -> dict[str, int]:
    def program(register: Register) -> None:
        register(registration)

    return site.deploy(program)
