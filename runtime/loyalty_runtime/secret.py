"""Secrets that cannot be printed, logged or pickled by accident."""

from __future__ import annotations

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


def _masked() -> Secret:
    secret = Secret("")
    secret._Secret__value = None  # type: ignore[attr-defined]
    return secret
