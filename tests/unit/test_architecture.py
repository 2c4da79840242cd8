"""Imports go one way."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = (
    ("infra.versions", "infra.naming", "infra.settings"),
    (
        "infra.worker_settings", "infra.bundle", "infra.bindings", "infra.cloudflare_client",
        "infra.containers_api", "infra.image_reference", "infra.r2_api", "infra.results_kept",
        "infra.workers_api",
        "infra.preflight", "infra.application", "infra.application_control", "infra.application_properties",
    ),
    ("infra.components",),
    ("infra.service_inputs", "infra.readiness"),
    ("infra.service",),
)  # fmt: skip


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    from_ = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return plain | {f"{node.module}.{alias.name}" for node in from_ for alias in node.names}


def layer(name: str) -> int:
    found = [
        number
        for number, names in enumerate(LAYERS)
        for one in names
        if name == one or name.startswith(f"{one}.")
    ]
    assert found, f"{name} has no place in the layers"
    return max(found)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", modules("infra"), ids=dotted)
def test_infra_imports_only_what_lies_below(path: Path) -> None:
    name = dotted(path)
    if name == "infra":
        return
    for imported in imports(path):
        if (
            imported.startswith("infra.")
            and imported != "infra.naming"
            and imported.split(".")[1] != "service_inputs"
        ):
            assert layer(imported) <= layer(name), f"{name} imports {imported}"


@pytest.mark.parametrize("path", modules("infra/components"), ids=dotted)
def test_components_never_import_each_other(path: Path) -> None:
    assert not any(imported.startswith("infra.components") for imported in imports(path))


@pytest.mark.parametrize("path", modules("infra/components"), ids=dotted)
def test_no_component_reads_configuration_or_environment(path: Path) -> None:
    text = path.read_text()
    assert "pulumi.Config" not in text
    assert "os.environ" not in text


@pytest.mark.parametrize("path", modules("infra/settings"), ids=dotted)
def test_settings_are_read_without_pulumi(path: Path) -> None:
    if path.stem != "loading":
        assert not any(imported.split(".")[0].startswith("pulumi") for imported in imports(path))


@pytest.mark.parametrize("path", modules("localcloud"), ids=dotted)
def test_localcloud_imports_nothing_of_the_program(path: Path) -> None:
    assert not any(
        imported.split(".")[0] in {"infra", "claude_sandbox", "policy"} for imported in imports(path)
    )


@pytest.mark.parametrize("path", modules("claude_sandbox"), ids=dotted)
def test_the_cli_imports_settings_and_nothing_else_of_infra(path: Path) -> None:
    own = {imported for imported in imports(path) if imported.split(".")[0] in {"infra", "localcloud"}}
    assert all(imported.startswith("infra.settings") for imported in own), own


def test_the_program_is_short() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) <= 25
