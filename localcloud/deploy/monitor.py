"""Pulumi's in-process test monitor, with our engine behind it instead of mocks.

What arrives is what the Pulumi CLI would get from the same program: serialized inputs, secrets and unknowns
among them, and resource options. The shape of requests is that of pulumi 3.272; everything here that could
break with another version is covered by a run of a real program in the tests.
"""

import threading
from collections.abc import Mapping
from typing import NoReturn

from google.protobuf.struct_pb2 import Struct
from pulumi.output import Unknown
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_project, get_stack
from pydantic import JsonValue

from localcloud.deploy.aliases import former_urns
from localcloud.deploy.engine import Engine
from localcloud.deploy.errors import DeployError
from localcloud.deploy.registration import UNKNOWN, JsonObject, Registered, Registration

STACK_TYPE = "pulumi:pulumi:Stack"


class NoMocks(Mocks):
    """Required by the base class; a resource or call that gets here is one that is not handled."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, JsonObject]:
        raise unsupported(f"reading the existing resource {args.name} ({args.typ})")

    def call(self, args: MockCallArgs) -> tuple[JsonObject, list[tuple[str, str]] | None]:
        raise unsupported(f"calling the function {args.token}")


class ApplyMonitor(MockMonitor):
    """Hands each custom resource to the engine, one at a time; after a failure the rest is refused."""

    def __init__(self, engine: Engine, *, disabled_default_providers: frozenset[str]) -> None:
        super().__init__(NoMocks())
        self._engine = engine
        self._disabled = disabled_default_providers
        self._applying = threading.Lock()
        self._aliases: dict[str, list[str]] = {}
        self.failure: DeployError | None = None

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """As the Pulumi engine makes it: with the types of all parents but the stack."""
        parent_type = parent.split("::")[2] if parent else ""
        qualified = f"{parent_type}${type_}" if parent_type not in {"", STACK_TYPE} else type_
        return "urn:pulumi:" + "::".join([get_stack(), get_project(), qualified, name])

    def RegisterResource(  # noqa: N802 - the name is the protocol's
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        urn = self.make_urn(request.parent, request.type, request.name)
        with self._applying:
            if self.failure:
                raise self.failure
            former_parents = self._aliases.get(request.parent, [])
            self._aliases[urn] = list(former_urns(request, former_parents, self.make_urn))
            if not request.custom:
                return resource_pb2.RegisterResourceResponse(urn=urn)
            try:
                registration = self._registration(urn, request)
                registered = self._engine.register(registration)
            except DeployError as failure:
                self.failure = failure
                raise
            return response(registration, registered)

    def RegisterStackTransform(self, request: object) -> NoReturn:  # noqa: N802, ARG002
        raise unsupported("a stack transform")

    def RegisterStackInvokeTransform(self, request: object) -> NoReturn:  # noqa: N802, ARG002
        raise unsupported("a stack invoke transform")

    def _registration(self, urn: str, request: resource_pb2.RegisterResourceRequest) -> Registration:
        require_supported(request, self._disabled)
        inputs, secret_keys, unknown_keys = plain(
            rpc.deserialize_properties(request.object, keep_unknowns=True)
        )
        return Registration(
            urn=urn,
            type=request.type,
            name=request.name,
            inputs=inputs,
            secret_keys=secret_keys | frozenset(request.additionalSecretOutputs),
            unknown_keys=unknown_keys,
            dependencies=tuple(sorted(request.dependencies)),
            aliases=tuple(self._aliases[urn]),
            ignored_changes=frozenset(request.ignoreChanges),
            replacing_changes=frozenset(request.replaceOnChanges),
            is_protected=request.protect,
            is_retained_on_delete=request.retainOnDelete,
            deletes_before_replace=request.deleteBeforeReplace,
        )


def require_supported(
    request: resource_pb2.RegisterResourceRequest, disabled_default_providers: frozenset[str]
) -> None:
    """Refuse what would not mean what it means to Pulumi.

    Raises:
        DeployError: an import, an option for one nested property, or a default provider that the stack
            disables.
    """
    if request.importId:
        raise unsupported(f"importing {request.name}")
    nested = [p for p in (*request.ignoreChanges, *request.replaceOnChanges) if not p.isidentifier()]
    if nested:
        raise unsupported(f"an option for a nested property ({', '.join(nested)})")
    if request.transforms or request.hooks.ByteSize() or request.HasField("replacement_trigger"):
        raise unsupported(f"the transforms, hooks or replacement trigger of {request.name}")
    package = request.type.split(":")[0]
    if package == "cloudflare" and not request.provider and {"*", package} & disabled_default_providers:
        raise DeployError(
            "DEFAULT_PROVIDER_DISABLED",
            f"{request.name} ({request.type}) names no provider, and the stack disables the default one",
            "Give it the explicit provider, or a parent that has it",
        )


def unsupported(what: str) -> DeployError:
    return DeployError("UNSUPPORTED", f"this deploy does not know {what}", "Leave it out, or use `pulumi up`")


def plain(properties: Mapping[str, object]) -> tuple[JsonObject, frozenset[str], frozenset[str]]:
    """Inputs as JSON, and the names of those that are secret or not known yet."""
    secret_keys = frozenset(name for name, value in properties.items() if rpc.is_rpc_secret(value))
    opened = {
        name: rpc.unwrap_rpc_secret(value) if name in secret_keys else value
        for name, value in properties.items()
    }
    unknown_keys = frozenset(name for name, value in opened.items() if holds_unknown(value))
    return {name: json_of(value) for name, value in opened.items()}, secret_keys, unknown_keys


def holds_unknown(value: object) -> bool:
    if isinstance(value, dict):
        return any(holds_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(holds_unknown(item) for item in value)
    return isinstance(value, Unknown)


def json_of(value: object) -> JsonValue:
    if isinstance(value, dict):
        return {str(key): json_of(item) for key, item in value.items()}
    if isinstance(value, list):
        return [json_of(item) for item in value]
    if isinstance(value, Unknown):
        return UNKNOWN
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise unsupported(f"an input of type {type(value).__name__}")


def response(registration: Registration, registered: Registered) -> resource_pb2.RegisterResourceResponse:
    """The answer to the program; what was secret as an input is secret as an output."""
    outputs = Struct()
    for name, value in registered.outputs.items():
        is_secret = name in registration.secret_keys
        outputs.update({name: rpc.wrap_rpc_secret(value) if is_secret else value})
    return resource_pb2.RegisterResourceResponse(urn=registration.urn, id=registered.id, object=outputs)
