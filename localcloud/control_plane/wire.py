"""Between HTTP and the services: a request becomes a `Call`, an `Answer` becomes Cloudflare's v4 envelope."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from localcloud.control_plane.errors import ApiError, InvalidRequestError, NotImplementedHereError
from localcloud.control_plane.permissions import Area

JsonObject = dict[str, JsonValue]
ModelT = TypeVar("ModelT", bound=BaseModel)


class Body(BaseModel):
    """A request body. Fields that localcloud does not know are refused with 501, not dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Call:
    """One request, decoded. `body` is None where there was none."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: JsonValue = None

    def parse(self, model: type[ModelT]) -> ModelT:
        """The body as `model`.

        Raises:
            NotImplementedHereError: it has fields that localcloud does not know.
            InvalidRequestError: a field is missing or has the wrong type; names each, quotes none.
        """
        try:
            return model.model_validate(self.body)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False, include_context=False)
            raise self._refusal([(dotted(p["loc"]), p["type"], p["msg"]) for p in problems]) from None

    def _refusal(self, problems: list[tuple[str, str, str]]) -> ApiError:
        unknown = [where for where, kind, _ in problems if kind == "extra_forbidden"]
        if unknown:
            return NotImplementedHereError(f"{', '.join(unknown)} in the body of {self.method} {self.path}")
        return InvalidRequestError("; ".join(f"{where}: {message}" for where, _, message in problems))


def dotted(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "body"


@dataclass(frozen=True)
class Answer:
    """A success. `result_info` is there for paged lists only."""

    result: JsonValue
    status: int = 200
    result_info: JsonObject | None = None

    def envelope(self) -> JsonObject:
        envelope: JsonObject = {"success": True, "errors": [], "messages": [], "result": self.result}
        if self.result_info is not None:
            envelope["result_info"] = self.result_info
        return envelope


Handler = Callable[[Call], Answer]


def error_envelope(error: ApiError) -> JsonObject:
    item: JsonObject = {"code": error.code, "message": error.message}
    if error.meta is not None:
        item["meta"] = error.meta
    return {"success": False, "errors": [item], "messages": [], "result": None}


@dataclass(frozen=True)
class Route:
    """One implemented call. `path` is below `/client/v4`, with `{name}` for its variable parts.

    `area` names the permission that it needs; None is open to every valid token.
    """

    method: str
    path: str
    handler: Handler
    area: Area | None


def account_routes(area: Area, *calls: tuple[str, str, Handler]) -> list[Route]:
    """Calls below the account that need one area's permission: method, path, handler."""
    prefix = "/accounts/{account_id}"
    return [Route(method, prefix + path, handler, area) for method, path, handler in calls]
