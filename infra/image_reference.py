"""References of container images, and the one version that Worker and image must agree on."""

import re
from dataclasses import dataclass
from typing import Final, Self

REFERENCE: Final = re.compile(
    r"(?P<repository>[^@\s]+?)(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]*))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
VERSION: Final = re.compile(r"\d+\.\d+\.\d+(?=$|-)")


class VersionSkewError(ValueError):
    """The image's Sandbox server is not of the version of the Worker's SDK."""


@dataclass(frozen=True)
class ImageReference:
    """`repository[:tag][@digest]`.

    Attributes:
        repository: host and path.
        tag: for people; we begin it with the version of the Sandbox server.
        digest: `sha256:` and 64 hexadecimal characters.
    """

    repository: str
    tag: str | None
    digest: str | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError: not of this form."""
        match = REFERENCE.fullmatch(text)
        if match is None:
            raise ValueError(f"{text} is no image reference: repository[:tag][@sha256:...]")
        return cls(match["repository"], match["tag"], match["digest"])

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.repository}{tag}" + (f"@{self.digest}" if self.digest else "")

    @property
    def by_digest(self) -> str:
        """What an application is given: a tag in it would look like a change where there is none."""
        return f"{self.repository}@{self.digest}"

    @property
    def sandbox_version(self) -> str | None:
        """Version of the Sandbox server, as far as the tag says it; a digest says nothing."""
        match = VERSION.match(self.tag or "")
        return match.group() if match else None


def require_same_version(image: ImageReference, sdk_version: str) -> None:
    """No call fails because of a mismatch, only features do, so it is refused here (sandbox-sdk 2.2).

    Raises:
        VersionSkewError: the tag names another version. One that names none can't be judged here.
    """
    if image.sandbox_version not in (None, sdk_version):
        raise VersionSkewError(
            f"{image} carries the Sandbox server {image.sandbox_version}, worker/package-lock.json the SDK "
            f"{sdk_version}; change both together: SANDBOX_IMAGE in infra/versions.py and "
            "container/Dockerfile, @cloudflare/sandbox in worker/package.json"
        )
