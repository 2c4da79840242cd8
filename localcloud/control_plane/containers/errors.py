"""The containers API's refusals: a v4 envelope whose message is JSON (cloudflare-containers-api.md 1.2)."""

import json

from pydantic import JsonValue

from localcloud.control_plane.errors import ApiError


class ApplicationError(ApiError):
    """An `ApplicationMutationError`: 400, code 1000, `{"error", "details"}` as text."""

    def __init__(self, error: str, details: JsonValue = None) -> None:
        body = {"error": error} | ({} if details is None else {"details": details})
        super().__init__(400, 1000, json.dumps(body))


class InvalidApplicationError(ApplicationError):
    """VALIDATE_INPUT: `details` maps a field to what is wrong with it."""

    def __init__(self, details: dict[str, str]) -> None:
        super().__init__("VALIDATE_INPUT", {**details})


class NamespaceNotFoundError(ApplicationError):
    """The Durable Object namespace is unknown: also before the version that brings it is deployed."""

    def __init__(self) -> None:
        super().__init__("DURABLE_OBJECT_NOT_FOUND")


class NotContainerEnabledError(ApplicationError):
    """The namespace is there, but the live version names its class in no `containers` entry."""

    def __init__(self) -> None:
        super().__init__("DURABLE_OBJECT_NOT_CONTAINER_ENABLED")


class NamespaceTakenError(ApplicationError):
    """One namespace, one application; `details` names the holder, also while that is being deleted."""

    def __init__(self, name: str, application_id: str) -> None:
        super().__init__("DURABLE_OBJECT_ALREADY_HAS_APPLICATION", {"name": name, "id": application_id})


class ApplicationNotFoundError(ApiError):
    """404; the text is unconfirmed."""

    def __init__(self) -> None:
        super().__init__(404, 1000, json.dumps({"error": "APPLICATION_NOT_FOUND"}))


class RolloutNotFoundError(ApiError):
    """404; the text is unconfirmed."""

    def __init__(self) -> None:
        super().__init__(404, 1000, json.dumps({"error": "ROLLOUT_NOT_FOUND"}))


class RegistryNotFoundError(ApiError):
    """IMAGE_REGISTRY_NOT_FOUND: only the managed registry is there."""

    def __init__(self) -> None:
        super().__init__(404, 1000, json.dumps({"error": "IMAGE_REGISTRY_NOT_FOUND"}))
