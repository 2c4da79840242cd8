"""Dynamic resources: the program's own provider classes, called as the Pulumi engine calls them."""

import base64
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from importlib import import_module
from operator import attrgetter
from typing import Final

import dill  # type: ignore[import-untyped]
from pulumi.dynamic import Config, ConfigureRequest, ResourceProvider
from pydantic import JsonValue

from localcloud.deploy.errors import DeployError
from localcloud.deploy.kinds.kind import Change, Kind, Made
from localcloud.deploy.registration import JsonObject, Registration
from localcloud.deploy.state import ResourceRecord

PROVIDER_KEY: Final = "__provider"


class Dynamic(Kind):
    """Providers get what they get from the engine: plain values, numbers as floats, the stack's
    configuration.

    `check` gets no old inputs, since the state has none. `read` is called before every deploy, so that what
    is gone is made again and drift that the provider reports is mended.
    """

    echoes_inputs = False
    finds_interrupted = False

    def __init__(self, config: Mapping[str, str], project: str) -> None:
        self._config = config
        self._project = project
        self._providers: dict[str, ResourceProvider] = {}

    def check(self, registration: Registration) -> JsonObject:
        with calling(self._of(registration.inputs), "check") as provider:
            result = provider.check({}, dict(registration.inputs))
        if result.failures:
            reasons = "; ".join(f"{failure.property}: {failure.reason}" for failure in result.failures)
            raise DeployError("CHECK_FAILED", f"{registration.urn}: {reasons}", "Mend these inputs")
        return {**result.inputs, PROVIDER_KEY: registration.inputs[PROVIDER_KEY]}

    def compared(self, inputs: JsonObject) -> JsonObject:
        """Without the pickled provider: a new release of it is no change of the resource."""
        return {name: value for name, value in inputs.items() if name != PROVIDER_KEY}

    def kept(self, inputs: JsonObject) -> JsonObject:  # noqa: ARG002 - a dynamic resource lives on its outputs
        return {}

    def provider(self, inputs: JsonObject) -> str:
        provider_class = type(self._of(inputs))
        return f"{provider_class.__module__}:{provider_class.__qualname__}"

    def read(self, record: ResourceRecord, inputs: JsonObject) -> ResourceRecord | None:
        with calling(self._of(inputs), "read") as provider:
            result = provider.read(record.id, {**record.outputs, PROVIDER_KEY: inputs[PROVIDER_KEY]})
        if not result.id:
            return None
        return record.model_copy(update={"id": result.id, "outputs": without_provider(result.outs)})

    def change(self, record: ResourceRecord, changed: AbstractSet[str], inputs: JsonObject) -> Change:
        """A provider that does not say whether there is a change leaves it to the inputs, as with Pulumi."""
        with calling(self._of(inputs), "diff") as provider:
            result = provider.diff(record.id, dict(record.outputs), dict(inputs))
        if not (bool(changed) if result.changes is None else result.changes):
            return Change.SAME
        if not result.replaces:
            return Change.UPDATE
        return Change.REPLACE_DELETE_FIRST if result.delete_before_replace else Change.REPLACE

    def create(self, inputs: JsonObject) -> Made:
        with calling(self._of(inputs), "create") as provider:
            result = provider.create(dict(inputs))
        return Made(result.id, without_provider(result.outs))

    def update(self, record: ResourceRecord, inputs: JsonObject) -> JsonObject:
        with calling(self._of(inputs), "update") as provider:
            result = provider.update(record.id, dict(record.outputs), dict(inputs))
        return without_provider(result.outs)

    def delete(self, record: ResourceRecord) -> None:
        provider: ResourceProvider = loaded_class(record)()
        self._configure(provider)
        with calling(provider, "delete"):
            provider.delete(record.id, dict(record.outputs))

    def _of(self, inputs: JsonObject) -> ResourceProvider:
        pickled = str(inputs[PROVIDER_KEY])
        if pickled not in self._providers:
            provider: ResourceProvider = dill.loads(base64.b64decode(pickled))  # noqa: S301 - our own program's
            require_stateless(provider)
            self._configure(provider)
            self._providers[pickled] = provider
        return self._providers[pickled]

    def _configure(self, provider: ResourceProvider) -> None:
        config = Config(raw_config=dict(self._config), project_name=self._project)
        with calling(provider, "configure"):
            provider.configure(ConfigureRequest(config=config))


@contextmanager
def calling(provider: ResourceProvider, method: str) -> Iterator[ResourceProvider]:
    """Whatever a provider raises is its answer to the user: its text is shown, as the Pulumi CLI shows it."""
    try:
        yield provider
    except Exception as error:  # noqa: BLE001 - a provider may raise anything
        name = f"{type(provider).__name__}.{method}"
        raise DeployError(
            "PROVIDER_FAILED",
            f"{name} failed: {type(error).__name__}: {error}",
            "Mend the cause and run this again",
        ) from None


def require_stateless(provider: ResourceProvider) -> None:
    """Only a class that can be imported, and holds nothing, is found again when its resource goes."""
    provider_class = type(provider)
    if provider_class.__module__ == "__main__" or vars(provider):
        raise DeployError(
            "DYNAMIC_PROVIDER_NOT_IMPORTABLE",
            f"the dynamic provider {provider_class.__qualname__} is defined in the program or holds values",
            "Define it in a module, and set nothing in its __init__",
        )


def loaded_class(record: ResourceRecord) -> type[ResourceProvider]:
    """The provider's class, by the name in the state."""
    module, _, name = str(record.provider).partition(":")
    try:
        found: type[ResourceProvider] = attrgetter(name)(import_module(module))
    except (ImportError, AttributeError):
        raise DeployError(
            "DYNAMIC_PROVIDER_GONE",
            f"{record.urn} was made by {record.provider}, which cannot be imported any more",
            "Bring the class back under that name, then run this again",
        ) from None
    return found


def without_provider(outs: Mapping[str, JsonValue] | None) -> JsonObject:
    return {name: value for name, value in (outs or {}).items() if name != PROVIDER_KEY}
