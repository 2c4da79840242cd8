"""Transient errors, met by sending again."""

from collections.abc import Generator
from typing import Final

from claude_sandbox.client.flows import Exchange, Flow, Pause, Reply, T, transient_error

ATTEMPTS: Final = 4
FIRST_PAUSE_S: Final = 0.25


def retrying(flow: Flow[T], attempts: int) -> Flow[T]:
    """The flow, with each of its exchanges sent again where that may help and changes nothing twice."""
    reply: Reply = None
    while True:
        try:
            step = flow.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result
        reply = (yield from sent(step, attempts)) if isinstance(step, Exchange) else (yield step)


def sent(exchange: Exchange, attempts: int) -> Generator[Exchange | Pause, Reply, Reply]:
    """The last attempt's answer or error."""
    for attempt in range(1, attempts + 1):
        reply = yield exchange
        error = transient_error(reply)
        if error is None or not exchange.is_retried or attempt == attempts:
            break
        yield Pause(error.facts.retry_after_s or FIRST_PAUSE_S * 2 ** (attempt - 1), because=error)
    return reply
