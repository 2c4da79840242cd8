"""A container registry: the Docker Registry protocol, version 2, as Cloudflare's speaks it."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import httpx

from claude_sandbox.cli.connection import LOOPBACK
from claude_sandbox.cli.session import Session
from claude_sandbox.tools.cloudflare_account import answered, body_of, next_page
from claude_sandbox.tools.cloudflare_answers import Catalogue, Credentials, ImageConfiguration, Manifest

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

    def __init__(self, session: Session, credentials: Credentials) -> None:
        host = credentials.registry_host
        scheme = "http" if host.partition(":")[0] in LOOPBACK else "https"
        pair = base64.b64encode(f"{credentials.username}:{credentials.password}".encode()).decode()
        self._session = session
        self._url = f"{scheme}://{host}/v2"
        self._headers = {"authorization": f"Basic {pair}", "accept": MANIFESTS}

    def images(self) -> Iterator[Image]:
        for repository, tag in self._tags():
            answer = self._call("GET", f"/{repository}/manifests/{tag}")
            manifest = body_of(answer, Manifest)
            digest = answer.headers.get("docker-content-digest", "")
            yield Image(repository, tag, digest, self._created(repository, manifest), layers_of(manifest))

    def _tags(self) -> Iterator[tuple[str, str]]:
        """Cloudflare's catalogue gives the tags with the repositories, page by page."""
        query = {"tags": "true"}
        while True:
            answer = self._call("GET", "/_catalog", query)
            page = body_of(answer, Catalogue)
            for repository, tags in (page.repositories or {}).items():
                yield from ((repository, tag) for tag in tags or () if not tag.startswith("sha256"))
            if not page.cursor:
                return
            query["cursor"] = next_page(answer, page.cursor, query.get("cursor"))

    def _created(self, repository: str, manifest: Manifest) -> str:
        digest = manifest.config and manifest.config.digest
        if not digest:
            return ""
        answer = self._call("GET", f"/{repository}/blobs/{digest}")
        return body_of(answer, ImageConfiguration).created or ""

    def delete(self, image: Image) -> None:
        self._call("DELETE", f"/{image.repository}/manifests/{image.tag}")

    def free_layers(self) -> None:
        """Let go of the layers that no image has any more."""
        self._call("PUT", "/gc/layers")

    def _call(self, method: str, path: str, query: dict[str, str] | None = None) -> httpx.Response:
        """A blob may be elsewhere; httpx takes the credentials to no other host."""
        return answered(
            self._session,
            method,
            self._url + path,
            self._headers,
            params=query,
            follow_redirects=method == "GET",
        )


def layers_of(manifest: Manifest) -> dict[str, int]:
    """Size in bytes of each blob, by digest: images share them."""
    blobs = [*([manifest.config] if manifest.config else []), *(manifest.layers or ())]
    return {one.digest: one.size for one in blobs if one.digest is not None and one.size is not None}
