"""A container registry: the Docker Registry protocol, version 2, as Cloudflare's speaks it."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from claude_sandbox.cli.connection import LOOPBACK
from claude_sandbox.tools.cloudflare_account import answered, json_of

MANIFESTS: Final = ", ".join(
    (
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)


@dataclass(frozen=True)
class Image:
    """A tag of a repository. `created` is ISO 8601, empty where the image does not tell."""

    repository: str
    tag: str
    digest: str
    created: str
    layers: dict[str, int]


class Registry:
    """One registry, with credentials."""

    def __init__(self, host: str, user: str, password: str) -> None:
        scheme = "http" if host.partition(":")[0] in LOOPBACK else "https"
        self._url = f"{scheme}://{host}/v2"
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"authorization": f"Basic {pair}", "accept": MANIFESTS}

    def images(self) -> Iterator[Image]:
        for repository, tag in self._tags():
            answer = answered("GET", f"{self._url}/{repository}/manifests/{tag}", self._headers)
            manifest = json_of(answer)
            digest = answer.headers.get("docker-content-digest", "")
            yield Image(repository, tag, digest, self._created(repository, manifest), layers_of(manifest))

    def _tags(self) -> Iterator[tuple[str, str]]:
        """Cloudflare's catalogue gives the tags with the repositories, page by page."""
        query = {"tags": "true"}
        while True:
            page = json_of(answered("GET", f"{self._url}/_catalog", self._headers, params=query))
            for repository, tags in (page.get("repositories") or {}).items():
                yield from ((repository, tag) for tag in tags or [] if not tag.startswith("sha256"))
            if not page.get("cursor"):
                return
            query["cursor"] = page["cursor"]

    def _created(self, repository: str, manifest: dict[str, Any]) -> str:
        digest = (manifest.get("config") or {}).get("digest")
        if digest is None:
            return ""
        configuration = answered(
            "GET", f"{self._url}/{repository}/blobs/{digest}", self._headers, follow_redirects=True
        )
        return str(json_of(configuration).get("created", ""))

    def delete(self, image: Image) -> None:
        answered("DELETE", f"{self._url}/{image.repository}/manifests/{image.tag}", self._headers)

    def free_layers(self) -> None:
        """Let go of the layers that no image has any more."""
        answered("PUT", f"{self._url}/gc/layers", self._headers)


def layers_of(manifest: dict[str, Any]) -> dict[str, int]:
    """Size in bytes of each blob, by digest: images share them."""
    blobs = [manifest.get("config") or {}, *(manifest.get("layers") or [])]
    return {str(one["digest"]): int(one["size"]) for one in blobs if "digest" in one and "size" in one}
