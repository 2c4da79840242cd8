"""Why results are not deleted, and how they may be."""

from typing import Final

HOW_THEY_MAY_GO: Final = (
    "To delete all with them: pulumi config set ephemeral true, pulumi up (without a policy pack: the rule "
    "bucket-protected is there to refuse this), then pulumi destroy. To keep them and delete the rest: "
    "docs/workflows/deploy.md, Undo"
)


class ResultsKeptError(RuntimeError):
    """Results would be lost, and nobody said that they may go. `text` says what was left alone."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text}. {HOW_THEY_MAY_GO}")
