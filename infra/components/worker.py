"""The Worker: its settings, its code with bindings, what serves, and its own hostname."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_cloudflare as cloudflare

from infra import naming
from infra.versions import COMPATIBILITY_DATE, COMPATIBILITY_FLAGS


@dataclass(frozen=True)
class WorkerArgs:
    """Inputs of `Worker`.

    Args:
        account_id: Cloudflare account.
        name: of the Worker.
        tags: shown in the dashboard, such as `team:acme`.
        has_workers_dev: whether it answers under workers.dev.
        custom_domain: a hostname of its own.
        has_logs: whether Workers Logs keep what it logs.
        head_sampling_rate: share of requests that is logged, 0 to 1.
        module_path: of the bundle, relative to the program.
        bundle_sha256: of the bundle; stands in the version's message.
        bindings: by name, as the functions of `infra.bindings` make them.
        exports: of Durable Object classes, or None.
        migrations: of Durable Object classes, or None.
        container_class: whose objects have a container.
        results: what the Worker fills; goes after the Worker, or a late result would fill it again.
    """

    account_id: str
    name: str
    tags: tuple[str, ...]
    has_workers_dev: bool
    custom_domain: str | None
    has_logs: bool
    head_sampling_rate: float
    module_path: str
    bundle_sha256: str
    bindings: Mapping[str, cloudflare.WorkerVersionBindingArgs]
    exports: Mapping[str, cloudflare.WorkerVersionExportsArgs] | None
    migrations: cloudflare.WorkerVersionMigrationsArgs | None
    container_class: str
    results: pulumi.Resource


class Worker(pulumi.ComponentResource):
    """`Worker`, `WorkerVersion`, `WorkersDeployment` and, if wanted, `WorkersCustomDomain`.

    Attributes:
        worker_name: known once the Worker is there.
        version_id: of the version that is deployed.
        serving: depend on these to come after the code is live.
    """

    worker_name: pulumi.Output[str]
    version_id: pulumi.Output[str]
    serving: list[pulumi.Resource]

    def __init__(self, name: str, args: WorkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(naming.type_token("Worker"), name, None, opts)
        worker = self._declare_worker(name, args)
        version = self._declare_version(name, args, worker)
        deployment = self._declare_deployment(name, args, worker, version)
        self.worker_name = worker.name
        self.version_id = version.id
        self.serving = [deployment, *self._declare_custom_domain(name, args, worker, deployment)]
        self.register_outputs({"workerName": self.worker_name, "versionId": self.version_id})

    def _declare_worker(self, name: str, args: WorkerArgs) -> cloudflare.Worker:
        """Every field is stated: a partial block leaves the rest at the server's default (wire.md 4)."""
        return cloudflare.Worker(
            name,
            account_id=args.account_id,
            name=args.name,
            logpush=False,
            tags=[*args.tags],
            tail_consumers=[],
            subdomain=cloudflare.WorkerSubdomainArgs(enabled=args.has_workers_dev, previews_enabled=False),
            observability=observability(args),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.results]),
        )

    def _declare_version(
        self, name: str, args: WorkerArgs, worker: cloudflare.Worker
    ) -> cloudflare.WorkerVersion:
        return cloudflare.WorkerVersion(
            f"{name}-version",
            account_id=args.account_id,
            worker_id=worker.id,
            main_module="index.js",
            modules=[
                cloudflare.WorkerVersionModuleArgs(
                    name="index.js",
                    content_type="application/javascript+module",
                    content_file=args.module_path,
                )
            ],
            bindings=[args.bindings[key] for key in sorted(args.bindings)],
            compatibility_date=COMPATIBILITY_DATE,
            compatibility_flags=[*COMPATIBILITY_FLAGS],
            containers=[cloudflare.WorkerVersionContainerArgs(class_name=args.container_class)],
            exports=args.exports,
            migrations=args.migrations,
            annotations=cloudflare.WorkerVersionAnnotationsArgs(
                workers_message=f"bundle sha256:{args.bundle_sha256}"
            ),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["migrations"]),
        )

    def _declare_deployment(
        self, name: str, args: WorkerArgs, worker: cloudflare.Worker, version: cloudflare.WorkerVersion
    ) -> cloudflare.WorkersDeployment:
        return cloudflare.WorkersDeployment(
            f"{name}-deployment",
            account_id=args.account_id,
            script_name=worker.name,
            strategy="percentage",
            versions=[cloudflare.WorkersDeploymentVersionArgs(version_id=version.id, percentage=100)],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _declare_custom_domain(
        self,
        name: str,
        args: WorkerArgs,
        worker: cloudflare.Worker,
        deployment: cloudflare.WorkersDeployment,
    ) -> list[pulumi.Resource]:
        """After the code, or the hostname answers before anything is there; deleted first, or a replacement
        ends deleted (wire.md 4)."""
        if args.custom_domain is None:
            return []
        domain = cloudflare.WorkersCustomDomain(
            f"{name}-domain",
            account_id=args.account_id,
            hostname=args.custom_domain,
            service=worker.name,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment], delete_before_replace=True),
        )
        return [domain]


def observability(args: WorkerArgs) -> cloudflare.WorkerObservabilityArgs:
    return cloudflare.WorkerObservabilityArgs(
        enabled=args.has_logs,
        head_sampling_rate=args.head_sampling_rate,
        logs=cloudflare.WorkerObservabilityLogsArgs(
            enabled=args.has_logs,
            head_sampling_rate=args.head_sampling_rate,
            invocation_logs=True,
            persist=True,
            destinations=[],
        ),
        traces=cloudflare.WorkerObservabilityTracesArgs(
            enabled=False, head_sampling_rate=0, persist=False, destinations=[]
        ),
    )
