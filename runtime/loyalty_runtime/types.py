"""Values that generated models and operations use: the absent value and files."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from typing import BinaryIO

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"


class Unset:
    """The type of `UNSET`: a member or parameter that is absent, as opposed to null."""

    __slots__ = ()
    _only: Unset | None = None

    def __new__(cls) -> Unset:
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unset)

    def __hash__(self) -> int:
        return hash(Unset)

    def __copy__(self) -> Unset:
        return self

    def __deepcopy__(self, memo: object) -> Unset:
        return self

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


class File:
    """A file to upload, or one that was received.

    `payload` is bytes, a path, or an open binary file.
    Paths are opened at sending and closed again; open files are read from where they stand and stay open.
    `file_name` defaults to the name of the path or file; `mime_type` to `application/octet-stream`.
    """

    __slots__ = ("file_name", "mime_type", "payload")

    def __init__(
        self,
        payload: bytes | PathLike[str] | BinaryIO,
        file_name: str | None = None,
        mime_type: str | None = None,
    ) -> None:
        self.payload = payload
        self.file_name = file_name
        self.mime_type = mime_type

    def to_tuple(self) -> tuple[str | None, bytes | PathLike[str] | BinaryIO, str | None]:
        """Return name, payload and media type, the form a multipart part takes."""
        return self.file_name, self.payload, self.mime_type

    def read(self) -> bytes:
        """Return the whole content as bytes; an open file is read from where it stands."""
        if isinstance(self.payload, bytes):
            return self.payload
        if isinstance(self.payload, PathLike):
            from pathlib import Path

            return Path(self.payload).read_bytes()
        return self.payload.read()

    def __repr__(self) -> str:
        kind = f"{len(self.payload)} bytes" if isinstance(self.payload, bytes) else type(self.payload).__name__
        return f"File({kind}, file_name={self.file_name!r}, mime_type={self.mime_type!r})"
