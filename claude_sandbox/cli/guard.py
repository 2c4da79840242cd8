"""The outermost guard: one document, whatever happens around the frame. It needs next to nothing itself."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Terminated(BaseException):
    """SIGTERM came."""


def guarded(run: Callable[[], int]) -> int:
    """The exit code of `run`, which writes the document itself; where it can't, the guard does."""
    try:
        _listen(_raise_once)
        return run()
    except BaseException as error:  # noqa: BLE001 - the promise is one document on every path
        be_patient()
        return _last_words(error)


def be_patient() -> None:
    """From here on a document is written: one signal does not cut it, a second one ends the process."""
    _listen(_let_the_next_one_end)


def _listen(handler: Callable[[int, FrameType | None], None]) -> None:
    """A signal that is ignored stays so: a shell starts its background jobs like that."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _raise_once(number: int, _frame: FrameType | None) -> None:
    be_patient()
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated


def _let_the_next_one_end(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)


def _last_words(error: BaseException) -> int:
    """Without the tools' own words: whatever makes those may be what failed."""
    from claude_sandbox.cli.report import ExitCode  # noqa: PLC0415 - so that a signal while importing is met

    told, code, exit_code = {
        KeyboardInterrupt: ("Interrupted", "INTERRUPTED", ExitCode.INTERRUPTED),
        Terminated: ("Terminated", "TERMINATED", ExitCode.TERMINATED),
    }.get(type(error), (f"Internal error: {type(error).__name__}", "INTERNAL_ERROR", ExitCode.INTERNAL))
    document = f'{{\n  "success": false,\n  "error": "{told}",\n  "code": "{code}"\n}}\n'
    try:
        if sys.stdout is not None:
            os.write(sys.stdout.fileno(), document.encode())
    except OSError:
        return ExitCode.CLOSED_PIPE
    return exit_code
