"""Notification policies: stored and echoed; nothing here ever sends an alert."""

from uuid import uuid4

from localcloud.control_plane.errors import ApiError
from localcloud.control_plane.permissions import Area
from localcloud.control_plane.platform import Platform
from localcloud.control_plane.store import Collection, Record
from localcloud.control_plane.wire import Answer, Body, Call, JsonObject, Route, account_routes


class PolicyBody(Body):
    """What the provider sends, on create and on update: the full document (pulumi-cloudflare-wire.md 2)."""

    alert_type: str
    name: str
    enabled: bool
    mechanisms: JsonObject
    description: str = ""
    filters: JsonObject | None = None
    alert_interval: str | None = None


class PolicyRecord(Record):
    """A policy. `created` and `modified` are ISO 8601."""

    id: str
    created: str
    modified: str
    settings: PolicyBody


class PolicyNotFoundError(ApiError):
    """404; the number is unconfirmed."""

    def __init__(self) -> None:
        super().__init__(404, 17000, "notification policy not found")


class Alerting:
    """Notification policies. Their names are not unique, ids are."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._policies = Collection(platform.store, "notification_policies", PolicyRecord)

    def create(self, call: Call) -> Answer:
        """Create a notification policy; answers its id only (pulumi-cloudflare-wire.md 2)."""
        settings = call.parse(PolicyBody)
        now = self._platform.timestamp()
        policy = PolicyRecord(id=str(uuid4()), created=now, modified=now, settings=settings)
        self._policies.put(policy.id, policy)
        return Answer({"id": policy.id})

    def list_all(self, _call: Call) -> Answer:
        """List notification policies."""
        return Answer([shown(policy) for policy in self._policies.all()])

    def get(self, call: Call) -> Answer:
        """Read a notification policy. Unset `filters` are null: `{}` would be an update on every refresh."""
        return Answer(shown(self._named(call)))

    def update(self, call: Call) -> Answer:
        """Replace a notification policy."""
        policy = self._named(call)
        change = {"settings": call.parse(PolicyBody), "modified": self._platform.timestamp()}
        self._policies.put(policy.id, policy.model_copy(update=change))
        return Answer({"id": policy.id})

    def delete(self, call: Call) -> Answer:
        """Delete a notification policy; the answer needs a body (pulumi-cloudflare-wire.md 2)."""
        self._policies.remove(self._named(call).id)
        return Answer({})

    def routes(self) -> list[Route]:
        one = "/alerting/v3/policies/{policy_id}"
        return account_routes(
            Area.NOTIFICATIONS,
            ("POST", "/alerting/v3/policies", self.create),
            ("GET", "/alerting/v3/policies", self.list_all),
            ("GET", one, self.get),
            ("PUT", one, self.update),
            ("DELETE", one, self.delete),
        )

    def _named(self, call: Call) -> PolicyRecord:
        policy = self._policies.find(call.params["policy_id"])
        if policy is None:
            raise PolicyNotFoundError
        return policy


def shown(policy: PolicyRecord) -> JsonObject:
    unset = {"alert_interval"} if policy.settings.alert_interval is None else set()
    settings = policy.settings.model_dump(mode="json", exclude=unset)
    return {"id": policy.id, "created": policy.created, "modified": policy.modified, **settings}
