"""Where localcloud keeps everything: one folder, readable by its owner only."""

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The paths below `.localcloud/`; each file's format belongs to the part that writes it."""

    folder: Path

    @property
    def control_plane_database(self) -> Path:
        return self.folder / "control-plane.sqlite"

    @property
    def data_plane_socket(self) -> Path:
        return self.folder / "data-plane.sock"

    @property
    def stacks(self) -> Path:
        return self.folder / "stacks"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def endpoints(self) -> Path:
        """JSON that the supervisor writes once everything answers: its pid and the base URLs."""
        return self.folder / "endpoints.json"

    @property
    def ports(self) -> Path:
        """JSON: the ports of the last start, taken again by the next one: a stack names the model's."""
        return self.folder / "ports.json"

    @property
    def lock(self) -> Path:
        """Held by the supervisor and the data plane for as long as one of them lives."""
        return self.folder / "lock"

    @property
    def outputs(self) -> Path:
        """JSON for scripts: URLs, token files, the stack's outputs, the first task's answer."""
        return self.folder / "outputs.json"

    @property
    def api_token(self) -> Path:
        """The token that the control plane accepts, 40 characters or more as the provider demands."""
        return self.folder / "api-token"

    @property
    def auth_token(self) -> Path:
        """The bearer token of the deployed service's client `default`."""
        return self.folder / "auth-token"

    @property
    def model_credential(self) -> Path:
        """The scripted model's credentials, one a line: 64 random hex characters, of no use elsewhere."""
        return self.folder / "model-credential"

    def model_credentials(self) -> list[str]:
        """What the scripted model accepts, read anew for each request; a deploy binds the first.

        To rotate: write the new credential into a line before the old one, deploy, then remove the old one.
        """
        return self.model_credential.read_text().split()

    def prepare(self) -> None:
        """Make the folders and the tokens that are not there yet. Idempotent."""
        for folder in (self.folder, self.stacks, self.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for token in (self.api_token, self.auth_token, self.model_credential):
            if not token.exists():
                write_private(token, secrets.token_hex(32))

    def remove(self) -> None:
        """Forget everything. Nothing may run in this home."""
        shutil.rmtree(self.folder, ignore_errors=True)


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
