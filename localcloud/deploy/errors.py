"""Why a deploy stopped: a stable code, what is wrong, what to do next.

Never a request body, never a secret.
"""


class DeployError(Exception):
    """A deploy or destroy that did not finish. What was applied before stays, and is in the state file."""

    def __init__(self, code: str, message: str, next_step: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.next_step = next_step

    def about(self, subject: str) -> "DeployError":
        """Say which resource it was, unless the message does so already."""
        if subject not in self.message:
            self.message = f"{subject}: {self.message}"
        return self

    def __str__(self) -> str:
        return f"{self.message}. {self.next_step}"

    def document(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message, "next_step": self.next_step}
