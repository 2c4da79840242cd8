"""A small service with every resource type that localcloud's deploy knows."""

import pulumi
import pulumi_cloudflare as cloudflare
from applications import Application  # type: ignore[import-not-found]

config = pulumi.Config()
account_id = config.require("accountId")
name = config.require("name")
retention = config.require_object("retention")
provider = cloudflare.Provider(
    "cloudflare",
    api_token=pulumi.Config("cloudflare").require_secret("apiToken"),
    base_url=pulumi.Config("cloudflare").require("baseUrl"),
)


class Service(pulumi.ComponentResource):
    def __init__(self) -> None:
        super().__init__(
            "fixture:service:Service", "service", None, pulumi.ResourceOptions(providers=[provider])
        )
        own = pulumi.ResourceOptions(parent=self)
        protected = pulumi.ResourceOptions(parent=self, protect=config.get_bool("protect") or False)
        self.bucket = cloudflare.R2Bucket(
            "results", account_id=account_id, name=f"{name}-results", opts=protected
        )
        cloudflare.R2BucketLifecycle(
            "retention",
            account_id=account_id,
            bucket_name=self.bucket.name,
            rules=[
                {
                    "id": "expire",
                    "enabled": True,
                    "conditions": {"prefix": retention["prefix"]},
                    "delete_objects_transition": {
                        "condition": {"type": "Age", "max_age": int(retention["days"]) * 86400}
                    },
                }
            ],
            opts=own,
        )
        self.worker = cloudflare.Worker(
            "worker",
            account_id=account_id,
            name=name,
            logpush=False,
            tags=config.get_object("tags") or [],
            observability={
                "enabled": True,
                "head_sampling_rate": 1,
                "logs": {
                    "enabled": True,
                    "head_sampling_rate": 1,
                    "invocation_logs": True,
                    "persist": True,
                    "destinations": [],
                },
            },
            subdomain={"enabled": True, "previews_enabled": False},
            opts=own,
        )
        self.version = cloudflare.WorkerVersion(
            "version",
            account_id=account_id,
            worker_id=self.worker.id,
            main_module="worker.js",
            modules=[
                {
                    "name": "worker.js",
                    "content_type": "application/javascript+module",
                    "content_file": config.get("module") or "worker.js",
                }
            ],
            compatibility_date="2026-08-01",
            compatibility_flags=["nodejs_compat"],
            containers=[{"class_name": "Sandbox"}],
            exports={"Sandbox": {"type": "durable-object", "storage": "sqlite"}},
            bindings=[
                {"type": "r2_bucket", "name": "RESULTS", "bucket_name": self.bucket.name},
                {"type": "secret_text", "name": "KEY", "text": config.require_secret("secret")},
                {"type": "durable_object_namespace", "name": "Sandbox", "class_name": "Sandbox"},
            ],
            opts=own,
        )
        self.deployment = cloudflare.WorkersDeployment(
            "deployment",
            account_id=account_id,
            script_name=self.worker.name,
            strategy="percentage",
            versions=[{"version_id": self.version.id, "percentage": 100}],
            opts=own,
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[self.deployment], delete_before_replace=True)
        if config.get("domain"):
            cloudflare.WorkersCustomDomain(
                "domain",
                account_id=account_id,
                hostname=config.require("domain"),
                service=self.worker.name,
                opts=after,
            )
        cloudflare.NotificationPolicy(
            "alerts",
            account_id=account_id,
            name=f"{name} alerts",
            alert_type="http_alert_edge_error",
            enabled=True,
            mechanisms={"emails": [{"id": "ops@example.com"}]},
            opts=own,
        )
        self.application = Application(
            "application",
            {
                "name": f"{name}-sandbox",
                "scriptName": self.worker.name,
                "maxInstances": config.get_int("maxInstances") or 5,
                "image": f"registry.cloudflare.com/{account_id}/localcloud-process@sha256:{'0' * 64}",
                "note": config.require_secret("secret"),
            },
            after,
        )
        self.register_outputs({})


service = Service()
if config.get_bool("fail"):
    raise RuntimeError("the program is broken")
pulumi.export("worker_name", service.worker.name)
pulumi.export("worker_version", service.version.id)
pulumi.export("bucket", service.bucket.name)
pulumi.export("application_id", service.application.id)
pulumi.export("secret", config.require_secret("secret"))
