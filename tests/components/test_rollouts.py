"""Rollouts are waited for: ours, one that an interrupted run left, one that leads elsewhere."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from infra.cloudflare_client import CloudflareError
from tests.components.application_bench import DESIRED, OTHER_IMAGE, Bench, MakeBench

CHANGED = replace(DESIRED, image=OTHER_IMAGE)
TARGET = {"image": OTHER_IMAGE, "instance_type": "standard-1"}
UNLISTED = {
    "missing from the list": httpx.Response(200, json={"success": True, "result": []}),
    "no list": httpx.Response(
        404, json={"success": False, "errors": [{"code": 7003, "message": "no route"}]}
    ),
}


@pytest.mark.parametrize("change", [{"image": OTHER_IMAGE}, {"instance_type": "standard-2"}])
def test_what_instances_run_is_rolled_out_and_waited_for(bench: Bench, change: dict[str, Any]) -> None:
    bench.control.update(bench.created(), replace(DESIRED, **change))
    assert [rollout["status"] for rollout in bench.rollouts()] == ["completed"]
    assert bench.network.writes == ["POST", "POST"]


@pytest.mark.parametrize("target", [TARGET, {"image": OTHER_IMAGE}], ids=["ours", "of the image alone"])
def test_one_under_way_to_the_same_target_is_waited_for_not_doubled(
    bench: Bench, target: dict[str, str]
) -> None:
    application_id = bench.created()
    bench.roll_out(**target)
    bench.control.update(application_id, CHANGED)
    assert [rollout["status"] for rollout in bench.rollouts()] == ["completed"]


def test_one_under_way_elsewhere_is_replaced_also_where_nothing_else_changed(bench: Bench) -> None:
    application_id = bench.created()
    bench.roll_out(**TARGET)
    bench.control.update(application_id, DESIRED)
    assert [rollout["status"] for rollout in bench.rollouts()] == ["completed", "replaced"]
    assert bench.one()["configuration"]["image"] == DESIRED.image


def test_one_that_somebody_replaces_is_told(make_bench: MakeBench) -> None:
    bench = make_bench(meanwhile=lambda: bench.roll_out(instance_type="standard-2"))
    with pytest.raises(CloudflareError, match=r"ROLLOUT_ENDED.*replaced from outside.*run `pulumi up` again"):
        bench.control.update(bench.created(), CHANGED)


def test_one_that_takes_too_long_says_where_it_stands(make_bench: MakeBench) -> None:
    bench = make_bench(timeout_seconds=0)
    with pytest.raises(CloudflareError, match=r"ROLLOUT_TIMEOUT.*at step \d of 1.*run `pulumi up` again"):
        bench.control.update(bench.created(), CHANGED)


@pytest.mark.parametrize("answer", UNLISTED.values(), ids=UNLISTED)
def test_one_that_no_list_has_is_watched_at_the_application(bench: Bench, answer: httpx.Response) -> None:
    application_id = bench.created()
    bench.network.rollouts = answer
    bench.control.update(application_id, CHANGED)
    assert [rollout["status"] for rollout in bench.rollouts()] == ["completed"]
    assert "active_rollout_id" not in bench.one()


def test_one_that_no_list_has_does_not_pass_for_ended(make_bench: MakeBench) -> None:
    bench = make_bench(timeout_seconds=0)
    application_id = bench.created()
    bench.network.rollouts = UNLISTED["no list"]
    with pytest.raises(CloudflareError, match=r"ROLLOUT_TIMEOUT.*at step \? of \?"):
        bench.control.update(application_id, CHANGED)


def test_one_whose_start_was_not_answered_is_found_by_the_next_run(bench: Bench) -> None:
    application_id = bench.created()
    bench.network.loses_answer_of = "POST"
    with pytest.raises(CloudflareError, match="UNREACHABLE"):
        bench.control.update(application_id, CHANGED)
    bench.control.update(application_id, CHANGED)
    assert [rollout["status"] for rollout in bench.rollouts()] == ["completed"]
