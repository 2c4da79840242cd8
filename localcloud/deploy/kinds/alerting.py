"""NotificationPolicy."""

from localcloud.deploy.errors import DeployError
from localcloud.deploy.kinds.kind import Made
from localcloud.deploy.kinds.native import NativeKind, account_path
from localcloud.deploy.registration import JsonObject
from localcloud.deploy.state import ResourceRecord

MECHANISMS = {"emails": "email", "webhooks": "webhooks", "pagerduties": "pagerduty"}
FILTERS = {"incidentImpacts": "incident_impact", "products": "product", "limits": "limit"}
"""The bridge's plural to the API's word (`PolicyFilterParam` of the official SDK)."""


class NotificationPolicy(NativeKind):
    """An alert's policy, put whole.

    Names are not unique, so an interrupted create is found by what was not there.
    """

    known = frozenset(
        {"accountId", "alertType", "mechanisms", "name", "alertInterval", "description", "enabled", "filters"}
    )
    replacing = frozenset({"accountId"})
    keeping = frozenset({"accountId", "name", "alertType"})

    def create(self, inputs: JsonObject) -> Made:
        answer = self.api.call("POST", policies_path(inputs), policy_body(inputs))
        return self.made(answer["id"], answer)

    def find_by_record(self, record: ResourceRecord) -> JsonObject | None:
        return self.api.find(f"{policies_path(record.kept)}/{record.id}")

    def before_create(self, kept: JsonObject) -> JsonObject:
        return {"ids": [*sorted(self._alike(kept))]}

    def find(self, kept: JsonObject, before: JsonObject) -> Made | None:
        known = before["ids"]
        new = self._alike(kept) - {str(known_id) for known_id in known} if isinstance(known, list) else set()
        return Made(new.pop()) if new else None

    def shown(self, inputs: JsonObject) -> JsonObject:
        return policy_body(inputs)

    def update(self, record: ResourceRecord, inputs: JsonObject) -> JsonObject:
        self.api.call("PUT", f"{policies_path(inputs)}/{record.id}", policy_body(inputs))
        return {}

    def delete(self, record: ResourceRecord) -> None:
        self.api.delete(f"{policies_path(record.kept)}/{record.id}")

    def _alike(self, kept: JsonObject) -> set[str]:
        policies = self.api.call("GET", policies_path(kept))["items"]
        found = (
            [policy for policy in policies if isinstance(policy, dict)] if isinstance(policies, list) else []
        )
        wanted = (kept["name"], kept["alertType"])
        return {str(policy["id"]) for policy in found if (policy["name"], policy["alert_type"]) == wanted}


def policies_path(inputs: JsonObject) -> str:
    return f"{account_path(inputs)}/alerting/v3/policies"


def policy_body(inputs: JsonObject) -> JsonObject:
    mechanisms = inputs["mechanisms"]
    named = mechanisms if isinstance(mechanisms, dict) else {}
    body: JsonObject = {
        "alert_type": inputs["alertType"],
        "name": inputs["name"],
        "enabled": inputs.get("enabled", True),
        "mechanisms": {MECHANISMS[name]: targets for name, targets in named.items()},
    }
    optional = {"description": "description", "alertInterval": "alert_interval"}
    body |= {key: inputs[name] for name, key in optional.items() if name in inputs}
    filters = inputs.get("filters")
    return body | ({"filters": filters_body(filters)} if isinstance(filters, dict) else {})


def filters_body(filters: JsonObject) -> JsonObject:
    """The filters in the API's words.

    Raises:
        DeployError: one of them is not known here, and must not be sent by a wrong name.
    """
    unknown = sorted(filters.keys() - FILTERS.keys())
    if unknown:
        raise DeployError(
            "UNSUPPORTED_INPUT",
            f"this deploy does not know the filter {', '.join(unknown)} of a notification policy",
            "Leave it out for the local stack, or teach localcloud/deploy/kinds about it",
        )
    return {FILTERS[name]: values for name, values in filters.items()}
