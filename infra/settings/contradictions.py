"""Settings that are each right on their own, and not together."""

from collections.abc import Callable, Collection, Iterator
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from infra.settings.problems import Problem
from infra.settings.stack import CLASSES, DEFAULT_CLIENT, StackSettings

MODEL_OWNER: Final = "anthropic.com"


class Relation(NamedTuple):
    """What must hold between settings.

    Args:
        reads: paths of the settings that it is about. Where one of them is wrong itself, nothing is said.
        broken: what does not hold, given the settings and the names of the secrets that are set.
    """

    reads: tuple[str, ...]
    broken: Callable[[StackSettings, Collection[str]], Iterator[Problem]]


def contradictions(
    settings: StackSettings, secrets: Collection[str], wrong: Collection[str] = ()
) -> Iterator[Problem]:
    """Every relation that does not hold, as far as it can be known where the paths `wrong` are wrong."""
    for relation in RELATIONS:
        if not any(meet(one, read) for one in wrong for read in relation.reads):
            yield from relation.broken(settings, secrets)


def meet(path: str, other: str) -> bool:
    """Whether one is the other, or a part of it."""
    shorter, longer = sorted((path, other), key=len)
    return longer == shorter or longer.startswith((f"{shorter}.", f"{shorter}["))


def timeouts(settings: StackSettings, _secrets: Collection[str]) -> Iterator[Problem]:
    limits = settings.limits
    yield from ordered("defaultTimeoutMs", limits.default_timeout_ms, "maxTimeoutMs", limits.max_timeout_ms)


def sizes(settings: StackSettings, _secrets: Collection[str]) -> Iterator[Problem]:
    limits = settings.limits
    yield from ordered("maxTaskBytes", limits.max_task_bytes, "maxBodyBytes", limits.max_body_bytes)


def ordered(lower: str, least: int, upper: str, most: int) -> Iterator[Problem]:
    """Two limits, of which the first must not be above the second."""
    if least > most:
        rule = f"is more than limits.{upper} ({most})"
        yield Problem(f"limits.{lower}", str(least), rule, f"Lower it, or raise {upper}")


def address(settings: StackSettings, _secrets: Collection[str]) -> Iterator[Problem]:
    worker = settings.worker
    if not (worker.workers_dev or worker.custom_domain or worker.url):
        fix = "Set worker.customDomain, or turn worker.workersDev on"
        yield Problem("worker", None, "has no address", fix)


def image(settings: StackSettings, _secrets: Collection[str]) -> Iterator[Problem]:
    container = settings.container
    if (container.image is None) != container.build:
        rule = "both image and build are set" if container.build else "neither image nor build is set"
        yield Problem("container", None, rule, "Name container.image by digest, or set container.build: true")


def grace(settings: StackSettings, _secrets: Collection[str]) -> Iterator[Problem]:
    longest_seconds = settings.limits.max_timeout_ms / 1000
    if settings.container.rollout_grace_seconds < longest_seconds:
        yield Problem(
            "container.rolloutGraceSeconds",
            str(settings.container.rollout_grace_seconds),
            f"is less than the longest task ({longest_seconds:g} s), which a rollout would cut",
            "Raise it, or lower limits.maxTimeoutMs",
        )


def clients(settings: StackSettings, secrets: Collection[str]) -> Iterator[Problem]:
    names = [client.name for client in settings.clients]
    if "serverAuthToken" in secrets:
        names.append(DEFAULT_CLIENT)
    if not names:
        yield Problem(
            "clients",
            None,
            "nobody could call the service",
            "Set a token with: pulumi config set --secret serverAuthToken, or list clients",
        )
    for name in sorted({one for one in names if names.count(one) > 1}):
        yield Problem("clients", f'"{name}"', "is named twice", "Give each client a name of its own")


def flow(settings: StackSettings, _secrets: Collection[str]) -> Iterator[Problem]:
    """What the other flow would leave out without a word."""
    part = settings.durable_objects
    fix = "Set durableObjects.flow"
    if part.migration and part.flow == "exports":
        yield Problem("durableObjects.migration", None, "needs the flow migrations", fix)
    if part.renamed and part.flow == "migrations":
        yield Problem("durableObjects.renamed", None, "needs the flow exports", fix)
    if part.deleted and part.flow == "migrations" and part.migration is None:
        rule = "needs a step that deletes, on the flow migrations"
        yield Problem("durableObjects.deleted", None, rule, "Set durableObjects.migration, or remove it")


def classes(settings: StackSettings, _secrets: Collection[str]) -> Iterator[Problem]:
    part = settings.durable_objects
    for name in sorted(set(CLASSES).intersection([*part.deleted, *part.renamed])):
        rule = "is a class that the code has"
        yield Problem("durableObjects", f'"{name}"', rule, "Remove it from the list")
    for name in sorted(set(part.renamed.values()) - set(CLASSES)):
        rule = "is no class of the code"
        yield Problem("durableObjects.renamed", f'"{name}"', rule, f"Use one of {', '.join(CLASSES)}")


def egress(settings: StackSettings, _secrets: Collection[str]) -> Iterator[Problem]:
    """An allowed host is reached with every path and with what credential the sandbox has."""
    model = urlsplit(settings.claude.base_url).hostname or ""
    for host in settings.egress.allowed_hosts:
        if host == model or f".{host}".endswith(f".{MODEL_OWNER}"):
            rule = "is the model's, which a sandbox reaches through the Worker, and only so far as it must"
            yield Problem("egress.allowedHosts", f'"{host}"', rule, "Remove it")


def alerts(settings: StackSettings, _secrets: Collection[str]) -> Iterator[Problem]:
    part = settings.alerts
    if part.usage and not part.has_receivers:
        yield Problem("alerts.usage", None, "has nobody to tell", "Add an address to alerts.emails")
    if part.has_receivers and not (part.incidents or part.usage):
        yield Problem("alerts", None, "has nothing to tell", "Set alerts.incidents or alerts.usage")


RELATIONS: Final = (
    Relation(("alerts",), alerts),
    Relation(("container.image", "container.build"), image),
    Relation(("container.rolloutGraceSeconds", "limits.maxTimeoutMs"), grace),
    Relation(("clients",), clients),
    Relation(("durableObjects",), flow),
    Relation(("durableObjects",), classes),
    Relation(("egress.allowedHosts", "claude.baseUrl"), egress),
    Relation(("limits.defaultTimeoutMs", "limits.maxTimeoutMs"), timeouts),
    Relation(("limits.maxTaskBytes", "limits.maxBodyBytes"), sizes),
    Relation(("worker.workersDev", "worker.customDomain", "worker.url"), address),
)
