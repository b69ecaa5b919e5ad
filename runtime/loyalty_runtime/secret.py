"""Secrets that cannot be printed, logged or pickled by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

_T = TypeVar("_T")
_M = TypeVar("_M")
MASK = "***"


class Secret:
    """Hold a credential; show `***` in repr, str, format, logs and pickles.

    `reveal()` is the only way to the value.
    A pickle holds the mask only: revealing the copy raises `ValueError`, since a credential belongs in the
    environment of the other process, not in a queue or a file.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value: str | None = value

    def reveal(self) -> str:
        """Return the credential in clear text."""
        if self.__value is None:
            raise ValueError("This secret was masked when it was pickled; give the credential again in this process.")
        return self.__value

    def has_control(self) -> bool:
        """Say whether the credential holds a line end or another control character, which no message can carry."""
        return any(character < " " or character == "\x7f" for character in self.__value or "")

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.__value is not None and self.__value == other.__value

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return (_masked, ())


class _Quiet(dict[str, Any]):
    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


def quiet(values: _M) -> _M:
    """Return a copy of a mapping whose repr shows the names only, as settings and header fields may hold credentials."""
    return cast("_M", _Quiet(cast("Mapping[str, object]", values)))


def hidden(values: Mapping[str, _T]) -> dict[str, _T | Secret]:
    """Return the values with every text as a `Secret`, so that no local variable shows one."""
    return {name: Secret(value) if isinstance(value, str) else value for name, value in values.items()}


def _masked() -> Secret:
    secret = Secret("")
    secret._Secret__value = None  # type: ignore[attr-defined]
    return secret
