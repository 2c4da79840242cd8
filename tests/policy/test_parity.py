"""What the pack repeats, as it may not import the program, is what the program has."""

from typing import Any, get_args

from rules.bindings import CREDENTIALS, DURABLE_OBJECTS
from rules.bucket import RESULTS_PREFIX
from rules.container import ACCOUNT, INSTANCE_TYPES
from rules.settings import PERMISSION_MODES

from infra.components import durable_objects, results_bucket
from infra.components.worker_secrets import CREDENTIAL_BINDINGS
from infra.settings.parts import ClaudePart, ContainerPart, Part
from infra.settings.stack import CLASSES
from infra.versions import INSTANCE_TYPES as SIZES
from localcloud.control_plane.containers import limits


def choices(part: type[Part], field: str) -> set[Any]:
    """What a setting may be."""
    return set(get_args(part.model_fields[field].annotation))


def test_instance_types_are_those_of_the_program() -> None:
    sizes = {name: (size.vcpu, size.memory_mib, size.disk_mb) for name, size in INSTANCE_TYPES.items()}
    assert sizes == SIZES
    assert sizes.keys() == choices(ContainerPart, "instance_type")


def test_the_accounts_limits_are_those_that_localcloud_keeps() -> None:
    totals = (limits.TOTAL_VCPU, limits.TOTAL_MEMORY_MIB, limits.TOTAL_DISK_MB)
    assert (ACCOUNT.vcpu, ACCOUNT.memory_mib, ACCOUNT.disk_mb) == totals


def test_permission_modes_are_those_of_the_setting() -> None:
    assert set(PERMISSION_MODES) == choices(ClaudePart, "permission_mode")


def test_durable_objects_are_those_of_the_program() -> None:
    assert DURABLE_OBJECTS == durable_objects.BINDINGS
    assert set(DURABLE_OBJECTS.values()) == set(CLASSES)


def test_credentials_are_those_of_the_setting() -> None:
    assert set(CREDENTIALS) == set(CREDENTIAL_BINDINGS.values())
    assert CREDENTIAL_BINDINGS.keys() == choices(ClaudePart, "credential")


def test_results_lie_where_the_program_expires_them() -> None:
    assert RESULTS_PREFIX == results_bucket.RESULTS_PREFIX
