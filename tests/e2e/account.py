"""The account of a localcloud, as its owner sees it, and the calls that reached it."""

from typing import Any

from tests.e2e.cloud import Cloud


class Account:
    """The account, by hand: what somebody does in the dashboard."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def call(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        return self._cloud.call(method, path, body)

    def application(self) -> Any:  # noqa: ANN401
        (found,) = self.call("GET", "/containers/applications")
        return found

    def rollouts(self) -> list[dict[str, Any]]:
        """Of the one application, newest first."""
        listed: list[dict[str, Any]] = self.call(
            "GET", f"/containers/applications/{self.application()['id']}/rollouts"
        )
        return listed

    def inject(self, *faults: dict[str, Any]) -> None:
        """Failures of calls that are to come, as `PUT /localcloud/faults` takes them."""
        with self._cloud.control_plane as client:
            client.put("/localcloud/faults", json={"faults": [*faults]}).raise_for_status()

    def have_all_come(self) -> bool:
        """Whether the failures that were asked for have all hit a call; those left are taken back."""
        with self._cloud.control_plane as client:
            left = client.get("/localcloud/faults").raise_for_status().json()["result"]
        self.inject()
        return not left

    def calls_since_last(self) -> dict[str, Any]:
        """The calls since the last look, with the numbers of reads and writes."""
        with self._cloud.control_plane as client:
            seen: dict[str, Any] = client.get("/localcloud/requests").json()["result"]
            client.delete("/localcloud/requests").raise_for_status()
        return seen

    def writes_since_last(self) -> list[str]:
        """Method and path of the writing calls since the last look."""
        calls = self.calls_since_last()["requests"]
        return [f"{call['method']} {call['path']}" for call in calls if call["method"] != "GET"]

    def is_empty(self) -> bool:
        kinds = ("/workers/workers", "/containers/applications")
        return not self.call("GET", "/r2/buckets")["buckets"] and not any(map(self._list, kinds))

    def _list(self, path: str) -> list[Any]:
        listed: list[Any] = self.call("GET", path)
        return listed
