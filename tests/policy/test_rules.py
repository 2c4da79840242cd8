"""Where a rule's border runs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules.bindings import BINDING_TYPES, CREDENTIALS, DURABLE_OBJECTS
from rules.catalogue import RULES
from rules.properties import Properties
from rules.resource import BUCKET, CONTAINER_APPLICATION, DYNAMIC_PREFIX, VERSION, Resource, Stack
from rules.version import exported_names

from tests.policy.fixture import declared, findings, read

RULE = {rule.id: rule for rule in RULES}
WORKER_SOURCE = Path(__file__).parents[2] / "worker" / "src"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
KNOWN_NAMES = st.sampled_from(
    [
        "bindings",
        "text",
        "name",
        "type",
        "image",
        "rules",
        "exports",
        "modules",
        "mainModule",
        "contentBase64",
        "tags",
    ]
)


def version(**settings: object) -> Resource:
    binding = {"name": "SETTINGS", "type": "plain_text", "text": json.dumps(settings)}
    return resource(VERSION, {"bindings": [binding]})


def resource(type_: str, properties: dict[str, Any], **rest: object) -> Resource:
    return declared({"type": type_, "name": "it", "properties": properties, **rest})


def messages(rule_id: str, *resources: Resource) -> list[str]:
    return [finding.message for finding in findings(RULE[rule_id], Stack(resources))]


def lifecycle(**rule: object) -> list[str]:
    age = {"type": "Age", "maxAge": 86_400}
    whole = {"enabled": True, "deleteObjectsTransition": {"condition": age}, **rule}
    bucket = resource(BUCKET, {"name": "results"})
    rules = resource(
        "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle", {"bucketName": "results", "rules": [whole]}
    )
    return messages("results-expire", bucket, rules)


@given(st.sampled_from(sorted(RULE)), st.dictionaries(KNOWN_NAMES | st.text(max_size=8), JSON, max_size=6))
def test_no_input_breaks_a_rule(rule_id: str, properties: dict[str, Any]) -> None:
    types = [one.type for one in read(rule_id, "bad").stack().resources]
    findings(RULE[rule_id], Stack(tuple(resource(type_, properties) for type_ in types)))


@pytest.mark.parametrize("value", [True, "5", 1.5, float("nan"), None, [5]])
def test_a_number_of_another_type_reads_as_absent(value: object) -> None:
    assert Properties({"it": value}).integer("it") is None


def test_bindings_are_those_that_the_worker_reads() -> None:
    files = [(WORKER_SOURCE / name).read_text() for name in ("bindings.ts", "settings.ts")]
    interfaces = [
        body for file in files for body in re.findall(r"interface \w*Bindings[^{]*\{(.*?)\}", file, re.DOTALL)
    ]
    read_names = {name for body in interfaces for name in re.findall(r"readonly (\w+)\??:", body)}
    assert read_names == {*BINDING_TYPES, *CREDENTIALS}


def test_durable_objects_are_of_the_classes_that_the_worker_reads() -> None:
    source = (WORKER_SOURCE / "bindings.ts").read_text()
    assert dict(re.findall(r"readonly (\w+): DurableObjectNamespace<(\w+)>", source)) == DURABLE_OBJECTS


def test_the_worker_calls_get_sandbox_and_not_the_old_api() -> None:
    sources = "".join(file.read_text() for file in WORKER_SOURCE.glob("*.ts"))
    assert ("getSandbox(" in sources, "Sandbox.create(" in sources) == (True, False)


@pytest.mark.parametrize("names", [(), CREDENTIALS], ids=["none", "both"])
def test_exactly_one_model_credential_is_bound(names: tuple[str, ...]) -> None:
    bindings = read("bindings-match-the-code", "good").resources[0]["properties"]["bindings"][1:]
    bound = [*bindings, *({"name": name, "type": "secret_text"} for name in names)]
    assert len(messages("bindings-match-the-code", resource(VERSION, {"bindings": bound}))) == 1


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("export{a as Sandbox,b as default};", {"Sandbox", "default"}),
        ("export {\n  Sandbox,\n  Task as Job,\n};", {"Sandbox", "Job"}),
        ("export class Task extends X {}", {"Task"}),
        ("class Sandbox {}", set()),
    ],
)
def test_exports_are_found_in_any_spelling(source: str, names: set[str]) -> None:
    assert exported_names(source) == names


def test_a_module_that_cannot_be_read_is_not_trusted() -> None:
    modules = {
        "mainModule": "index.js",
        "modules": [{"name": "index.js", "contentFile": "worker/dist/index.js"}],
    }
    assert "make" in messages("classes-exported", resource(VERSION, modules))[0]


@pytest.mark.parametrize("mode", ["bypassPermissions", "", None, "acceptedits"])
def test_an_unknown_permission_mode_is_refused(mode: str | None) -> None:
    assert messages("permission-mode", version(claude={"permissionMode": mode}))


@pytest.mark.parametrize("end", [None, "", "2027-01-31", "2027-01-31T00:00:00", "never"])
def test_a_token_needs_an_instant_as_its_end(end: str | None) -> None:
    clients = json.dumps([{"name": "ci", "tokens": [{"sha256": "a" * 64, "notAfter": end}]}])
    bindings = [{"name": "CLIENTS", "type": "secret_text", "text": clients}]
    assert messages("clients-expire", resource(VERSION, {"bindings": bindings}))


@pytest.mark.parametrize("text", ["", "null", "{}", "[", '"x"'])
def test_clients_that_are_no_list_are_refused(text: str) -> None:
    bindings = [{"name": "CLIENTS", "type": "secret_text", "text": text}]
    assert messages("clients-expire", resource(VERSION, {"bindings": bindings}))


@pytest.mark.parametrize(
    "image",
    [
        "",
        "claude",
        "claude:1@sha256:abc",
        f"claude@sha256:{'A' * 64}",
        f"claude@sha256:{'a' * 64} ",
        f"@sha256{'a' * 64}",
    ],
)
def test_only_a_whole_digest_pins_an_image(image: str) -> None:
    assert messages(
        "image-by-digest", resource(f"{DYNAMIC_PREFIX}anywhere:{CONTAINER_APPLICATION}", {"image": image})
    )


def skew(version: object) -> list[str]:
    """What is found of a promoted image, beside the Worker of the fixture."""
    worker = read("image-matches-sdk", "good").stack().resources[0]
    application = f"{DYNAMIC_PREFIX}anywhere:{CONTAINER_APPLICATION}"
    return messages("image-matches-sdk", worker, resource(application, {"sandboxVersion": version}))


@pytest.mark.parametrize(("version", "found"), [("0.12.10", 0), ("0.12.1", 1), ("0.7.0", 1), (None, 0)])
def test_a_promoted_image_is_judged_by_the_version_that_its_tag_names(
    version: str | None, found: int
) -> None:
    assert len(skew(version)) == found


@pytest.mark.parametrize(
    "rule",
    [
        {"enabled": False},
        {"conditions": {"prefix": "logs/"}},
        {"deleteObjectsTransition": {"condition": {"type": "Date", "date": "2099-01-01"}}},
        {"deleteObjectsTransition": {"condition": {"type": "Age", "maxAge": 90 * 86_400 + 86_400}}},
    ],
    ids=["disabled", "of other objects", "at a date", "after 91 days"],
)
def test_a_lifecycle_rule_that_lets_results_stay_is_found(rule: dict[str, Any]) -> None:
    assert lifecycle(**rule)


@pytest.mark.parametrize("rule", [{}, {"conditions": {"prefix": ""}}, {"conditions": {"prefix": "tasks/"}}])
def test_a_lifecycle_rule_that_covers_every_result_passes(rule: dict[str, Any]) -> None:
    assert lifecycle(**rule) == []


@pytest.mark.parametrize(
    ("environment", "found"),
    [("pr-12", 0), ("dev", 1), ("prod", 1), ("", 1), ("pr-", 1), ("pr-x", 1), ("pr-12-prod", 1), ("pr-0", 1)],
)
def test_only_the_stack_of_a_pull_request_may_lose_its_bucket(environment: str, found: int) -> None:
    assert len(messages("bucket-protected", version(environment=environment), resource(BUCKET, {}))) == found


@pytest.mark.parametrize(("environment", "found"), [("dev", 0), ("prod", 1), ("production", 1)])
def test_workers_dev_is_refused_in_production_only(environment: str, found: int) -> None:
    worker = resource(
        "cloudflare:index/worker:Worker", {"subdomain": {"enabled": True, "previewsEnabled": False}}
    )
    assert len(messages("production-address", version(environment=environment), worker)) == found


def test_access_allows_workers_dev_in_production() -> None:
    worker, production = read("production-address", "bad").stack().resources
    access = resource("cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication", {})
    assert messages("production-address", worker, production, access) == []


def test_a_reason_of_blanks_is_no_reason() -> None:
    stack = Stack((version(egress={"allowedHosts": ["pypi.org"]}),))
    assert findings(RULE["egress-denied"], stack, {"reasons": {"pypi.org": "  "}})


def test_a_wildcard_host_is_refused_even_with_a_reason() -> None:
    stack = Stack((version(egress={"allowedHosts": ["*"]}),))
    assert findings(RULE["egress-denied"], stack, {"reasons": {"*": "everything"}})
