"""The last resource of a service: `up` ends only when the version that it deployed answers."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pulumi
from pulumi.dynamic import (
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)
from pulumi.runtime import rpc

from infra.cloudflare_client import ProviderConfiguration, connect
from infra.workers_api import WorkersApi

COMPARED: Final = ("accountId", "scriptName", "versionId", "url")
VERSION_HEADER: Final = "Worker-Version-Id"

Properties = dict[str, Any]


class LiveCheckError(RuntimeError):
    """The deployed version does not answer; the text says what was seen and what to do."""


class LiveCheckProvider(ResourceProvider):
    """Asks `GET /health` until the deployed version answers; sees a deployment that someone made by hand.

    An input that is None is absent here: the engine's protocol carries none.
    """

    serialize_as_secret_always = False
    _config: ProviderConfiguration

    def configure(self, req: ConfigureRequest) -> None:
        self._config = req.config

    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Looks at what serves, in preview too: the provider's resource can't see another's deployment."""
        changed = any(news.get(name) == rpc.UNKNOWN or olds.get(name) != news.get(name) for name in COMPARED)
        return DiffResult(changes=changed or self._serving(news) != news["versionId"])

    def create(self, props: Properties) -> CreateResult:
        return CreateResult(str(props["scriptName"]), self._live(props))

    def update(self, _id: str, _olds: Properties, news: Properties) -> UpdateResult:
        return UpdateResult(self._live(news))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """A refresh shows the version that serves now."""
        return ReadResult(id_, {**props, "servingVersionId": self._serving(props)})

    def delete(self, _id: str, _props: Properties) -> None:
        """There is nothing to delete."""

    def _live(self, props: Properties) -> Properties:
        workers = self._workers(props)
        script_name, version_id = str(props["scriptName"]), str(props["versionId"])
        if workers.serving_version_id(script_name) != version_id:
            workers.serve(script_name, version_id)
        url = str(props.get("url") or workers.workers_dev_url(script_name))
        await_version(url, version_id, timeout_seconds=float(props["timeoutSeconds"]))
        return {**props, "servingVersionId": version_id, "answeringUrl": url}

    def _serving(self, props: Properties) -> str | None:
        return self._workers(props).serving_version_id(str(props["scriptName"]))

    def _workers(self, props: Properties) -> WorkersApi:
        return WorkersApi(connect(self._config), str(props["accountId"]))


def await_version(
    url: str,
    version_id: str,
    *,
    timeout_seconds: float,
    client: httpx.Client | None = None,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until `GET <url>/health` is answered 200 by this version.

    Raises:
        LiveCheckError: it is not, after `timeout_seconds`.
    """
    deadline = now() + timeout_seconds
    pause_seconds = 0.1
    with client or httpx.Client(timeout=10) as http:
        while True:
            seen = answer_of(http, url)
            if seen == (200, version_id):
                return
            if now() >= deadline:
                raise LiveCheckError(explanation(url, version_id, seen, timeout_seconds))
            sleep(pause_seconds)
            pause_seconds = min(2 * pause_seconds, 5.0)


def answer_of(http: httpx.Client, url: str) -> tuple[int | str, str | None]:
    try:
        response = http.get(f"{url}/health")
    except httpx.HTTPError as error:
        return type(error).__name__, None
    return response.status_code, response.headers.get(VERSION_HEADER)


def explanation(url: str, version_id: str, seen: tuple[int | str, str | None], timeout_seconds: float) -> str:
    status, other = seen
    step = "see its logs with `wrangler tail`, then run `pulumi up` again"
    return (
        f"{url}/health is not answered by version {version_id} after {timeout_seconds:g} s: "
        f"last answer {status}, version {other}; {step}"
    )


@dataclass(frozen=True)
class LiveCheckArgs:
    """Inputs of `LiveCheck`.

    Args:
        account_id: Cloudflare account.
        script_name: Worker.
        version_id: that must answer.
        url: where; None for the Worker's address under workers.dev.
        timeout_seconds: until it must answer.
    """

    account_id: str
    script_name: pulumi.Input[str]
    version_id: pulumi.Input[str]
    url: str | None
    timeout_seconds: int


class LiveCheck(Resource, module="infra.live_check", name="LiveCheck"):
    """Passes when the deployed version answers; puts it back where someone has deployed another by hand.

    Attributes:
        answeringUrl: where the service is, without a trailing slash.
        servingVersionId: that gets all traffic.
    """

    answeringUrl: pulumi.Output[str]  # noqa: N815 - a dynamic resource's outputs have the properties' names
    servingVersionId: pulumi.Output[str]  # noqa: N815

    def __init__(self, name: str, args: LiveCheckArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        props = {
            "accountId": args.account_id,
            "scriptName": args.script_name,
            "versionId": args.version_id,
            "url": args.url,
            "timeoutSeconds": args.timeout_seconds,
            "answeringUrl": None,
            "servingVersionId": None,
        }
        super().__init__(LiveCheckProvider(), name, props, opts)
