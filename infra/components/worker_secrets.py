"""The Worker's secret bindings. Values are Pulumi secrets from the configuration to the upload."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

CREDENTIAL_BINDINGS: Final = {"apiKey": "ANTHROPIC_API_KEY", "oauthToken": "CLAUDE_CODE_OAUTH_TOKEN"}
"""The name tells the Worker how the model wants its credential."""

ALL_SCOPES: Final = ("tasks:read", "tasks:write")


@dataclass(frozen=True)
class ServerAuthToken:
    """The seed's single token: `name` is the client that it becomes, `not_after` ISO 8601 or None."""

    name: str
    value: pulumi.Output[str]
    not_after: str | None


@dataclass(frozen=True)
class WorkerSecrets:
    """Who may call, and the credential of the model.

    Args:
        credential_kind: `apiKey` or `oauthToken`.
        credential: of the model.
        clients: `[{name, scopes, tokens: [{sha256, notAfter}]}]`.
        server_auth_token: becomes one more client.
    """

    credential_kind: str
    credential: pulumi.Output[str]
    clients: Sequence[Mapping[str, Any]]
    server_auth_token: ServerAuthToken | None

    def texts(self) -> dict[str, pulumi.Output[str]]:
        """Binding name to secret text. Tokens reach the Worker as digests only."""
        return {
            CREDENTIAL_BINDINGS[self.credential_kind]: pulumi.Output.secret(self.credential),
            "CLIENTS": pulumi.Output.secret(self._clients()),
        }

    def _clients(self) -> pulumi.Output[str]:
        token = self.server_auth_token
        if token is None:
            return pulumi.Output.from_input(rendered(self.clients))
        return token.value.apply(
            lambda value: rendered([default_client(token.name, value, token.not_after), *self.clients])
        )


def default_client(name: str, token: str, not_after: str | None) -> dict[str, Any]:
    digest = hashlib.sha256(token.encode()).hexdigest()
    return {"name": name, "scopes": [*ALL_SCOPES], "tokens": [{"sha256": digest, "notAfter": not_after}]}


def rendered(clients: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(clients, separators=(",", ":"), sort_keys=True)
