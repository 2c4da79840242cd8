"""The container application, as a dynamic resource: a thin adapter on `infra.application_control`."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)
from pulumi.runtime import rpc

from infra.application import REPLACED
from infra.application_control import ApplicationControl
from infra.application_properties import FIELDS, Properties, as_it_is, desired
from infra.cloudflare_client import ProviderConfiguration, connect
from infra.containers_api import ContainersApi
from infra.versions import INSTANCE_TYPES

COMPARED: Final = (*FIELDS.values(), "rolloutTimeoutSeconds")


class ContainerApplicationProvider(ResourceProvider):
    """Credentials come by `configure` and stay in this object; nothing of them is in a property."""

    serialize_as_secret_always = False
    _config: ProviderConfiguration

    def configure(self, req: ConfigureRequest) -> None:
        self._config = req.config

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        failures = [] if is_unknown(news.get("image")) else image_failures(str(news["image"]))
        if news["instanceType"] not in INSTANCE_TYPES:
            failures.append(CheckFailure("instanceType", f"must be one of {', '.join(INSTANCE_TYPES)}"))
        if not is_unknown(news["maxInstances"]) and int(news["maxInstances"]) < 1:
            failures.append(CheckFailure("maxInstances", "must be 1 or more"))
        return CheckResult(news, failures)

    def diff(self, id_: str, olds: Properties, news: Properties) -> DiffResult:
        """What differs from the last look, and what of it makes it another application.

        A rollout under way is a change, too, since the run that started it may have ended without a word in
        the state: `update` waits for its end, or replaces it.
        """
        changed = [name for name in COMPARED if differs(olds.get(name), news.get(name))]
        return DiffResult(
            changes=bool(changed) or self._is_rolling_out(id_, news),
            replaces=[FIELDS[field] for field in REPLACED if FIELDS[field] in changed],
            stables=["applicationId"],
            delete_before_replace=True,
        )

    def create(self, props: Properties) -> CreateResult:
        application_id = self._control(props).create(desired(props))
        return CreateResult(application_id, {**props, "applicationId": application_id})

    def read(self, id_: str, props: Properties) -> ReadResult:
        """What Cloudflare has now; gone is only what it does not have any more."""
        api = self._api(props)
        answer = api.get(id_)
        if answer is None:
            return ReadResult("", {})
        return ReadResult(id_, {**props, **as_it_is(api, desired(props), answer), "applicationId": id_})

    def update(self, id_: str, _olds: Properties, news: Properties) -> UpdateResult:
        self._control(news).update(id_, desired(news))
        return UpdateResult({**news, "applicationId": id_})

    def delete(self, id_: str, props: Properties) -> None:
        self._control(props).delete(id_)

    def _is_rolling_out(self, id_: str, props: Properties) -> bool:
        answer = self._api(props).get(id_)
        return answer is not None and bool(answer.get("active_rollout_id"))

    def _api(self, props: Properties) -> ContainersApi:
        return ContainersApi(connect(self._config), str(props["accountId"]))

    def _control(self, props: Properties) -> ApplicationControl:
        return ApplicationControl(self._api(props), float(props["rolloutTimeoutSeconds"]))


def image_failures(image: str) -> list[CheckFailure]:
    if "@sha256:" in image:
        return []
    return [CheckFailure("image", "must be a digest (repository@sha256:...): a moved tag never rolls out")]


def is_unknown(value: object) -> bool:
    return bool(value == rpc.UNKNOWN)


def differs(old: object, new: object) -> bool:
    return is_unknown(new) or old != new


@dataclass(frozen=True)
class ContainerApplicationArgs:
    """Inputs of `ContainerApplication`.

    Args:
        account_id: Cloudflare account.
        name: of the application.
        script_name: Worker that has the class.
        class_name: whose objects have the containers.
        image: by digest.
        sandbox_version: of the image's Sandbox server, for a policy to judge; None where nothing says it.
        instance_type: such as `standard-1`.
        max_instances: that run at once.
        rollout_grace_seconds: that a busy instance is left alone.
        has_logs: whether Workers Logs keep what the containers write.
        rollout_timeout_seconds: that `up` waits for a rollout or a deletion.
    """

    account_id: str
    name: str
    script_name: pulumi.Input[str]
    class_name: str
    image: pulumi.Input[str]
    sandbox_version: str | None
    instance_type: str
    max_instances: int
    rollout_grace_seconds: int
    has_logs: bool
    rollout_timeout_seconds: int


class ContainerApplication(Resource, module="infra.container_application", name="ContainerApplication"):
    """Image, size and number of the containers behind a Durable Object class.

    Cloudflare's provider has no such resource (pulumi.md 1.1). Create it after the deployment: before that
    the class has no namespace.

    Attributes:
        application_id: known once it is there.
    """

    application_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: ContainerApplicationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        props = {prop: getattr(args, field) for field, prop in FIELDS.items()}
        props |= {
            "rolloutTimeoutSeconds": args.rollout_timeout_seconds,
            "sandboxVersion": args.sandbox_version,
            "applicationId": None,
        }
        super().__init__(ContainerApplicationProvider(), name, props, opts)
        self.application_id = self.id.apply(str)
