"""A stack that keeps its results refuses to be destroyed before anything of it is gone."""

from typing import Any

import pytest

from infra.components.destroy_guard import DestroyGuardProvider
from infra.results_kept import ResultsKeptError

PROVIDER = DestroyGuardProvider()
KEPT: dict[str, Any] = {"bucketName": "results", "isDisposable": False}
DISPOSABLE = {**KEPT, "isDisposable": True}


def test_its_end_is_refused_with_the_commands_that_allow_it() -> None:
    with pytest.raises(ResultsKeptError, match=r"bucket results are protected.*config set ephemeral true"):
        PROVIDER.delete("destroy-guard", KEPT)


def test_an_ephemeral_stack_lets_it_go() -> None:
    PROVIDER.delete("destroy-guard", DISPOSABLE)


@pytest.mark.parametrize("news", [DISPOSABLE, {**KEPT, "bucketName": "other"}])
def test_no_change_replaces_it(news: dict[str, Any]) -> None:
    diff = PROVIDER.diff("destroy-guard", KEPT, news)
    assert (diff.changes, diff.replaces) == (True, [])
    assert PROVIDER.update("destroy-guard", KEPT, news).outs == news


def test_another_release_of_the_provider_is_no_change() -> None:
    assert not PROVIDER.diff("destroy-guard", KEPT, {**KEPT, "__provider": "another"}).changes
