"""Reading a resource's properties, as the engine sends them, with the type that a rule expects."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final


class Properties:
    """Properties with names in camelCase. What is missing, or of another type, reads as absent.

    A rule therefore asks for what must be there: a value that it does not understand fails it.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values: Final = values

    def __contains__(self, name: str) -> bool:
        """True if the property is set: not missing and not null."""
        return self._values.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def text(self, name: str) -> str | None:
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def integer(self, name: str) -> int | None:
        """A whole number; protocol buffers carry every number as a float."""
        value = self._values.get(name)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool | None:
        value = self._values.get(name)
        return value if isinstance(value, bool) else None

    def child(self, name: str) -> "Properties":
        value = self._values.get(name)
        return Properties(value if isinstance(value, Mapping) else {})

    def children(self, name: str) -> list["Properties"]:
        return [Properties(value) for value in self._list(name) if isinstance(value, Mapping)]

    def texts(self, name: str) -> list[str]:
        return [value for value in self._list(name) if isinstance(value, str)]

    def _list(self, name: str) -> Sequence[object]:
        value = self._values.get(name)
        return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
