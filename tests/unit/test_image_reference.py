"""Image references are read and written without loss; another version of the Sandbox server is refused."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.image_reference import ImageReference, VersionSkewError, require_same_version

DIGEST = f"sha256:{'a' * 64}"
REPOSITORY = "registry.cloudflare.com:443/acme/claude"
WORDS = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=9)


@given(st.lists(WORDS, min_size=1, max_size=4), st.none() | WORDS, st.none() | st.just(DIGEST))
def test_what_was_written_is_read(path: list[str], tag: str | None, digest: str | None) -> None:
    reference = ImageReference("/".join(path), tag, digest)
    assert ImageReference.parse(str(reference)) == reference


def test_a_port_is_no_tag() -> None:
    reference = ImageReference.parse(f"{REPOSITORY}:0.12.10-abc@{DIGEST}")
    assert reference == ImageReference(REPOSITORY, "0.12.10-abc", DIGEST)
    assert reference.by_digest == f"{REPOSITORY}@{DIGEST}"


@pytest.mark.parametrize("text", ["", "a b", f"a@{DIGEST[:-1]}", "a@sha256:"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no image reference"):
        ImageReference.parse(text)


@pytest.mark.parametrize("tag", ["0.12.9", "0.12.1", "0.12.100", "0.12.9-abc", "1.0.0-x"])
def test_another_version_is_refused(tag: str) -> None:
    with pytest.raises(VersionSkewError, match="change both together"):
        require_same_version(ImageReference(REPOSITORY, tag, DIGEST), "0.12.10")


@pytest.mark.parametrize("tag", ["0.12.10", "0.12.10-abc", "latest", "0.12", "0.12.10x", None])
def test_the_same_version_and_an_unknown_one_pass(tag: str | None) -> None:
    require_same_version(ImageReference(REPOSITORY, tag, DIGEST), "0.12.10")
