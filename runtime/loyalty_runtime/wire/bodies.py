"""Request bodies: bytes that are complete, or parts that are read from files while sending."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from io import TextIOBase
from typing import IO, TYPE_CHECKING, Protocol, cast

from ..errors import ArgumentError

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

CHUNK = 64 * 1024


class RunBlocking(Protocol):
    """Run a blocking function without blocking the event loop."""

    def __call__(self, function: Callable[[int], bytes], size: int, /) -> Awaitable[bytes]:
        """Return what the function returns."""
        ...


class FilePart:
    """A file as a piece of a body: opened at sending when given by path, rewound before a repeat when possible.

    Raises `ArgumentError` for what cannot be read.
    """

    __slots__ = ("_path", "_start", "_stream", "length", "repeatable")

    def __init__(self, source: object, argument: str = "content") -> None:
        self._path: Path | None = None
        self._stream: IO[bytes] | None = None
        self._start = 0
        self.length: int | None = None
        self.repeatable = True
        if hasattr(source, "read"):
            self._measure(source, argument)  # type: ignore[arg-type]
        else:
            self._find(source, argument)

    def _find(self, source: object, argument: str) -> None:
        from pathlib import Path

        problem = ""
        try:
            path = self._path = Path(cast("PathLike[str]", source))
            self.length = path.stat().st_size
            if path.is_dir():
                problem = "it is a folder"
        except OSError as error:
            problem = error.strerror or type(error).__name__
        except ValueError:
            problem = "no file can have this name"
        except TypeError:
            problem = (
                f"type {type(source).__name__} is no file; give bytes, a path or a file that is open in binary mode"
            )
        if problem:
            raise ArgumentError(f"The file for {argument!r} cannot be read: {problem}.", argument=argument)

    def _measure(self, stream: IO[bytes], argument: str) -> None:
        self._stream = stream
        problem = ""
        try:
            empty: object = "" if isinstance(cast("object", stream), TextIOBase) else stream.read(0)
            if isinstance(empty, str):
                problem = "was opened as text; open it in binary mode, with 'rb'"
            elif not isinstance(empty, bytes):
                problem = f"gives a {type(empty).__name__} when it is read, not bytes; give a file that is open in binary mode"
                with suppress(AttributeError):
                    empty.close()  # type: ignore[attr-defined]  # a coroutine that nobody awaits would warn
        except (OSError, ValueError, TypeError):
            problem = "is closed, or not open for reading"
        if problem:
            raise ArgumentError(f"The file for {argument!r} {problem}.", argument=argument)
        try:
            self._start = stream.tell()
            self.length = stream.seek(0, 2) - self._start
            stream.seek(self._start)
        except (OSError, AttributeError, ValueError):
            self.length = None
            self.repeatable = False

    def open(self) -> IO[bytes]:
        """Return the file, at the position where its content for this body begins."""
        if self._stream is None:
            return cast("Path", self._path).open("rb")
        if self.repeatable:
            self._stream.seek(self._start)
        return self._stream

    def done(self, stream: IO[bytes]) -> None:
        """Close the file if this part opened it."""
        if self._path is not None:
            stream.close()


class Body:
    """A streamed body: byte strings and files in order, with its length if all files tell theirs."""

    __slots__ = ("length", "parts", "repeatable")

    def __init__(self, parts: list[bytes | FilePart]) -> None:
        self.parts = parts
        lengths = [len(part) if isinstance(part, bytes) else part.length for part in parts]
        self.length: int | None = None if None in lengths else sum(length or 0 for length in lengths)
        self.repeatable = all(isinstance(part, bytes) or part.repeatable for part in parts)

    def chunks(self) -> Iterator[bytes]:
        """Read the body piece by piece."""
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
                continue
            stream = part.open()
            try:
                while data := stream.read(CHUNK):
                    yield data
            finally:
                part.done(stream)

    async def achunks(self, run: RunBlocking) -> AsyncIterator[bytes]:
        """Read the body piece by piece, reading files outside the event loop."""
        for part in self.parts:
            if isinstance(part, bytes):
                yield part
                continue
            stream = part.open()
            try:
                while data := await run(stream.read, CHUNK):
                    yield data
            finally:
                part.done(stream)

    def __repr__(self) -> str:
        return f"<Body of {'unknown' if self.length is None else self.length} bytes>"
