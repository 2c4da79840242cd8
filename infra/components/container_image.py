"""The container image: built from container/ and pushed, or a reference by digest that was built before."""

from dataclasses import dataclass, replace

import pulumi
import pulumi_docker as docker

from infra import naming
from infra.image_reference import ImageReference
from infra.versions import SANDBOX_IMAGE


@dataclass(frozen=True)
class RegistryCredentials:
    """Made for one run and good for an hour; `password` is a secret."""

    server: str
    username: str
    password: pulumi.Output[str]


@dataclass(frozen=True)
class ContainerImageArgs:
    """Inputs of `ContainerImage`.

    Args:
        reference: repository[:tag]@sha256:... to use as it is; None to build.
        repository: to push to, without a tag.
        tag: of the build; names its version and content, so that the same content has the same name.
        claude_code_version: in the build.
        credentials: for the push; None where nothing is built. Given also where there turns out to be nothing
            to push: the Docker provider has them before it looks.
    """

    reference: str | None
    repository: str
    tag: str
    claude_code_version: str
    credentials: RegistryCredentials | None


class ContainerImage(pulumi.ComponentResource):
    """One image. Digests roll out, moved tags never do.

    Attributes:
        reference: repository:tag@sha256:..., to promote it; the tag begins with the Sandbox server's version.
        by_digest: the same without its tag, to run it.
        sandbox_version: of the Sandbox server in it, as far as its tag says so.
    """

    reference: pulumi.Output[str]
    by_digest: pulumi.Output[str]
    sandbox_version: str | None

    def __init__(
        self, name: str, args: ContainerImageArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(naming.type_token("ContainerImage"), name, None, opts)
        given = args.reference
        self.sandbox_version = ImageReference.parse(given or f"{args.repository}:{args.tag}").sandbox_version
        self.reference = pulumi.Output.from_input(given) if given else self._built(name, args)
        self.by_digest = self.reference.apply(lambda text: ImageReference.parse(text).by_digest)
        self.register_outputs({"reference": self.reference})

    def _built(self, name: str, args: ContainerImageArgs) -> pulumi.Output[str]:
        """Kept in the registry when the stack lets go of it: another stack may run it."""
        image = docker.Image(
            name,
            image_name=f"{args.repository}:{args.tag}",
            build=docker.DockerBuildArgs(
                context="container",
                dockerfile="container/Dockerfile",
                platform="linux/amd64",
                args={"SANDBOX_IMAGE": SANDBOX_IMAGE, "CLAUDE_CODE_VERSION": args.claude_code_version},
            ),
            registry=registry(args.credentials) if args.credentials else None,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        return image.repo_digest.apply(
            lambda pushed: str(replace(ImageReference.parse(str(pushed)), tag=args.tag))
        )


def registry(credentials: RegistryCredentials) -> docker.RegistryArgs:
    return docker.RegistryArgs(
        server=credentials.server, username=credentials.username, password=credentials.password
    )
