import signal
from collections.abc import Iterator

import pytest

from tests.tools.service import TOKEN, seed_service, served


@pytest.fixture
def healthy_url() -> Iterator[str]:
    with served(seed_service()) as url:
        yield url


@pytest.fixture
def token_environment() -> dict[str, str]:
    return {"CLAUDE_SANDBOX_TOKEN": TOKEN}


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell's background job ignores SIGINT, and so would the programs that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
