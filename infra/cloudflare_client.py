"""The official SDK's client, and its failures in words that name cause and next step."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import cloudflare
import httpx
from cloudflare import Cloudflare

READ_RETRIES: Final = 4
"""Reads are repeated by the SDK; deletes are retried too, as what is gone is no failure. What else writes
looks first and decides itself (`writing`)."""


class ProviderConfiguration(Protocol):
    """A dynamic provider's view of the stack's configuration."""

    def get(self, key: str) -> str | None: ...


class CloudflareError(RuntimeError):
    """A call that Cloudflare refused or that did not arrive.

    Args:
        code: Cloudflare's word for it, such as `DURABLE_OBJECT_NOT_FOUND`, else `HTTP_<status>`, or
            `UNREACHABLE`; our own where no call failed: `NO_TOKEN`, `NAME_HELD`, `APPLICATION_GONE`,
            `NAMESPACE_NOT_FOUND`, `ROLLOUT_ENDED`, `ROLLOUT_TIMEOUT`, `DELETE_TIMEOUT`.
        text: cause and next step; never a request body, never a credential.
        details: what the containers API says beside the code.
        may_have_happened: whether the call may have taken effect all the same: its answer was lost, or it
            came from something between us and the API, as 502 and 52x do.
    """

    def __init__(
        self,
        code: str,
        text: str,
        details: dict[str, str] | None = None,
        *,
        may_have_happened: bool = False,
    ) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.details = details or {}
        self.may_have_happened = may_have_happened


NEXT_STEPS: Final = {
    "HTTP_401": "the API token is wrong or expired, or lacks a permission; "
    "docs/reference/tokens.md lists them",
    "HTTP_403": "the API token may not do this on this account; docs/reference/tokens.md lists what it needs",
    "HTTP_404": "there is nothing of that id on this account; run `pulumi refresh`",
    "HTTP_409": "another change is under way or the name is taken; wait a minute and run this again",
    "HTTP_429": "Cloudflare limits the rate of calls; wait five minutes and run this again",
    "DURABLE_OBJECT_NOT_FOUND": "the Worker's version with this class is not deployed; run `pulumi up` again",
    "DURABLE_OBJECT_NOT_CONTAINER_ENABLED": "the deployed version names the class in no `containers` entry; "
    "run `pulumi up` again, and ask Cloudflare's support if it stays",
    "DURABLE_OBJECT_ALREADY_HAS_APPLICATION": "another container application holds the namespace; delete "
    "it with: wrangler containers delete <id>",
    "IMAGE_REGISTRY_NOT_CONFIGURED": "the image's registry is not known to the account; push the image to "
    "registry.cloudflare.com",
    "IMAGE_REGISTRY_RETURNED_ERROR": "the image's registry refused; push the image to "
    "registry.cloudflare.com",
    "IMAGE_REGISTRY_DOESNT_CONTAIN_IMAGE": "the image is not in the registry; push it, or set "
    "container.image to a digest that is there",
    "SURPASSED_BASE_LIMITS": "one instance may not be that large on this account; choose a smaller "
    "container.instanceType",
    "SURPASSED_TOTAL_LIMITS": "the account's limits are used up; lower container.maxInstances or ask "
    "Cloudflare to raise them",
    "VALIDATE_INPUT": "Cloudflare refuses a field, which the details name; upgrade as "
    "docs/workflows/upgrade.md says",
}


@contextmanager
def explained(action: str) -> Iterator[None]:
    """Raise whatever the SDK raises as a `CloudflareError`; `action` says what was tried: "create x"."""
    try:
        yield
    except cloudflare.APIStatusError as error:
        raise refused(action, error) from None
    except cloudflare.APIConnectionError as error:
        text = f"cannot {action}: {type(error).__name__}; check the network, then run this again"
        raise CloudflareError("UNREACHABLE", text, may_have_happened=True) from None


def refused(action: str, error: cloudflare.APIStatusError) -> CloudflareError:
    code, details = refusal(error)
    status = f"HTTP_{error.status_code}"
    step = NEXT_STEPS.get(code) or NEXT_STEPS.get(status) or "try again; see https://www.cloudflarestatus.com"
    shown = "".join(f", {name} {value}" for name, value in details.items())
    return CloudflareError(
        code,
        f"cannot {action} ({error.status_code}{shown}): {step}",
        details,
        may_have_happened=error.status_code >= httpx.codes.INTERNAL_SERVER_ERROR,
    )


def refusal(error: cloudflare.APIStatusError) -> tuple[str, dict[str, str]]:
    """The containers API's message is JSON again: `{"error", "details"}` (containers-api.md 1.2)."""
    try:
        inner = json.loads(error.errors[0].message or "")
        details = inner.get("details") or {}
        return str(inner["error"]), {str(name): str(value) for name, value in details.items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        return f"HTTP_{error.status_code}", {}


def connect(config: ProviderConfiguration) -> Cloudflare:
    """A client for the account of this run. Configuration wins over the environment, as with the provider.

    Raises:
        CloudflareError: no token.
    """
    token = config.get("cloudflare:apiToken") or os.environ.get("CLOUDFLARE_API_TOKEN")
    if not token:
        raise CloudflareError("NO_TOKEN", "set CLOUDFLARE_API_TOKEN, or cloudflare:apiToken as a secret")
    base_url = config.get("cloudflare:baseUrl") or os.environ.get("CLOUDFLARE_BASE_URL")
    return Cloudflare(api_token=token, base_url=base_url, max_retries=READ_RETRIES)


def writing(client: Cloudflare) -> Cloudflare:
    """The same client, which sends each call once: a write whose answer was lost is not blindly repeated."""
    return client.with_options(max_retries=0)
