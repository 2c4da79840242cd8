"""The real components, before and after everything was renamed and moved; aliases tell of it."""

import pulumi
import pulumi_cloudflare as cloudflare

from infra.components.durable_objects import CONTAINER_CLASS, DurableObjects
from infra.components.results_bucket import ResultsBucket, ResultsBucketArgs
from infra.components.worker import Worker, WorkerArgs

ACCOUNT_ID = "0123456789abcdef0123456789abcdef"
is_moved = pulumi.Config().require_bool("moved")
settings = pulumi.Config("cloudflare")
provider = cloudflare.Provider(
    "cloudflare", api_token=settings.require("apiToken"), base_url=settings.require("baseUrl")
)


def aliases(former_name: str) -> list[pulumi.Alias]:
    return [pulumi.Alias(name=former_name)] if is_moved else []


class Service(pulumi.ComponentResource):
    """A facade that was renamed, with components that were, too."""

    def __init__(self) -> None:
        name = "service" if is_moved else "sandbox"
        opts = pulumi.ResourceOptions(providers=[provider], aliases=aliases("sandbox"))
        super().__init__("fixture:service:Service", name, None, opts)
        bucket = ResultsBucket("results" if is_moved else "storage", BUCKET, self.child("storage"))
        Worker("worker" if is_moved else "api", worker_args(bucket), self.child("api"))

    def child(self, former_name: str) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, aliases=aliases(former_name))


BUCKET = ResultsBucketArgs(ACCOUNT_ID, "first", "default", retention_days=30, is_protected=True)


def worker_args(results: pulumi.Resource) -> WorkerArgs:
    return WorkerArgs(
        account_id=ACCOUNT_ID,
        name="moved",
        tags=(),
        has_workers_dev=True,
        custom_domain="moved.example.com",
        has_logs=True,
        head_sampling_rate=1.0,
        module_path="worker.js",
        bundle_sha256="0" * 64,
        bindings={},
        exports=DurableObjects().exports(),
        migrations=None,
        container_class=CONTAINER_CLASS,
        results=results,
    )


Service()
cloudflare.R2Bucket(
    "new" if is_moved else "old",
    account_id=ACCOUNT_ID,
    name="second",
    opts=pulumi.ResourceOptions(provider=provider, aliases=aliases("old")),
)
