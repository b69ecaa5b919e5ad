"""The transports of event loops: the same as those of threads, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from ..errors import LoyaltyError, TransportFailure
from ..headers import Headers
from ..wire.messages import RawResponse, StreamedResponse
from .async_pool import AsyncPool
from .failures import Progress, late
from .seam import Seam, seam
from .transport import unused_context, with_status

if TYPE_CHECKING:
    from ..wire.messages import Request
    from .connections import ConnectionOptions


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
        async with self.stream(request) as reply:
            chunks = [chunk async for chunk in cast("AsyncIterator[bytes]", reply.chunks)]
            return RawResponse(reply.status, reply.headers, b"".join(chunks))

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
            failure = self._seam.failure(error, request)
        raise with_status(failure, response)


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
        transport = library.AsyncHTTPTransport(verify=unused_context(), trust_env=False)
        transport._pool = AsyncPool(self._options, library.ByteStream)
        self._transports[loop] = transport
        return transport

    async def close(self) -> None:
        """Refuse further calls and close what is idle, in every loop; calls that run end in peace."""
        self._closed = True
        for loop, transport in list(self._transports.items()):
            if not loop.is_closed():
                await transport.aclose()
