"""The account behind the engine's stack: changed by hand as in the dashboard, and what was called."""

from typing import Any

from tests.engine.engine import Engine


class Account:
    """Paths are those below the account."""

    def __init__(self, engine: Engine) -> None:
        self._cloud = engine.cloud
        self._prefix = f"/accounts/{engine.settings['accountId']}"

    def call(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        with self._cloud.control_plane as client:
            answer = client.request(method, f"{self._prefix}{path}", json=body).raise_for_status()
        return answer.json()["result"]

    def application(self) -> dict[str, Any]:
        (found,) = self.call("GET", "/containers/applications")
        return dict(found)

    def rollouts(self) -> list[dict[str, Any]]:
        return list(self.call("GET", f"/containers/applications/{self.application()['id']}/rollouts"))

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

    def inject(self, **fault: Any) -> None:  # noqa: ANN401
        with self._cloud.control_plane as client:
            client.put("/localcloud/faults", json={"faults": [fault]}).raise_for_status()
