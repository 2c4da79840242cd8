"""What is there already and is taken over: the file of `pulumi import --file`."""

from pathlib import Path

from pydantic import BaseModel, ValidationError

from localcloud.deploy.errors import DeployError


class ImportedResource(BaseModel):
    """One entry, as `pulumi preview --import-file` writes it. A component or a provider has no id."""

    type: str
    name: str = ""
    logicalName: str = ""  # noqa: N815 - the file's word
    id: str | None = None


class ImportFile(BaseModel):
    """The file; what else is in it is Pulumi's."""

    resources: list[ImportedResource]


def read_imports(path: Path) -> dict[str, str]:
    """Import ids, such as `<account>/<worker id>`, by `key_of` of their resources.

    Raises:
        DeployError: it is no such file.
    """
    try:
        document = ImportFile.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DeployError(
            "IMPORT_FILE_UNREADABLE",
            f"{path} is no file of imports: {type(error).__name__}",
            "Write it with `pulumi preview --import-file`, or as docs/workflows/upgrade.md shows",
        ) from None
    named = [(key_of(one.type, one.logicalName or one.name), one.id) for one in document.resources]
    return {key: import_id for key, import_id in named if import_id}


def key_of(type_token: str, name: str) -> str:
    return f"{type_token}::{name}"
