"""Defines a dynamic provider in the program itself, where its deletion could not find it again."""

from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class Inline(ResourceProvider):
    def create(self, props: dict[str, object]) -> CreateResult:
        return CreateResult("1", props)


class Thing(Resource):
    def __init__(self) -> None:
        super().__init__(Inline(), "thing", {})


Thing()
