"""The only module that imports httpx (or httpx2, its maintained continuation), at the first call.

Requests are sent through its transport classes, `HTTPTransport.handle_request` and `AsyncHTTPTransport.handle_async_request`, which are
used as they are: OpenTelemetry, vcrpy and mock libraries patch exactly these two methods. What stands behind them, the attribute `_pool`,
is replaced by the pool of this package. httpx's client layer is left out: it costs nearly half of a small call.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from ..errors import LoyaltyError, TransportFailure
from .failures import Progress, broken, too_large

if TYPE_CHECKING:
    from types import ModuleType

    from ..wire.bodies import Body
    from ..wire.messages import Request
    from .inflate import Inflater

Library = Literal["httpx", "httpx2"]
LIBRARIES: tuple[Library, ...] = ("httpx", "httpx2")

PROGRESS = "loyalty"  # the request extension that carries a `Progress` to the pool

# `_pool` is private to httpx, so each version was tried by the tests of the transport; they fail on any other.
TRIED = {
    "httpx": frozenset(("0.27.0", "0.27.1", "0.27.2", "0.28.0", "0.28.1")),
    "httpx2": frozenset(("2.16.0", "2.16.1", "2.16.2")),
}


class Seam:
    """One of the two libraries: its requests, its replies, its errors."""

    def __init__(self, library: ModuleType) -> None:
        self.library: Any = library
        self.errors: tuple[type[Exception], ...] = (library.HTTPError, library.InvalidURL, library.StreamError)
        self._empty = library.ByteStream(b"")
        self._request = _request_class(library)
        self._url = lru_cache(maxsize=128)(library.URL)  # parsing is a tenth of a call, and most go to few addresses

    def request(self, request: Request, progress: Progress | None = None) -> Any:
        """Write a request in the library's terms."""
        timeout = request.timeout
        connect = timeout if request.connect_timeout is None else request.connect_timeout
        extensions: dict[str, Any] = {
            "timeout": {"connect": connect, "read": timeout, "write": timeout, "pool": timeout},
            "target": request.target.encode("ascii"),  # the library would normalise it
        }
        if progress is not None:
            extensions[PROGRESS] = progress
        return self._request(
            request.method,
            self._url(f"{request.origin!r}{request.target}"),
            headers=request.headers,
            stream=self._stream(request.body) if request.body else self._empty,
            extensions=extensions,
        )

    def _stream(self, body: bytes | Body) -> Any:
        return self.library.ByteStream(body) if isinstance(body, bytes) else _upload_class(self.library)(body)

    def failure(self, error: Exception, request: Request) -> TransportFailure:
        """Say in neutral words what the library, or a mock of it, reports; its texts may quote addresses."""
        library, host = self.library, request.origin.host
        if isinstance(error, library.PoolTimeout):
            return TransportFailure("pool", "no connection of the pool became free in time", sent=False)
        if isinstance(error, library.ConnectTimeout):
            return TransportFailure("timeout", "connecting took too long", sent=False)
        if isinstance(error, library.ConnectError):
            cause = _cause(error)
            if cause is not None:
                return broken(cause, Progress(request, 0.0), host)
            return TransportFailure("refused", f"{host}: no connection could be made", sent=False)
        if isinstance(error, library.InvalidURL):
            return TransportFailure(
                "protocol", f"{host}: the address of the request cannot be sent; it may be too long", sent=False
            )
        if isinstance(error, (library.ProxyError, library.UnsupportedProtocol)):
            return TransportFailure("proxy", "the proxy or protocol refused the connection", sent=False)
        if isinstance(error, library.TimeoutException):
            return TransportFailure("timeout", "no complete answer came in time", sent=True)
        if isinstance(error, library.WriteError):
            return TransportFailure("write", "the connection broke while sending", sent=True)
        return TransportFailure("cut", "the server broke the connection or the protocol", sent=True)

    def read(self, response: Any, limit: int) -> Iterator[bytes]:
        """Read the body of a reply, at most `limit` bytes before and after decompression; the caller closes the reply."""
        if self._is_read(response, limit):
            yield response.content
            return
        unpack, size = _unpacking(response.headers.raw, limit), 0
        for chunk in response.stream:
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            yield unpack.feed(chunk) if unpack else chunk
        if unpack:
            yield unpack.finish()

    async def aread(self, response: Any, limit: int) -> AsyncIterator[bytes]:
        """Do the same for an asynchronous reply."""
        if self._is_read(response, limit):
            yield response.content
            return
        unpack, size = _unpacking(response.headers.raw, limit), 0
        async for chunk in response.stream:
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            yield unpack.feed(chunk) if unpack else chunk
        if unpack:
            yield unpack.finish()

    def _is_read(self, response: Any, limit: int) -> bool:
        """Say whether somebody has read the reply, and unpacked it; a stream of bytes can be read again."""
        if not response.is_stream_consumed or isinstance(response.stream, self.library.ByteStream):
            return False
        if len(response.content) > limit:
            raise too_large(limit)
        return True


def _cause(error: BaseException) -> OSError | None:
    """Return what the system or TLS said, below what the library made of it."""
    below: BaseException | None = error
    while below is not None and not isinstance(below, OSError):
        below = below.__cause__ or below.__context__
    return below


def _unpacking(fields: list[tuple[bytes, bytes]], limit: int) -> Inflater | None:
    if all(name.lower() != b"content-encoding" for name, _ in fields):
        return None
    from .inflate import inflater

    return inflater(fields, limit)


def _request_class(library: Any) -> type[Any]:
    class Request(library.Request):  # type: ignore[misc]
        """A request whose repr shows the server only: its address and header fields hold credentials."""

        def __repr__(self) -> str:
            return f"<Request({self.method!r}, '{self.url.scheme}://{self.url.host}')>"

    return Request


@cache
def _upload_class(library: Any) -> type[Any]:
    class Upload(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[misc]
        """A body that is read while it is sent."""

        def __init__(self, body: Body) -> None:
            self._body = body

        def __iter__(self) -> Iterator[bytes]:
            return self._body.chunks()

        def __aiter__(self) -> AsyncIterator[bytes]:
            return self._body.achunks(_in_thread)

    return Upload


async def _in_thread(function: Any, size: int, /) -> Any:
    from asyncio import to_thread

    return await to_thread(function, size)


@cache
def seam(name: str) -> Seam:
    """Import the library; raise `LoyaltyError` where it is not installed."""
    if name not in LIBRARIES:
        raise LoyaltyError(f"http is {name!r}; give one of {', '.join(LIBRARIES)}.")
    try:
        return Seam(import_module(name))
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
    raise LoyaltyError(f"http={name!r} needs that library: pip install 'loyalty-clients[{name}]'.")
