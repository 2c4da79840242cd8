"""What Cloudflare and its registry answer, as far as the tools read it. More keys are left alone."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Plain = Annotated[str, Field(pattern=r"^[!-~]+$")]
"""Visible ASCII: what an address or a header can carry."""


class Body(BaseModel):
    """A JSON object of Cloudflare's."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class Configuration(Body):
    """Of a container application. `image`: `repository[:tag][@digest]`."""

    image: str = ""


class Application(Body):
    """One of the account's container applications."""

    configuration: Configuration | None = None


class PageInfo(Body):
    """Where the next page of a list is."""

    next_page_token: str | None = None


class Applications(Body):
    """`GET /containers/applications`."""

    success: Literal[True]
    result: tuple[Application, ...]
    result_info: PageInfo | None = None


class Credentials(Body):
    """For the registry, short-lived."""

    registry_host: Plain
    username: Plain
    password: Plain


class IssuedCredentials(Body):
    """`POST /containers/registries/{registry}/credentials`."""

    success: Literal[True]
    result: Credentials


class Catalogue(Body):
    """`GET /v2/_catalog?tags=true`: tags by repository."""

    repositories: dict[Plain, tuple[Plain, ...] | None] | None = None
    cursor: str | None = None


class Blob(Body):
    """A part of an image. Size in bytes."""

    digest: str | None = None
    size: Annotated[int, Field(ge=0)] | None = None


class Manifest(Body):
    """Of one image: its configuration and its layers."""

    config: Blob | None = None
    layers: tuple[Blob, ...] | None = None


class ImageConfiguration(Body):
    """The blob that a manifest's `config` names. `created` is ISO 8601."""

    created: str | None = None
