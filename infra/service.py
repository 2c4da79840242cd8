"""The service: the facade that wires the components, and the only place that knows them all."""

from pathlib import Path

import pulumi
import pulumi_cloudflare as cloudflare
import pulumi_docker as docker

from infra import naming, service_inputs
from infra.bundle import Bundle, build
from infra.cloudflare_client import CloudflareError, connect
from infra.components.alerts import Alerts
from infra.components.bucket_contents import BucketContents
from infra.components.container_application import ContainerApplication
from infra.components.container_image import ContainerImage, RegistryCredentials
from infra.components.live_check import LiveCheck
from infra.components.results_bucket import ResultsBucket
from infra.components.worker import Worker
from infra.containers_api import REGISTRY_HOST, ContainersApi
from infra.image_reference import ImageReference, require_same_version
from infra.preflight import PreflightError, require_ready
from infra.settings import StackSettings
from infra.settings.loading import StackConfig
from infra.versions import SANDBOX_IMAGE


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
        bundle = build(project_folder)
        require_one_version(config.settings, bundle)
        require_account(config)
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
        args = service_inputs.worker(settings, self._names, bound, bundle)
        return Worker(naming.WORKER, args, pulumi.ResourceOptions(parent=self))

    def _declare_image(self, project_folder: Path) -> ContainerImage:
        settings = self._config.settings
        credentials = registry_credentials(self._config) if settings.container.build else None
        args = service_inputs.container_image(settings, self._names, project_folder, credentials)
        return ContainerImage(naming.CONTAINER_IMAGE, args, pulumi.ResourceOptions(parent=self))

    def _declare_application(self, worker: Worker, image: ContainerImage) -> ContainerApplication:
        """After the deployment: only then does the class have a namespace."""
        args = service_inputs.container_application(
            self._config.settings, self._names, worker.worker_name, image.by_digest
        )
        after_code = pulumi.ResourceOptions(parent=self, depends_on=worker.serving)
        return ContainerApplication(naming.CONTAINER_APPLICATION, args, after_code)

    def _declare_live_check(self, worker: Worker, application: ContainerApplication) -> LiveCheck:
        args = service_inputs.live_check(self._config.settings, worker.worker_name, worker.version_id)
        last = pulumi.ResourceOptions(parent=self, depends_on=[*worker.serving, application])
        return LiveCheck(naming.LIVE_CHECK, args, last)

    def _declare_alerts(self) -> None:
        if self._config.settings.alerts.has_receivers:
            args = service_inputs.alerts(self._config.settings, self._names)
            Alerts(naming.ALERTS, args, pulumi.ResourceOptions(parent=self))


def require_one_version(settings: StackSettings, bundle: Bundle) -> None:
    """Worker and image speak one protocol.

    Raises:
        pulumi.RunError: they are of different versions.
    """
    try:
        image = ImageReference.parse(settings.container.image or SANDBOX_IMAGE)
        require_same_version(image, bundle.sandbox_sdk_version)
    except ValueError as error:
        raise pulumi.RunError(str(error)) from None


def require_account(config: StackConfig) -> None:
    """Everything that is missing is told before the first resource.

    Raises:
        pulumi.RunError: findings, each with the permission to add.
    """
    settings = config.settings
    try:
        client = connect(config.provider.connection)
        require_ready(
            client,
            settings.account_id,
            settings.worker.custom_domain,
            has_alerts=settings.alerts.has_receivers,
        )
    except (PreflightError, CloudflareError) as error:
        raise pulumi.RunError(str(error)) from None


def service_options(config: StackConfig) -> pulumi.ResourceOptions:
    """Explicit providers, which every child inherits; default providers are off."""
    provider = cloudflare.Provider(
        naming.PROVIDER, api_token=config.provider.api_token, base_url=config.provider.base_url
    )
    builders = [docker.Provider(naming.BUILDER)] if config.settings.container.build else []
    return pulumi.ResourceOptions(providers=[provider, *builders])


def registry_credentials(config: StackConfig) -> RegistryCredentials:
    """Made for this run. A preview pushes nothing, and the provider compares the server only."""
    if pulumi.runtime.is_dry_run():
        return RegistryCredentials(REGISTRY_HOST, "v1", pulumi.Output.secret("made by the update"))
    api = ContainersApi(connect(config.provider.connection), config.settings.account_id)
    username, password = api.registry_credentials()
    return RegistryCredentials(REGISTRY_HOST, username, pulumi.Output.secret(password))
