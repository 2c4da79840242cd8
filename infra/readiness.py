"""What is asked before the first resource: does the code build, do Worker and image fit, can the account?"""

from pathlib import Path
from typing import Final

import pulumi

from infra.bundle import Bundle, BundleError, build
from infra.cloudflare_client import CloudflareError, connect
from infra.components.container_image import RegistryCredentials
from infra.containers_api import REGISTRY_HOST, ContainersApi
from infra.image_reference import ImageReference, require_same_version
from infra.preflight import PreflightError, require_ready
from infra.settings.loading import StackConfig
from infra.versions import SANDBOX_IMAGE

UNKNOWN_VERSION: Final = (
    "the tag of container.image says no version, so its Sandbox server can't be compared with the Worker's "
    "SDK, {sdk}; name the image as the output `image` does, with its tag"
)


def ready_bundle(config: StackConfig, project_folder: Path) -> Bundle:
    """The built Worker.

    Raises:
        pulumi.RunError: everything that is missing; nothing has been declared yet.
    """
    refusals = [*account_refusals(config)]
    try:
        bundle = build(project_folder)
        require_one_version(config.settings.container.image, bundle)
    except (BundleError, ValueError) as error:
        refusals.append(str(error))
    if refusals:
        raise pulumi.RunError("\n".join(refusals))
    return bundle


def require_one_version(container_image: str | None, bundle: Bundle) -> None:
    """Worker and image speak one protocol.

    Raises:
        ValueError: they are of different versions.
    """
    image = ImageReference.parse(container_image or SANDBOX_IMAGE)
    require_same_version(image, bundle.sandbox_sdk_version)
    if image.sandbox_version is None:
        pulumi.log.warn(UNKNOWN_VERSION.format(sdk=bundle.sandbox_sdk_version))


def account_refusals(config: StackConfig) -> list[str]:
    """What the account or the API token lacks, each with the permission to add."""
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
        return [str(error)]
    return []


def registry_credentials(config: StackConfig) -> RegistryCredentials:
    """Made for this run. A preview pushes nothing, and the provider compares the server only.

    Whether there is something to push, only the Docker provider knows, and it knows once it has built with
    the credentials at hand. So an update that pushes nothing asks for a pair, too; it ends within the hour.

    Raises:
        pulumi.RunError: none were given.
    """
    if pulumi.runtime.is_dry_run():
        return RegistryCredentials(REGISTRY_HOST, "v1", pulumi.Output.secret("made by the update"))
    api = ContainersApi(connect(config.provider.connection), config.settings.account_id)
    try:
        username, password = api.registry_credentials()
    except CloudflareError as error:
        raise pulumi.RunError(str(error)) from None
    return RegistryCredentials(REGISTRY_HOST, username, pulumi.Output.secret(password))
