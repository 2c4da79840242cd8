"""Keyed digests of inputs: they tell a change, and not even a guessable secret can be read back."""

import hmac
import json
import secrets
from pathlib import Path

from pydantic import JsonValue

from localcloud.deploy.errors import DeployError
from localcloud.deploy.registration import JsonObject
from localcloud.home import write_private


class Digests:
    """HMAC-SHA-256 with a key that lies beside the state file, readable by its owner only."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, value: JsonValue) -> str:
        canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
        return hmac.digest(self._key, canonical.encode(), "sha256").hex()

    def of_each(self, inputs: JsonObject) -> dict[str, str]:
        return {name: self.of(value) for name, value in inputs.items()}


def open_digests(key_file: Path, state_file: Path, *, is_read_only: bool = False) -> Digests:
    """The stack's digests; a new stack gets a new key, which a read-only run does not store.

    Raises:
        DeployError: the key of an existing state is gone, so nothing could be told from a change.
    """
    if not key_file.exists():
        if is_read_only and not state_file.exists():
            return Digests(secrets.token_bytes(32))
        if state_file.exists():
            raise DeployError(
                "STATE_KEY_MISSING",
                f"{key_file} is gone, and without it {state_file.name} cannot be compared with the program",
                "Restore it, or start anew with `python -m localcloud reset`",
            )
        write_private(key_file, secrets.token_hex(32))
    return Digests(bytes.fromhex(key_file.read_text()))
