"""Programs that do nothing but remember how they were called."""

from collections.abc import Mapping

from pipelines.programs import ProgramError

Arguments = tuple[str, ...]


class FakeProgram:
    """Answers by the longest beginning of the arguments that `answers` has; everything else with nothing.

    Args:
        answers: beginning of the arguments to the output; None where the program fails.

    Attributes:
        calls: every call's arguments, in order.
    """

    def __init__(self, answers: Mapping[Arguments, str | None] | None = None) -> None:
        self._answers = answers or {}
        self.calls: list[Arguments] = []

    def run(self, *arguments: str) -> None:
        self.read(*arguments)

    def read(self, *arguments: str) -> str:
        self.calls.append(arguments)
        matching = [start for start in self._answers if arguments[: len(start)] == start]
        answer = self._answers[max(matching, key=len)] if matching else ""
        if answer is None:
            raise ProgramError("fake", arguments, 1)
        return answer
