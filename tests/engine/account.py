"""The account behind the engine's stack: what the tests of the engine ask of it besides."""

from typing import Any

from tests.e2e.account import Account


class StackAccount(Account):
    """It holds one stack only."""

    def worker(self) -> dict[str, Any]:
        (found,) = self.call("GET", "/workers/workers")
        return dict(found)

    def bucket_names(self) -> list[str]:
        return [bucket["name"] for bucket in self.call("GET", "/r2/buckets")["buckets"]]

    def is_empty(self) -> bool:
        kinds = ("/workers/workers", "/containers/applications")
        return not self.bucket_names() and not any(self.call("GET", kind) for kind in kinds)

    def calls_since_last(self) -> dict[str, Any]:
        """Requests since the last look, with the numbers of reads and writes."""
        with self._cloud.control_plane as client:
            counted: dict[str, Any] = client.get("/localcloud/requests").json()["result"]
            client.delete("/localcloud/requests").raise_for_status()
        return counted
