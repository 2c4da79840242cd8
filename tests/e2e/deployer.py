"""Deploys, previews and destroys one after the other, as the command line does, but faster."""

from dataclasses import dataclass
from typing import IO, Any

from localcloud.deploy.request import Operation, Result
from tests.e2e.cloud import Cloud


@dataclass(frozen=True)
class Deployer:
    """One stack of a cloud. `attempt` tells a failure, the others must have none."""

    cloud: Cloud
    stdin: IO[str]
    stdout: IO[str]

    def deploy(self, *config: str, **stack: Any) -> Result:  # noqa: ANN401
        return succeeded(self.attempt("deploy", *config, **stack))

    def preview(self, *config: str, **stack: Any) -> Result:  # noqa: ANN401
        return succeeded(self.attempt("preview", *config, **stack))

    def destroy(self) -> Result:
        return succeeded(self.attempt("destroy"))

    def attempt(self, operation: Operation, *config: str, **stack: Any) -> Result:  # noqa: ANN401
        """Args: `stack` replaces fields of the stack, such as its API token."""
