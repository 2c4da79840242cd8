"""Why a deploy stopped: a stable code, what is wrong, what to do next. Never a request body, never a
secret.
"""


class DeployError(Exception):
    """A deploy or destroy that did not finish. What was applied before stays, and is in the state file."""

    def __init__(self, code: str, message: str, next_step: str) -> None:
        super().__init__(f"{message}. {next_step}")
        self.code = code
        self.message = message
        self.next_step = next_step

    def document(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message, "next_step": self.next_step}
