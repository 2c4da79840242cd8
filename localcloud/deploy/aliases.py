"""Former identities of a resource: what it was called, and what its parents were called."""

from collections.abc import Callable, Iterator, Sequence

from pulumi.runtime.proto import alias_pb2, resource_pb2

MakeUrn = Callable[[str, str, str], str]
"""From the parent's URN, a type and a name."""


def former_urns(
    request: resource_pb2.RegisterResourceRequest, former_parents: Sequence[str], make_urn: MakeUrn
) -> Iterator[str]:
    """As Pulumi's engine derives them: own aliases, and each own or former name below each former parent.

    Args:
        request: with the resource's own aliases.
        former_parents: URNs that its parent had.
        make_urn: makes a URN of this stack.
    """
    own = [alias.urn or specified_urn(alias.spec, request, make_urn) for alias in request.aliases]
    yield from own
    for parent in former_parents:
        yield below(parent, request, request.type, request.name, make_urn)
        for urn in own:
            yield below(parent, request, *type_and_name(urn), make_urn)


def specified_urn(
    spec: alias_pb2.Alias.Spec, request: resource_pb2.RegisterResourceRequest, make_urn: MakeUrn
) -> str:
    parent = "" if spec.noParent else spec.parentUrn or request.parent
    return make_urn(parent, spec.type or request.type, spec.name or request.name)


def below(
    former_parent: str,
    request: resource_pb2.RegisterResourceRequest,
    type_: str,
    name: str,
    make_urn: MakeUrn,
) -> str:
    """A name that begins with the parent's, such as `worker-version`, has followed it."""
    parent_name, former_parent_name = name_of(request.parent), name_of(former_parent)
    if name.startswith(parent_name):
        name = former_parent_name + name.removeprefix(parent_name)
    return make_urn(former_parent, type_, name)


def name_of(urn: str) -> str:
    return urn.rpartition("::")[2]


def type_and_name(urn: str) -> tuple[str, str]:
    return urn.split("::")[2].rpartition("$")[2], name_of(urn)
