"""From settings to the inputs of each component: plain functions, one for each."""

import hashlib
from pathlib import Path
from typing import Final

import pulumi

from infra import bindings
from infra.bundle import Bundle
from infra.components.alerts import AlertsArgs, UsageLimit
from infra.components.bucket_contents import BucketContentsArgs
from infra.components.container_application import ContainerApplicationArgs
from infra.components.container_image import ContainerImage, ContainerImageArgs, RegistryCredentials
from infra.components.destroy_guard import DestroyGuardArgs
from infra.components.durable_objects import BINDINGS, CONTAINER_CLASS, DurableObjects, MigrationStep
from infra.components.live_check import LiveCheckArgs
from infra.components.results_bucket import ResultsBucketArgs
from infra.components.worker import WorkerArgs
from infra.components.worker_secrets import ServerAuthToken, WorkerSecrets
from infra.containers_api import REGISTRY_HOST
from infra.image_reference import ImageReference
from infra.naming import PhysicalNames
from infra.settings import StackSettings
from infra.settings.loading import Secrets
from infra.settings.stack import DEFAULT_CLIENT
from infra.versions import SANDBOX_IMAGE
from infra.worker_settings import worker_settings

IMAGE_FILES: Final = ("Dockerfile", "claude-task", "managed-settings.json")
"""Everything in container/ that an image is made of; .dockerignore lets nothing else in."""


def results_bucket(settings: StackSettings, names: PhysicalNames) -> ResultsBucketArgs:
    return ResultsBucketArgs(
        account_id=settings.account_id,
        name=names.bucket,
        jurisdiction=settings.results.jurisdiction,
        retention_days=settings.results.retention_days,
        is_protected=not settings.ephemeral,
    )


def bucket_contents(settings: StackSettings, bucket_name: pulumi.Input[str]) -> BucketContentsArgs:
    return BucketContentsArgs(
        account_id=settings.account_id,
        bucket_name=bucket_name,
        jurisdiction=settings.results.jurisdiction,
        is_disposable=settings.ephemeral,
    )


def durable_objects(settings: StackSettings) -> DurableObjects:
    part = settings.durable_objects
    step = part.migration
    return DurableObjects(
        uses_exports=part.flow == "exports",
        renamed=part.renamed,
        deleted=part.deleted,
        migration=MigrationStep(step.new_tag, step.old_tag, step.new_sqlite_classes) if step else None,
    )


def worker_secrets(settings: StackSettings, secrets: Secrets) -> WorkerSecrets:
    token = secrets.server_auth_token
    not_after = settings.model_dump(mode="json")["server_auth_token_not_after"]
    return WorkerSecrets(
        credential_kind=settings.claude.credential,
        credential=secrets.claude_credential,
        clients=[client.model_dump(mode="json", by_alias=True) for client in settings.clients],
        server_auth_token=ServerAuthToken(DEFAULT_CLIENT, token, not_after) if token else None,
    )


def worker_bindings(
    settings: StackSettings, names: PhysicalNames, secrets: WorkerSecrets, bucket_name: pulumi.Input[str]
) -> dict[str, bindings.Binding]:
    """Every name that worker/src/bindings.ts reads, and no other."""
    found = [
        bindings.plain_text("SETTINGS", worker_settings(settings, names.worker)),
        bindings.r2_bucket("RESULTS", bucket_name, settings.results.jurisdiction),
        bindings.version_metadata("VERSION"),
        *(bindings.durable_object_namespace(name, class_name) for name, class_name in BINDINGS.items()),
    ]
    secret = {name: bindings.secret_text(name, text) for name, text in secrets.texts().items()}
    return {str(one.name): one for one in found} | secret


def worker(
    settings: StackSettings,
    names: PhysicalNames,
    bound: dict[str, bindings.Binding],
    bundle: Bundle,
    results: pulumi.Resource,
) -> WorkerArgs:
    classes = durable_objects(settings)
    return WorkerArgs(
        account_id=settings.account_id,
        name=names.worker,
        tags=(f"environment:{settings.environment}", f"team:{settings.team}"),
        has_workers_dev=settings.worker.workers_dev,
        custom_domain=settings.worker.custom_domain,
        has_logs=settings.worker.observability.enabled,
        head_sampling_rate=settings.worker.observability.head_sampling_rate,
        module_path=bundle.path,
        bundle_sha256=bundle.sha256,
        bindings=bound,
        exports=classes.exports(),
        migrations=classes.migrations(),
        container_class=CONTAINER_CLASS,
        results=results,
    )


def container_image(
    settings: StackSettings,
    names: PhysicalNames,
    project_folder: Path,
    credentials: RegistryCredentials | None,
) -> ContainerImageArgs:
    return ContainerImageArgs(
        reference=settings.container.image,
        repository=f"{REGISTRY_HOST}/{settings.account_id}/{names.worker}",
        tag=image_tag(project_folder / "container", settings.claude.version),
        claude_code_version=settings.claude.version,
        credentials=credentials,
    )


def image_tag(folder: Path, claude_code_version: str) -> str:
    """The Sandbox server's version and what goes into the image: the same content is the same tag."""
    digest = hashlib.sha256(f"{SANDBOX_IMAGE}\0{claude_code_version}\0".encode())
    for name in IMAGE_FILES:
        digest.update((folder / name).read_bytes() + b"\0")
    return f"{ImageReference.parse(SANDBOX_IMAGE).sandbox_version}-{digest.hexdigest()[:16]}"


def container_application(
    settings: StackSettings,
    names: PhysicalNames,
    script_name: pulumi.Input[str],
    image: ContainerImage,
) -> ContainerApplicationArgs:
    container = settings.container
    return ContainerApplicationArgs(
        account_id=settings.account_id,
        name=names.application,
        script_name=script_name,
        class_name=CONTAINER_CLASS,
        image=image.by_digest,
        sandbox_version=image.sandbox_version,
        instance_type=container.instance_type,
        max_instances=container.max_instances,
        rollout_grace_seconds=container.rollout_grace_seconds,
        has_logs=settings.worker.observability.enabled,
        rollout_timeout_seconds=container.rollout_timeout_seconds,
    )


def live_check(
    settings: StackSettings, script_name: pulumi.Input[str], version_id: pulumi.Input[str]
) -> LiveCheckArgs:
    domain = settings.worker.custom_domain
    return LiveCheckArgs(
        account_id=settings.account_id,
        script_name=script_name,
        version_id=version_id,
        url=settings.worker.url or (f"https://{domain}" if domain else None),
        timeout_seconds=settings.worker.answer_timeout_seconds,
    )


def alerts(settings: StackSettings, names: PhysicalNames) -> AlertsArgs:
    part = settings.alerts
    return AlertsArgs(
        account_id=settings.account_id,
        service=names.worker,
        emails=part.emails,
        webhooks=part.webhooks,
        pagerduties=part.pagerduties,
        tells_incidents=part.incidents,
        usage=UsageLimit(part.usage.product, part.usage.limit) if part.usage else None,
    )


def destroy_guard(settings: StackSettings, bucket_name: pulumi.Input[str]) -> DestroyGuardArgs:
    return DestroyGuardArgs(bucket_name=bucket_name, is_disposable=settings.ephemeral)


def client_names(settings: StackSettings, secrets: Secrets) -> list[str]:
    default = [DEFAULT_CLIENT] if secrets.server_auth_token else []
    return sorted([*default, *(client.name for client in settings.clients)])
