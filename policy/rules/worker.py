"""Rules about the Worker itself: how it is reached, watched, named and replaced."""

from collections.abc import Iterator
from typing import Final

from rules.environment import environment_of, is_production
from rules.properties import Properties
from rules.resource import ACCESS_APPLICATION, CUSTOM_DOMAIN, DEPLOYMENT, LIVE_CHECK, WORKER, Resource, Stack
from rules.rule import Finding, ResourceRule, StackRule

OBSERVABILITY_FIELDS: Final = ("enabled", "headSamplingRate", "logs", "traces")
LOG_FIELDS: Final = ("enabled", "headSamplingRate", "invocationLogs", "persist", "destinations")
SUBDOMAIN_FIELDS: Final = ("enabled", "previewsEnabled")


def forced(resource: Resource, _options: Properties) -> Iterator[str]:
    if resource.properties.flag("force"):
        yield "force is true"


def silent_workers(worker: Resource, _options: Properties) -> Iterator[str]:
    observability = worker.properties.child("observability")
    if not observability.flag("enabled"):
        yield "observability is off"
    elif not observability.child("logs").flag("enabled"):
        yield "logs are off"


def unstated_fields(worker: Resource, _options: Properties) -> Iterator[str]:
    observability = worker.properties.child("observability")
    stated = (
        ("subdomain", worker.properties.child("subdomain"), SUBDOMAIN_FIELDS),
        ("observability", observability, OBSERVABILITY_FIELDS),
        ("observability.logs", observability.child("logs"), LOG_FIELDS),
    )
    for path, group, names in stated:
        yield from (f"{path}.{name} is not stated" for name in names if name not in group)


def missing_tags(worker: Resource, _options: Properties) -> Iterator[str]:
    tags = worker.properties.texts("tags")
    for key in ("team", "environment"):
        if not any(tag.startswith(f"{key}:") and tag != f"{key}:" for tag in tags):
            yield f"tag {key}:<{key}> is missing"


def open_addresses(stack: Stack, _options: Properties) -> Iterator[Finding]:
    if not is_production(stack) or any(stack.all(ACCESS_APPLICATION)):
        return
    for worker in stack.all(WORKER):
        subdomain = worker.properties.child("subdomain")
        if subdomain.flag("enabled") is not False or subdomain.flag("previewsEnabled") is not False:
            yield Finding(f"workers.dev or preview addresses are on in {environment_of(stack)}", worker)


def early_domains(stack: Stack, _options: Properties) -> Iterator[Finding]:
    deployments = {one.urn for one in stack.all(DEPLOYMENT)}
    for domain in stack.all(CUSTOM_DOMAIN):
        if not domain.delete_before_replace:
            yield Finding("the domain is replaced before the old one is deleted", domain)
        if not deployments & domain.dependencies:
            yield Finding("the domain does not wait for the deployment", domain)


def unproven_workers(stack: Stack, _options: Properties) -> Iterator[Finding]:
    if not any(stack.all(LIVE_CHECK)):
        yield from (
            Finding("nothing checks that the new version answers", worker) for worker in stack.all(WORKER)
        )


RULES: Final = (
    ResourceRule(
        id="never-force",
        demand="force is never true, on a Worker or on a deployment.",
        why="A forced delete takes the Worker's Durable Objects and their data along; a forced deployment "
        "skips the checks that "
        "protect secrets.",
        fix="Remove force, and remove what still refers to the Worker first.",
        types=(WORKER, DEPLOYMENT),
        check=forced,
    ),
    ResourceRule(
        id="observability-on",
        demand="The Worker's observability and its logs are on.",
        why="Without logs nobody can tell why a task failed, nor who called.",
        fix="Set worker.observability.enabled to true.",
        types=(WORKER,),
        check=silent_workers,
    ),
    ResourceRule(
        id="worker-stated-whole",
        demand="Every field of the Worker's subdomain and observability is stated.",
        why="The provider leaves out what is not stated, or fills in its own: logs keep the server's "
        "default, preview "
        "addresses turn on with workers.dev, and every refresh shows a change.",
        fix="State the missing field, an empty destinations list too.",
        types=(WORKER,),
        check=unstated_fields,
    ),
    ResourceRule(
        id="environment-tags",
        demand="The Worker is tagged with its team and its environment.",
        why="Costs, alerts and clean-up ask whose a Worker is; several teams share one account.",
        fix="Set team and environment in the stack's settings; infra/service_inputs.py makes the tags "
        "of them.",
        types=(WORKER,),
        check=missing_tags,
    ),
    StackRule(
        id="production-address",
        demand="In production workers.dev and preview addresses are off, unless Cloudflare Access stands "
        "in front.",
        why="They go past the custom domain, and with it past its rate limits and its firewall.",
        fix="Set worker.workersDev to false and worker.customDomain to the service's name, or declare "
        "Access.",
        check=open_addresses,
    ),
    StackRule(
        id="domain-after-code",
        demand="A custom domain depends on the deployment and is deleted before it is replaced.",
        why="Else the domain serves a Worker without code at first, and a replaced domain ends up deleted: "
        "its delete comes last.",
        fix="Give WorkersCustomDomain depends_on=[deployment] and delete_before_replace=True.",
        check=early_domains,
    ),
    StackRule(
        id="live-check",
        demand="A stack with a Worker has a LiveCheck.",
        why="Without it `pulumi up` ends well although the new version does not answer.",
        fix="Declare the service through infra/service.py, which adds the check.",
        check=unproven_workers,
    ),
)
