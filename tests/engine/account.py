"""The account behind the engine's stack: what the tests of the engine ask of it besides."""

from typing import Any

from tests.e2e.account import Account


class StackAccount(Account):
    """It holds one stack only."""

    def worker(self) -> dict[str, Any]:
        (found,) = self.call("GET", "/workers/workers")
        return dict(found)

    def namespaces(self) -> dict[str, str]:
        """Class to namespace."""
        listed = self.call("GET", "/workers/durable_objects/namespaces?per_page=1000")
        return {one["class"]: one["id"] for one in listed}

    def bucket_names(self) -> list[str]:
        return [bucket["name"] for bucket in self.call("GET", "/r2/buckets")["buckets"]]
