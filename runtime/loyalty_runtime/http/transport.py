"""The transports: a neutral request in, a neutral reply out, one deadline over all of it, `TransportFailure` for whatever goes wrong.

`PooledTransport` and `AsyncPooledTransport` are the default; `httpx_transport` adds those over somebody else's client.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..errors import LoyaltyError, TransportFailure
from ..wire.headers import Headers
from ..wire.messages import RawResponse, StreamedResponse
from .async_pool import AsyncPool
from .failures import Progress, late
from .pool import Pool
from .seam import Seam, seam

if TYPE_CHECKING:
    from ..wire.messages import Request
    from .connections import ConnectionOptions


class SeamTransport:
    """Send through something that takes the library's requests."""

    _seam: Seam

    def _open(self, request: Any) -> Any:
        """Return the library's reply before its body is read."""
        raise NotImplementedError

    def send(self, request: Request) -> RawResponse:
        """Send and read everything, at most `request.max_body` bytes."""
        response: Any = None
        failure: TransportFailure
        try:
            response = self._open(self._seam.request(request, Progress(request, monotonic())))
            try:
                content = b"".join(self._seam.read(response, request.max_body))
            finally:
                response.close()
            return RawResponse(response.status_code, Headers(response.headers.raw), content)
        except TransportFailure as error:
            failure = error
        except self._seam.errors as error:
            failure = self._seam.failure(error)
        raise _with_status(failure, response)

    @contextmanager
    def stream(self, request: Request) -> Iterator[StreamedResponse]:
        """Send and hand out the reply before its body."""
        response: Any = None
        failure: TransportFailure
        try:
            response = self._open(self._seam.request(request, Progress(request, monotonic())))
            try:
                chunks = self._seam.read(response, request.max_body)
                yield StreamedResponse(response.status_code, Headers(response.headers.raw), chunks)
                return
            finally:
                response.close()
        except TransportFailure as error:
            failure = error
        except self._seam.errors as error:
            failure = self._seam.failure(error)
        raise _with_status(failure, response)


class AsyncSeamTransport:
    """Do the same in an event loop."""

    _seam: Seam

    async def _open(self, request: Any) -> Any:
        """Return the library's reply before its body is read."""
        raise NotImplementedError

    def _within(self, seconds: float | None) -> AbstractAsyncContextManager[object]:
        """Return what ends a call with `TimeoutError` after this time."""
        raise NotImplementedError

    async def send(self, request: Request) -> RawResponse:
        """Send and read everything, at most `request.max_body` bytes."""
        response: Any = None
        failure: TransportFailure
        progress = Progress(request, monotonic())
        try:
            async with self._within(None if progress.limit is None else request.timeout):
                response = await self._open(self._seam.request(request, progress))
                try:
                    chunks = [chunk async for chunk in self._seam.aread(response, request.max_body)]
                finally:
                    await response.aclose()
            return RawResponse(response.status_code, Headers(response.headers.raw), b"".join(chunks))
        except TransportFailure as error:
            failure = error
        except TimeoutError:
            failure = late(progress, request.origin.host)
        except self._seam.errors as error:
            failure = self._seam.failure(error)
        raise _with_status(failure, response)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[StreamedResponse]:
        """Send and hand out the reply before its body."""
        response: Any = None
        failure: TransportFailure
        progress = Progress(request, monotonic())
        try:
            async with self._within(None if progress.limit is None else request.timeout):
                response = await self._open(self._seam.request(request, progress))
                try:
                    chunks = self._seam.aread(response, request.max_body)
                    yield StreamedResponse(response.status_code, Headers(response.headers.raw), chunks)
                    return
                finally:
                    await response.aclose()
        except TransportFailure as error:
            failure = error
        except TimeoutError:
            failure = late(progress, request.origin.host)
        except self._seam.errors as error:
            failure = self._seam.failure(error)
        raise _with_status(failure, response)


def _with_status(failure: TransportFailure, response: Any) -> TransportFailure:
    if response is not None:
        failure.status = response.status_code
    return failure.with_traceback(None)


class PooledTransport(SeamTransport):
    """The default of synchronous clients: httpx's own transport over our pool, shared by threads."""

    def __init__(self, options: ConnectionOptions, http: str = "httpx") -> None:
        self._seam = seam(http)
        library = self._seam.library
        self._transport = library.HTTPTransport(verify=_unused_context(), trust_env=False)
        self._transport._pool = Pool(options, library.ByteStream)

    def _open(self, request: Any) -> Any:
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Refuse further calls and close what is idle; calls that run end in peace."""
        self._transport.close()


class AsyncPooledTransport(AsyncSeamTransport):
    """The default of asynchronous clients: the same with a pool for each event loop."""

    def __init__(self, options: ConnectionOptions, http: str = "httpx") -> None:
        self._options = options
        self._seam = seam(http)
        self._closed = False
        self._transports: dict[asyncio.AbstractEventLoop, Any] = {}

    def _within(self, seconds: float | None) -> AbstractAsyncContextManager[object]:
        if asyncio._get_running_loop() is None:
            raise LoyaltyError(
                "Asynchronous clients send with asyncio, which does not run here; give transport=AsyncHttpxTransport(…) for trio."
            )
        return asyncio.timeout(seconds)

    async def _open(self, request: Any) -> Any:
        loop = asyncio.get_running_loop()
        transport = self._transports.get(loop) or self._made(loop)
        return await transport.handle_async_request(request)

    def _made(self, loop: asyncio.AbstractEventLoop) -> Any:
        if self._closed:
            raise LoyaltyError("This client is closed; make a new one.")
        for other in [known for known in self._transports if known.is_closed()]:
            self._transports.pop(other, None)
        library = self._seam.library
        transport = library.AsyncHTTPTransport(verify=_unused_context(), trust_env=False)
        transport._pool = AsyncPool(self._options, library.ByteStream)
        self._transports[loop] = transport
        return transport

    async def close(self) -> None:
        """Refuse further calls and close what is idle, in every loop; calls that run end in peace."""
        self._closed = True
        for loop, transport in list(self._transports.items()):
            if not loop.is_closed():
                await transport.aclose()


def _unused_context() -> Any:
    """Return a context that trusts nobody: httpx's transport wants one at once, the pool makes its own when it needs one."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
