"""The service: the facade that wires the components, and the only place that knows them all."""

from pathlib import Path

import pulumi
import pulumi_cloudflare as cloudflare
import pulumi_docker as docker

from infra import naming, service_inputs
from infra.bundle import Bundle
from infra.components.alerts import Alerts
from infra.components.bucket_contents import BucketContents
from infra.components.container_application import ContainerApplication
from infra.components.container_image import ContainerImage
from infra.components.destroy_guard import DestroyGuard
from infra.components.live_check import LiveCheck
from infra.components.results_bucket import ResultsBucket
from infra.components.worker import Worker
from infra.readiness import ready_bundle, registry_credentials
from infra.settings.loading import StackConfig


class SandboxService(pulumi.ComponentResource):
    """Everything that one team's service is, in one environment.

    Args:
        config: the stack's settings and secrets.
        project_folder: where worker/ and container/ are.

    Attributes:
        outputs: what the stack exports.
    """

    outputs: dict[str, pulumi.Output[str] | list[str]]

    def __init__(self, config: StackConfig, project_folder: Path) -> None:
        bundle = ready_bundle(config, project_folder)
        super().__init__(naming.type_token("SandboxService"), naming.SERVICE, None, service_options(config))
        self._config = config
        self._names = naming.physical_names(
            config.settings.team,
            config.settings.environment,
            worker=config.settings.worker.name,
            bucket=config.settings.results.bucket_name,
        )
        bucket = self._declare_bucket()
        contents = self._declare_contents(bucket)
        worker = self._declare_worker(contents, bundle)
        image = self._declare_image(project_folder)
        application = self._declare_application(worker, image)
        live_check = self._declare_live_check(worker, application)
        self._declare_destroy_guard(bucket, live_check)
        self._declare_alerts()
        self.outputs = {
            "worker_url": live_check.answeringUrl,
            "worker_name": worker.worker_name,
            "worker_version": worker.version_id,
            "results_bucket_name": bucket.bucket_name,
            "container_application_id": application.application_id,
            "image": image.reference,
            "client_names": service_inputs.client_names(config.settings, config.secrets),
        }
        self.register_outputs({})

    def _declare_bucket(self) -> ResultsBucket:
        args = service_inputs.results_bucket(self._config.settings, self._names)
        return ResultsBucket(naming.RESULTS_BUCKET, args, pulumi.ResourceOptions(parent=self))

    def _declare_contents(self, bucket: ResultsBucket) -> BucketContents:
        args = service_inputs.bucket_contents(self._config.settings, bucket.bucket_name)
        return BucketContents(naming.BUCKET_CONTENTS, args, pulumi.ResourceOptions(parent=self))

    def _declare_worker(self, contents: BucketContents, bundle: Bundle) -> Worker:
        settings = self._config.settings
        secrets = service_inputs.worker_secrets(settings, self._config.secrets)
        bound = service_inputs.worker_bindings(settings, self._names, secrets, contents.bucketName)
        args = service_inputs.worker(settings, self._names, bound, bundle, contents)
        return Worker(naming.WORKER, args, pulumi.ResourceOptions(parent=self))

    def _declare_image(self, project_folder: Path) -> ContainerImage:
        settings = self._config.settings
        credentials = registry_credentials(self._config) if settings.container.build else None
        args = service_inputs.container_image(settings, self._names, project_folder, credentials)
        return ContainerImage(naming.CONTAINER_IMAGE, args, pulumi.ResourceOptions(parent=self))

    def _declare_application(self, worker: Worker, image: ContainerImage) -> ContainerApplication:
        """After the deployment: only then does the class have a namespace."""
        args = service_inputs.container_application(
            self._config.settings, self._names, worker.worker_name, image
        )
        after_code = pulumi.ResourceOptions(parent=self, depends_on=worker.serving)
        return ContainerApplication(naming.CONTAINER_APPLICATION, args, after_code)

    def _declare_live_check(self, worker: Worker, application: ContainerApplication) -> LiveCheck:
        args = service_inputs.live_check(self._config.settings, worker.worker_name, worker.version_id)
        last = pulumi.ResourceOptions(parent=self, depends_on=[*worker.serving, application])
        return LiveCheck(naming.LIVE_CHECK, args, last)

    def _declare_destroy_guard(self, bucket: ResultsBucket, live_check: LiveCheck) -> None:
        args = service_inputs.destroy_guard(self._config.settings, bucket.bucket_name)
        after_all = pulumi.ResourceOptions(parent=self, depends_on=[bucket, live_check])
        DestroyGuard(naming.DESTROY_GUARD, args, after_all)

    def _declare_alerts(self) -> None:
        if self._config.settings.alerts.has_receivers:
            args = service_inputs.alerts(self._config.settings, self._names)
            Alerts(naming.ALERTS, args, pulumi.ResourceOptions(parent=self))


def service_options(config: StackConfig) -> pulumi.ResourceOptions:
    """Explicit providers, which every child inherits; default providers are off."""
    provider = cloudflare.Provider(
        naming.PROVIDER, api_token=config.provider.api_token, base_url=config.provider.base_url
    )
    builders = [docker.Provider(naming.BUILDER)] if config.settings.container.build else []
    return pulumi.ResourceOptions(providers=[provider, *builders])
