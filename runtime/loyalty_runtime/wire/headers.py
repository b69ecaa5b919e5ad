"""Outgoing header fields, which mask their values; received ones are `Headers`, a basic type since errors hold it."""

from __future__ import annotations

from ..headers import Headers as Headers


class FieldList(list[tuple[bytes, bytes]]):
    """Outgoing header fields; the repr names them and shows no value, so no traceback with locals leaks a token."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"FieldList({[name.decode('latin-1') for name, _ in self]!r})"
