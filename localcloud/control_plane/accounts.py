"""Who is asking, and which account there is: localcloud has one of each."""

from typing import Final

from localcloud.control_plane.errors import ForeignAccountError
from localcloud.control_plane.paging import page_of
from localcloud.control_plane.permissions import Area
from localcloud.control_plane.platform import ACCOUNT_ID, USER_EMAIL
from localcloud.control_plane.wire import Answer, Call, JsonObject, Route

CREDENTIAL_ID: Final = "100ca1c10ddeadbeef00000000000001"
USER_ID: Final = "100ca1c10ddeadbeef00000000000002"
ACCOUNT: Final[JsonObject] = {"id": ACCOUNT_ID, "name": "localcloud", "type": "standard"}


class Accounts:
    """The account 0123456789abcdef0123456789abcdef, its one user and its one API token."""

    def verify_token(self, _call: Call) -> Answer:
        """Tell that the token is active."""
        return Answer({"id": CREDENTIAL_ID, "status": "active"})

    def user(self, _call: Call) -> Answer:
        """Tell who the token belongs to (`wrangler whoami`, pulumi-cloudflare-wire.md 6)."""
        return Answer({"id": USER_ID, "email": USER_EMAIL})

    def memberships(self, call: Call) -> Answer:
        """List the one membership (`wrangler whoami`)."""
        membership: JsonObject = {"id": USER_ID, "status": "accepted", "account": ACCOUNT}
        return page_of([membership], call.query)

    def list_all(self, call: Call) -> Answer:
        """List the one account."""
        return page_of([ACCOUNT], call.query)

    def get(self, call: Call) -> Answer:
        """Read the account; every other id is another tenant's."""
        if call.params["account_id"] != ACCOUNT_ID:
            raise ForeignAccountError(call.params["account_id"])
        return Answer(ACCOUNT)

    def zones(self, call: Call) -> Answer:
        """List the zone that is asked for by name: here every name is a zone of the account."""
        name = call.query.get("name", "")
        zone: JsonObject = {"id": CREDENTIAL_ID, "name": name, "status": "active", "account": ACCOUNT}
        return page_of([zone] if name else [], call.query)

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/user/tokens/verify", self.verify_token, None),
            Route("GET", "/user", self.user, Area.USER),
            Route("GET", "/memberships", self.memberships, Area.MEMBERSHIPS),
            Route("GET", "/accounts", self.list_all, Area.ACCOUNT),
            Route("GET", "/accounts/{account_id}", self.get, Area.ACCOUNT),
            Route("GET", "/zones", self.zones, Area.ZONE),
        ]
