"""What the real Pulumi provider sent gets answers with which it was content (../golden/README.md)."""

import json
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.localcloud.conftest import Cloud

Json = dict[str, Any]
GOLDEN = Path(__file__).parents[1] / "golden" / "pulumi-cloudflare-provider.jsonl"
CALLS: list[Json] = [json.loads(line) for line in GOLDEN.read_text().splitlines()]
STEPS = [(name, list(calls)) for name, calls in groupby(CALLS, key=lambda call: str(call["step"]))]
DRIFT = "refresh after the lifecycle was changed by hand"
READING = ("Workers Scripts Read", "Workers R2 Storage Read", "Notifications Read")
"""All that a refresh needs: the token of the drift pipeline, and one more for the recorded policy."""

HARMLESS = {
    "created_on",
    "updated_on",
    "deployed_on",
    "creation_date",
    "created",
    "modified",
    "references",
    "number",
    "source",
    "author_email",
    "startup_time_ms",
    "urls",
    "migration_tag",
    "cert_id",
    "filters",
}
"""Fields in which the provider sees no drift, and those that only the recording fake made up."""


class Replay:
    """Sends recorded calls with the ids that this control plane gave in place of the recorded ones."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def send(self, cloud: Cloud, call: Json) -> tuple[int, Json, Json]:
        """Status, answer and recorded answer, the latter with our ids."""
        headers = {k: v for k, v in call["headers"].items() if k.startswith("cf-")}
        answer = cloud.send(
            call["method"],
            self._ours(call["path"]).removeprefix("/client/v4"),
            params=call["query"],
            json=self._ours(call["body"]),
            headers=headers,
        )
        self._learn(call["response"].get("result"), answer.json().get("result"))
        return answer.status_code, answer.json(), self._ours(call["response"])

    def _learn(self, recorded: Any, ours: Any) -> None:  # noqa: ANN401
        if isinstance(recorded, dict) and isinstance(ours, dict):
            for key in ("id", "namespace_id", "zone_id"):
                if key in recorded:
                    self._ids[recorded[key]] = str(ours.get(key, recorded[key]))
            for key, value in recorded.items():
                self._learn(value, ours.get(key))
        elif isinstance(recorded, list) and isinstance(ours, list):
            for one, other in zip(recorded, ours, strict=False):
                self._learn(one, other)

    def _ours(self, value: Any) -> Any:  # noqa: ANN401
        text = json.dumps(value)
        for recorded, ours in self._ids.items():
            text = text.replace(recorded, ours)
        return json.loads(text)


def significant(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {key: significant(part) for key, part in value.items() if key not in HARMLESS}
    return [significant(part) for part in value] if isinstance(value, list) else value


def test_every_recorded_call_gets_an_equivalent_answer(cloud: Cloud) -> None:
    replay, reader = Replay(), cloud.as_token(*READING)
    for step, calls in STEPS:
        if step == DRIFT:
            change_lifecycle_by_hand(cloud)
        for call in calls:
            sender = reader if step.startswith("refresh") else cloud
            status, answer, recorded = replay.send(sender, call)
            context = f"{step}: {call['method']} {call['path']}"
            assert status == call["status"], context
            assert significant(answer) == significant(recorded), context


def change_lifecycle_by_hand(cloud: Cloud) -> None:
    rule = CALLS[3]["body"]["rules"][0]
    condition = {"type": "Age", "maxAge": 86400}
    rules = [{**rule, "deleteObjectsTransition": {"condition": condition}}]
    cloud.result("PUT", "/r2/buckets/probe-team-a-results/lifecycle", {"rules": rules})
