"""The pool of an event loop: what `AsyncHTTPTransport` calls as its `_pool`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, Any

from .async_streams import AsyncStream
from .places import WAITING, Ticket
from .pool import BasePool, Use, keep_quiet

if TYPE_CHECKING:
    from ..errors import TransportFailure
    from .connection import Connection, Reply
    from .connections import ConnectionOptions
    from .failures import Progress
    from .routes import Route


class AsyncPool(BasePool):
    """The pool of one event loop."""

    _kind = AsyncStream

    def __init__(self, options: ConnectionOptions, whole: Any) -> None:
        super().__init__(options, whole)
        self._loop = asyncio.get_running_loop()
        self._guard: AsyncGenerator[None, None] | None = None

    async def handle_async_request(self, request: Any) -> Reply:
        """Do the same as `Pool.handle_request`; the caller limits the time."""
        return await self._handled(request)

    def _body(self, use: Use) -> object:
        return _AsyncChunks(use)

    async def _acquire(self, use: Use) -> None:
        self._take(use, self._loop.create_future)
        if use.ticket.state == WAITING:
            await use.ticket.wake

    async def _opened(self, route: Route, progress: Progress) -> Connection:
        if self._guard is None:
            self._guard = _closing(self._open)
            await anext(self._guard)
        async with asyncio.timeout(progress.connect_seconds):
            return await route.open(progress)

    def renew(self) -> None:
        """Begin anew; the loop, and what it would do at its end, belong to the parent too."""
        keep_quiet(self._guard)
        self._guard = None
        super().renew()

    def _pieces(self, stream: Any) -> Any:
        return aiter(stream)

    def _wake(self, ticket: Ticket[Connection]) -> None:
        if asyncio._get_running_loop() is self._loop:
            _resolve(ticket.wake)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_resolve, ticket.wake)

    def _close(self, connection: Connection) -> None:
        if self._loop.is_closed() or asyncio._get_running_loop() is self._loop:
            super()._close(connection)
        else:
            self._loop.call_soon_threadsafe(super()._close, connection)

    async def aclose(self) -> None:
        """Do what `close` does."""
        self.close()


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def _closing(connections: set[Connection]) -> AsyncGenerator[None, None]:
    """Close what is open when the loop ends or the pool goes: an event loop finishes its asynchronous generators at both moments."""
    try:
        yield
    finally:
        for connection in list(connections):
            connection.close()
        connections.clear()
        await asyncio.sleep(0)  # the loop closes the sockets in its next turn


class _AsyncChunks:
    """The same for an event loop."""

    def __init__(self, use: Use) -> None:
        self._use = use

    async def __aiter__(self) -> AsyncIterator[bytes]:
        use = self._use
        connection = use.connection
        problem: TransportFailure
        try:
            while connection is not None:
                chunk = await connection.chunk(use.progress)
                if chunk is None:
                    use.end(keep=connection.end())
                    return
                yield chunk
            return
        except OSError as error:
            problem = use.pool.failure(error, use)
        except BaseException:
            use.end()
            raise
        raise problem

    async def aclose(self) -> None:
        self._use.end()
