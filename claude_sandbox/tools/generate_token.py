"""A new bearer token."""

import hashlib
import os
from typing import Final

from claude_sandbox.cli.report import Report

TOKEN_BYTES: Final = 32
"""256 bits, as the seed's `openssl rand -hex 32`."""


def generate() -> Report:
    """A token, the digest by which the service knows it, and what to do with both."""
    token = os.urandom(TOKEN_BYTES).hex()  # what `secrets` does, without its imports
    digest = hashlib.sha256(token.encode()).hexdigest()
    return Report({"success": True, "token": token, "sha256": digest, "instructions": instructions()})


def instructions() -> dict[str, str]:
    return {
        "step1": "Copy the token above",
        "step2": "Run: pulumi config set --secret serverAuthToken (or put its sha256 under `clients`)",
        "step3": "Paste the token when prompted, then run: pulumi up",
        "step4": "Save this token securely - you need it for API requests",
    }
