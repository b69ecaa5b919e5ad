"""Neutral request and reply: what passes between the engine and a transport. No HTTP library shows here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from ..errors import Question
    from ..headers import Headers
    from .bodies import Body


class Origin:
    """Scheme, host and port of a server."""

    __slots__ = ("host", "port", "scheme")

    def __init__(self, scheme: str, host: str, port: int | None) -> None:
        self.scheme = scheme
        self.host = host
        self.port = port

    @property
    def authority(self) -> str:
        """Host and, where it is not the scheme's own, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Origin):
            return NotImplemented
        return (self.scheme, self.host, self._port()) == (other.scheme, other.host, other._port())

    def __hash__(self) -> int:
        return hash((self.scheme, self.host, self._port()))

    def _port(self) -> int:
        return self.port if self.port is not None else (443 if self.scheme == "https" else 80)

    def __repr__(self) -> str:
        return f"{self.scheme}://{self.authority}"


class FieldList(list[tuple[bytes, bytes]]):
    """Outgoing header fields; the repr names them and shows no value, so no traceback with locals leaks a token."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"FieldList({[name.decode('latin-1') for name, _ in self]!r})"


class Request:
    """One attempt, ready to be sent.

    `target` is path and query, percent-encoded. `timeout` is what is left for this attempt, `connect_timeout` the share of it
    that connecting may take, both in seconds or None. `body` is bytes, a streamed body or None.
    """

    __slots__ = ("body", "connect_timeout", "headers", "max_body", "method", "origin", "target", "timeout")

    def __init__(
        self,
        *,
        method: str,
        origin: Origin,
        target: str,
        headers: FieldList,
        body: bytes | Body | None = None,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        max_body: int = 0,
    ) -> None:
        self.method = method
        self.origin = origin
        self.target = target
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connect_timeout = connect_timeout
        self.max_body = max_body

    def __repr__(self) -> str:
        # Paths and queries hold ids and names of persons, so only the server is shown.
        return f"<Request {self.method} {self.origin!r}>"


class RawResponse:
    """A complete reply: status as a plain int, header fields, decompressed body; `call` is what its events are known by.

    `question` is set where the call may change something.
    """

    __slots__ = ("attempts", "call", "content", "headers", "question", "status")

    def __init__(self, status: int, headers: Headers, content: bytes, attempts: int = 1) -> None:
        self.status = status
        self.headers = headers
        self.content = content
        self.attempts = attempts
        self.call = 0
        self.question: Question | None = None

    def __repr__(self) -> str:
        return f"<RawResponse {self.status}, {len(self.content)} bytes>"


class StreamedResponse:
    """A reply whose body has not been read yet; iterate `chunks` once."""

    __slots__ = ("chunks", "headers", "status")

    def __init__(self, status: int, headers: Headers, chunks: Iterator[bytes] | AsyncIterator[bytes]) -> None:
        self.status = status
        self.headers = headers
        self.chunks = chunks
