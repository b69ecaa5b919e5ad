"""A transport over httpx, for what its client offers beyond our own connections: HTTP/2, mounts, event hooks, mock transports.

This is the only module that imports httpx; none of its types or exceptions leaves it.
The default transport uses httpx's own connection layer instead (see `httpcore_transport`), which costs half as much per request.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx

from ..errors import TransportFailure
from ..wire.bodies import Body
from ..wire.headers import Headers
from ..wire.messages import RawResponse, Request, StreamedResponse
from .inflate import Inflater, too_large

_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)


def _failure(error: Exception) -> TransportFailure:
    """Say in neutral words what httpx reports; its texts may quote addresses."""
    if isinstance(error, httpx.PoolTimeout):
        return TransportFailure("pool", "no connection of the pool became free in time", sent=False)
    if isinstance(error, httpx.ConnectTimeout):
        return TransportFailure("timeout", "connecting took too long", sent=False)
    if isinstance(error, httpx.ConnectError):
        return TransportFailure("refused", "no connection could be made", sent=False)
    if isinstance(error, httpx.TimeoutException):
        return TransportFailure("timeout", "no complete answer came in time", sent=True)
    if isinstance(error, httpx.WriteError):
        return TransportFailure("write", "the connection broke while sending", sent=True)
    return TransportFailure("cut", "the server broke the connection or the protocol", sent=True)


def _arguments(request: Request, content: object) -> dict[str, Any]:
    timeout = request.timeout
    connect = request.connect_timeout if request.connect_timeout is not None else timeout
    return {
        "method": request.method,
        "url": f"{request.origin.scheme}://{request.origin.authority}{request.target}",
        "headers": [(name, value) for name, value in request.headers if name.lower() != b"host"],
        "content": content,
        "timeout": httpx.Timeout(timeout, connect=connect),
    }


def _inflater(response: httpx.Response, limit: int) -> Inflater | None:
    encoding = response.headers.get("content-encoding", "").strip().lower()
    return Inflater(encoding, limit) if encoding not in ("", "identity") else None


def _checked(size: int, limit: int) -> None:
    if size > limit:
        raise too_large(limit)


def _fields(response: httpx.Response) -> Headers:
    return Headers(list(response.headers.raw))


class HttpxTransport:
    """Send through an `httpx.Client` made with these arguments; redirects, cookies and credentials stay the engine's business.

    Time is limited per read, not over the whole reply.
    """

    def __init__(self, **arguments: object) -> None:
        self._client = httpx.Client(**{"trust_env": False, **arguments, "follow_redirects": False})  # type: ignore[arg-type]

    def send(self, request: Request) -> RawResponse:
        """Send and read everything, at most `request.max_body` bytes."""
        with self.stream(request) as response:
            content = b"".join(response.chunks)  # type: ignore[arg-type]
            return RawResponse(response.status, response.headers, content)

    @contextmanager
    def stream(self, request: Request) -> Iterator[StreamedResponse]:
        """Send and hand out the reply before its body."""
        body = request.body.chunks() if isinstance(request.body, Body) else request.body
        failure: TransportFailure
        try:
            self._client.cookies.clear()
            with self._client.stream(**_arguments(request, body)) as response:
                yield StreamedResponse(response.status_code, _fields(response), _read(response, request.max_body))
                return
        except _ERRORS as error:
            failure = _failure(error)
        raise failure

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _read(response: httpx.Response, limit: int) -> Iterator[bytes]:
    if response.is_stream_consumed:  # a mock transport gives a body that is read and unpacked already
        _checked(len(response.content), limit)
        yield response.content
        return
    inflater, size = _inflater(response, limit), 0
    for chunk in response.iter_raw():
        size += len(chunk)
        _checked(size, limit)
        yield inflater.feed(chunk) if inflater else chunk
    if inflater:
        inflater.finish()


class AsyncHttpxTransport:
    """Do the same through an `httpx.AsyncClient`."""

    def __init__(self, **arguments: object) -> None:
        self._client = httpx.AsyncClient(**{"trust_env": False, **arguments, "follow_redirects": False})  # type: ignore[arg-type]

    async def send(self, request: Request) -> RawResponse:
        """Send and read everything, at most `request.max_body` bytes."""
        async with self.stream(request) as response:
            chunks = [chunk async for chunk in response.chunks]  # type: ignore[union-attr]
            return RawResponse(response.status, response.headers, b"".join(chunks))

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[StreamedResponse]:
        """Send and hand out the reply before its body."""
        import anyio.to_thread

        def run(function: Any, size: int, /) -> Any:
            return anyio.to_thread.run_sync(function, size)

        body = request.body.achunks(run) if isinstance(request.body, Body) else request.body
        failure: TransportFailure
        try:
            self._client.cookies.clear()
            async with self._client.stream(**_arguments(request, body)) as response:
                yield StreamedResponse(response.status_code, _fields(response), _aread(response, request.max_body))
                return
        except _ERRORS as error:
            failure = _failure(error)
        raise failure

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


async def _aread(response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    if response.is_stream_consumed:  # a mock transport gives a body that is read and unpacked already
        _checked(len(response.content), limit)
        yield response.content
        return
    inflater, size = _inflater(response, limit), 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        _checked(size, limit)
        yield inflater.feed(chunk) if inflater else chunk
    if inflater:
        inflater.finish()
