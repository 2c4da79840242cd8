"""Rules about what acts on Cloudflare: the provider of each resource, and API tokens declared as code."""

from collections.abc import Iterator
from typing import Final

from rules.properties import Properties
from rules.resource import ACCOUNT_TOKEN, API_TOKEN, Resource
from rules.rule import ResourceRule

DEPLOYING_PACKAGES: Final = ("cloudflare:", "docker:")
SCRIPTS_WRITE: Final = "e086da7e2179491d91ee5f35b3ca210a"
CONTAINERS_WRITE: Final = "bdbcd690c763475a985e8641dddc09f7"
"""Permission groups Workers Scripts Write and Workers Containers Write (docs/reference/tokens.md)."""


def default_providers(resource: Resource, _options: Properties) -> Iterator[str]:
    if not resource.type.startswith(DEPLOYING_PACKAGES):
        return
    if resource.provider is None or resource.provider.startswith("default"):
        yield f"the provider is {resource.provider or 'not given'}"


def endless_api_tokens(token: Resource, _options: Properties) -> Iterator[str]:
    if "expiresOn" not in token.properties:
        yield "the API token has no expires_on"


def granted_groups(token: Resource) -> set[str | None]:
    policies = [one for one in token.properties.children("policies") if one.text("effect") == "allow"]
    return {group.text("id") for one in policies for group in one.children("permissionGroups")}


def deployers_without_containers(token: Resource, _options: Properties) -> Iterator[str]:
    groups = granted_groups(token)
    if SCRIPTS_WRITE in groups and CONTAINERS_WRITE not in groups:
        yield "the token may write Workers, but not their containers"


RULES: Final = (
    ResourceRule(
        id="provider-explicit",
        demand="Every resource of Cloudflare and Docker names its provider.",
        why="A default provider takes its token and address from whatever environment it runs in: the "
        "wrong account is one "
        "variable away.",
        fix="Declare the resource inside SandboxService, whose provider its children inherit.",
        check=default_providers,
    ),
    ResourceRule(
        id="api-tokens-expire",
        demand="An API token that a stack makes has an end.",
        why="A token without an end outlives the pipeline, and the people, that it was made for.",
        fix="Set expires_on; docs/reference/tokens.md shows the whole recipe.",
        types=(ACCOUNT_TOKEN, API_TOKEN),
        check=endless_api_tokens,
    ),
    ResourceRule(
        id="deploy-token-complete",
        demand="A token that may write Workers may write their containers too.",
        why="Without Workers Containers Write a deployment stops half way: the Worker is up, its sandbox "
        "is not.",
        fix="Add the permission group Workers Containers Write; docs/reference/tokens.md lists all groups.",
        gotcha=6,
        types=(ACCOUNT_TOKEN, API_TOKEN),
        check=deployers_without_containers,
    ),
)
