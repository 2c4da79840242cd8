"""API tokens: the owner's, which may do everything, and those that are made to try what less would do."""

from hashlib import sha256
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from localcloud.control_plane.errors import AuthenticationError, InvalidRequestError
from localcloud.control_plane.permissions import GROUPS, Area
from localcloud.control_plane.store import Collection, Record, Store
from localcloud.control_plane.wire import Answer, Body, Call, JsonObject, Route

FORM: Final = r"^[0-9A-Za-z_-]{40,80}$"
"""The provider takes no other token (pulumi-cloudflare-wire.md 1)."""


class TokenBody(Body):
    """A token to be made. `permissions` are names of permission groups, such as `Workers Scripts Read`."""

    name: str = Field(min_length=1)
    value: Annotated[str, StringConstraints(pattern=FORM)]
    permissions: frozenset[str]


class TokenList(Body):
    """The whole document of `PUT /localcloud/tokens`."""

    tokens: list[TokenBody]


class TokenRecord(Record):
    """A token, stored under the SHA-256 of its value."""

    name: str
    permissions: frozenset[str]


class Tokens:
    """Who may enter, and with which permissions. The owner's token is in no record, and has them all."""

    def __init__(self, store: Store, owner_token: str) -> None:
        self._store = store
        self._records = Collection(store, "api_tokens", TokenRecord)
        self._owner = digest_of(owner_token)

    def permissions_of(self, authorization: str) -> frozenset[str]:
        """The permission groups behind a request's header.

        Raises:
            AuthenticationError: it holds no token of this localcloud.
        """
        scheme, _, value = authorization.partition(" ")
        digest = digest_of(value)
        if scheme != "Bearer":
            raise AuthenticationError
        if digest == self._owner:
            return GROUPS
        record = self._records.find(digest)
        if record is None:
            raise AuthenticationError
        return record.permissions

    def replace(self, call: Call) -> Answer:
        """Replace the tokens beside the owner's: a list of name, value, permissions."""
        tokens = call.parse(TokenList).tokens
        unknown = sorted(frozenset[str]().union(*(token.permissions for token in tokens)) - GROUPS)
        if unknown:
            raise InvalidRequestError(f"tokens.permissions: {', '.join(unknown)} is no permission group here")
        with self._store.transaction():
            self._records.clear()
            for token in tokens:
                record = TokenRecord(name=token.name, permissions=token.permissions)
                self._records.put(digest_of(token.value), record)
        return Answer({})

    def list_all(self, _call: Call) -> Answer:
        """List the tokens beside the owner's: names and permissions, never a value."""
        return Answer([shown(token) for token in self._records.all()])

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/localcloud/tokens", self.list_all, Area.LOCALCLOUD),
            Route("PUT", "/localcloud/tokens", self.replace, Area.LOCALCLOUD),
        ]


def digest_of(token: str) -> str:
    """Comparing digests tells nothing of the token by the time it takes."""
    return sha256(token.encode()).hexdigest()


def shown(token: TokenRecord) -> JsonObject:
    return {"name": token.name, "permissions": [*sorted(token.permissions)]}
