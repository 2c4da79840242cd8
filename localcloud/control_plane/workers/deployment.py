"""A deployment: which version of a Worker is live."""

from typing import Literal

from pydantic import Field

from localcloud.control_plane.errors import InvalidRequestError, NotImplementedHereError
from localcloud.control_plane.platform import USER_EMAIL
from localcloud.control_plane.store import Record
from localcloud.control_plane.wire import Body, JsonObject


class Share(Body):
    """A version's part of the traffic."""

    version_id: str
    percentage: float = Field(gt=0, le=100)


class DeploymentBody(Body):
    """A deployment (pulumi-cloudflare-wire.md 2).

    `force` changes nothing here: nothing blocks a deployment.
    """

    strategy: Literal["percentage"]
    versions: list[Share] = Field(min_length=1)
    annotations: dict[str, str] = Field(default_factory=dict)
    force: bool = False


class DeploymentRecord(Record):
    """A deployment of one version."""

    id: str
    worker_id: str
    created_on: str
    version_id: str
    annotations: dict[str, str]


def only_version(body: DeploymentBody) -> str:
    """The one version at 100 %; localcloud has one workerd per Worker and splits no traffic.

    Raises:
        InvalidRequestError: the percentages are not 100 together.
        NotImplementedHereError: several versions.
    """
    if sum(share.percentage for share in body.versions) != 100:  # noqa: PLR2004 - percent
        raise InvalidRequestError("versions: percentages must be 100 together")
    if len(body.versions) > 1:
        raise NotImplementedHereError("a deployment of several versions")
    return body.versions[0].version_id


def shown(deployment: DeploymentRecord) -> JsonObject:
    return {
        "id": deployment.id,
        "created_on": deployment.created_on,
        "source": "api",
        "author_email": USER_EMAIL,
        "strategy": "percentage",
        "versions": [{"version_id": deployment.version_id, "percentage": 100}],
        "annotations": {**deployment.annotations, "workers/triggered_by": "deployment"},
    }
