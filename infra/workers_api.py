"""What the provider does not tell about a Worker: which version serves, and where it answers."""

from typing import Any

import cloudflare
from cloudflare import Cloudflare

from infra.cloudflare_client import explained, writing


class WorkersApi:
    """One account's Workers. Every method raises `CloudflareError`."""

    def __init__(self, client: Cloudflare, account_id: str) -> None:
        self._client = client
        self._account_id = account_id

    def workers_dev_url(self, script_name: str) -> str:
        """The Worker's address under the account's workers.dev subdomain."""
        with explained("read the account's workers.dev subdomain"):
            answer = self._client.workers.subdomains.get(account_id=self._account_id)
        return f"https://{script_name}.{answer.subdomain}.workers.dev"

    def serving_version_id(self, script_name: str) -> str | None:
        """The version that gets all traffic; None while there is no Worker or none, or several share it."""
        path = f"/accounts/{self._account_id}/workers/scripts/{script_name}/deployments"
        with explained(f"read the deployments of {script_name}"):
            try:
                answer = self._client.get(path, cast_to=dict[str, Any])  # its list() reads another shape
            except cloudflare.NotFoundError:
                return None
        deployments: list[dict[str, Any]] = answer["result"]["deployments"]
        versions = deployments[0]["versions"] if deployments else []
        return str(versions[0]["version_id"]) if len(versions) == 1 else None

    def serve(self, script_name: str, version_id: str) -> None:
        """Give all traffic to a version."""
        with explained(f"deploy version {version_id} of {script_name}"):
            writing(self._client).workers.scripts.deployments.create(
                script_name,
                account_id=self._account_id,
                strategy="percentage",
                versions=[{"version_id": version_id, "percentage": 100}],
            )
