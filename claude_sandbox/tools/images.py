"""The images in the account's registry, and those that nothing needs any more."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from claude_sandbox.cli.report import Document, Report, ToolError, usage_error
from claude_sandbox.cli.session import Session
from claude_sandbox.tools.cloudflare_account import Account
from claude_sandbox.tools.registry import Image, Registry

QUOTA_BYTES: Final = 50_000_000_000
"""What an account may store, by Cloudflare's limits page."""
REFERENCE: Final = re.compile(
    r"(?:[^/]*[.:][^/]*/)?(?:[0-9a-f]{32}/)?(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?"
)
"""`[host/][account/]repository[:tag][@digest]`."""
SHOWN_REPOSITORIES: Final = 5


def list_images(session: Session) -> Report:
    """Every tag, and how much of the account's quota is used."""
    account = Account(session)
    references = account.images_in_use()
    session.tell("Reading the registry")
    images = read_images(Registry(session, account.registry_credentials("pull")))
    in_use = digests_in_use(images, references)
    shown = [document_of(one, in_use) for one in images]
    return Report({"success": True, "images": shown, "bytes": size_of(images), "quota_bytes": QUOTA_BYTES})


def prune(session: Session, repository: str | None, keep: int, *, is_confirmed: bool) -> Report:
    """Delete what no application runs, but the newest of each repository. Unless confirmed, only say what.

    Raises:
        ToolError: a call failed, or the registry has no such repository.
    """
    account = Account(session)
    references = account.images_in_use()
    session.tell("Reading the registry")
    registry = Registry(session, account.registry_credentials("pull", "push"))
    images = read_images(registry)
    if repository is not None:
        require_repository(repository, {short_name(one) for one in images})
    in_use = digests_in_use(images, references)
    doomed = [one for one in superfluous(images, in_use, keep) if repository in {None, short_name(one)}]
    left = [one for one in images if one not in doomed]
    document: Document = {
        "success": True,
        "dry_run": not is_confirmed,
        "deleted" if is_confirmed else "would_delete": [document_of(one, in_use) for one in doomed],
        "bytes_before": size_of(images),
        "bytes_after": size_of(left),
        "quota_bytes": QUOTA_BYTES,
    }
    if not is_confirmed:
        return Report({**document, "next_step": "Nothing was deleted. Call again with --yes."})
    return Report({**document, "warnings": delete_all(session, registry, doomed)})


def require_repository(name: str, known: Iterable[str]) -> None:
    """Refuse a name that finds nothing, or a typing error would look like a clean registry.

    Raises:
        ToolError: it is none of the known ones.
    """
    names = sorted(known)
    if name in names:
        return
    shown = ", ".join(names[:SHOWN_REPOSITORIES]) + (", ..." if len(names) > SHOWN_REPOSITORIES else "")
    hint = f"Use one of: {shown}" if names else "The registry is empty: there is nothing to prune."
    raise usage_error(f"The registry has no repository {name}", hint)


def delete_all(session: Session, registry: Registry, doomed: list[Image]) -> list[str]:
    for one in doomed:
        registry.delete(one)
        session.tell(f"Deleted {one.repository}:{one.tag}")
    try:
        registry.free_layers()
    except ToolError:
        return ["The registry has not freed the layers yet; it does so later."]
    return []


def read_images(registry: Registry) -> list[Image]:
    return sorted(registry.images(), key=lambda one: (one.repository, one.created, one.tag))


def digests_in_use(images: list[Image], references: set[str]) -> set[str]:
    """By digest, or by tag as older applications have it. One image may have several tags."""
    digests = {one.rpartition("@")[2] for one in references if "@" in one}
    names = {tagged_name(one) for one in references}
    return digests | {one.digest for one in images if tagged_name(f"{one.repository}:{one.tag}") in names}


def tagged_name(reference: str) -> str:
    """`repository:tag` without host and account, each of which a reference may leave out."""
    found = REFERENCE.match(reference)
    return f"{found['repository']}:{found['tag'] or 'latest'}" if found else ""


def superfluous(images: list[Image], in_use: set[str], keep: int) -> list[Image]:
    """All but those in use and the `keep` newest of each repository; one whose age is unknown stays."""
    found: list[Image] = []
    for _, group in groupby(images, key=lambda one: one.repository):
        aged = [one for one in group if one.created]
        kept = {one.digest for one in aged[len(aged) - min(keep, len(aged)) :]} | in_use
        found += [one for one in aged if one.digest not in kept]
    return found


def size_of(images: list[Image]) -> int:
    """Layers that images share count once."""
    return sum({digest: size for one in images for digest, size in one.layers.items()}.values())


def short_name(image: Image) -> str:
    """Without the account."""
    return image.repository.partition("/")[2] or image.repository


def document_of(image: Image, in_use: set[str]) -> Document:
    return {
        "repository": short_name(image),
        "tag": image.tag,
        "digest": image.digest,
        "created": image.created or None,
        "bytes": sum(image.layers.values()),
        "in_use": image.digest in in_use,
    }
