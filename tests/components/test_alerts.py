"""The alerts that a stack asks for, each as Cloudflare's API knows it; nothing where nobody is named."""

from typing import Any, get_args, get_type_hints

import pytest
from cloudflare.types.alerting import PolicyCreateParams, PolicyFilterParam

from localcloud.deploy.kinds.alerting import policy_body
from tests.components.program import ACCOUNT_ID, Declared, RefusedError, run

WEBHOOK, PAGERDUTY = "f174e90afafe4643bbbc4a0ed4fc8415", "f174e90a-fafe-4643-bbbc-4a0ed4fc8416"
EVERYTHING: dict[str, Any] = {
    "emails": ["oncall@example.com"],
    "webhooks": [WEBHOOK],
    "pagerduties": [PAGERDUTY],
    "usage": {"product": "workers_requests", "limit": 10_000_000},
}
POLICY = "cloudflare:index/notificationPolicy:NotificationPolicy"
KNOWN_TYPES = get_args(get_type_hints(PolicyCreateParams)["alert_type"])


def policies(alerts: dict[str, Any]) -> dict[str, Declared]:
    return {one.name: one for one in run({"alerts": alerts}).of_type(POLICY)}


def test_nothing_is_declared_where_nobody_is_named() -> None:
    assert policies({}) == {}


def test_incidents_of_the_platform_are_told_by_default() -> None:
    (policy,) = policies({"emails": ["oncall@example.com"]}).values()
    assert (policy.name, policy.plain("alertType")) == ("alerts-incidents", "incident_alert")
    impacts = ["INCIDENT_IMPACT_MAJOR", "INCIDENT_IMPACT_CRITICAL"]
    assert policy.plain("filters") == {"incidentImpacts": impacts}
    assert policy.plain("mechanisms") == {"emails": [{"id": "oncall@example.com"}]}
    assert "pulumi:providers:cloudflare::cloudflare" in policy.options["provider"]


def test_everybody_is_told_everything() -> None:
    declared = policies(EVERYTHING)
    assert declared.keys() == {"alerts-incidents", "alerts-usage"}
    assert declared["alerts-usage"].plain("filters") == {
        "products": ["workers_requests"],
        "limits": ["10000000"],
    }
    assert all(
        one.plain("mechanisms")
        == {
            "emails": [{"id": "oncall@example.com"}],
            "webhooks": [{"id": WEBHOOK}],
            "pagerduties": [{"id": PAGERDUTY}],
        }
        for one in declared.values()
    )


def test_two_teams_alerts_have_names_of_their_own() -> None:
    names = [
        run({"team": team, "alerts": EVERYTHING}).resources["alerts-usage"].plain("name") for team in "ab"
    ]
    assert names == ["claude-sandbox-a-dev alerts-usage", "claude-sandbox-b-dev alerts-usage"]


@pytest.mark.parametrize("name", ["alerts-incidents", "alerts-usage"])
def test_type_and_filters_are_cloudflares(name: str) -> None:
    policy = policies(EVERYTHING)[name]
    body = policy_body({key: policy.plain(key) for key in policy.inputs})
    assert body["alert_type"] in KNOWN_TYPES
    assert isinstance(body["filters"], dict)
    assert body["filters"].keys() <= PolicyFilterParam.__annotations__.keys()
    assert policy.plain("accountId") == ACCOUNT_ID


@pytest.mark.parametrize(
    ("alerts", "said"),
    [
        ({"usage": EVERYTHING["usage"]}, "alerts.usage: has nobody to tell"),
        ({"emails": ["a@example.com"], "incidents": False}, "alerts: has nothing to tell"),
        ({"emails": ["oncall"]}, "alerts.emails[0]"),
        ({"webhooks": ["https://example.com/hook"]}, "alerts.webhooks[0]"),
    ],
)
def test_alerts_that_can_not_be_sent_are_refused(alerts: dict[str, Any], said: str) -> None:
    with pytest.raises(RefusedError, match="can't be used") as caught:
        policies(alerts)
    assert said in str(caught.value)
