"""Input and output of an event loop."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from .ports import Ports, SyncIO, lock_timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from ..wire.messages import RawResponse, Request, StreamedResponse
    from ..wire.transports import AsyncTransport

T = TypeVar("T")
IO: TypeAlias = "SyncIO | AsyncIO"
"""What the engine has of the outside."""


def _loops_own(locks: dict[Any, Any]) -> Any:
    """Return the running event loop's lock; those of loops that have ended go."""
    import asyncio

    import anyio

    loop = asyncio._get_running_loop()  # None under another library's loop
    lock = locks.get(loop)
    if lock is None:
        for other in [known for known in locks if known is not None and known.is_closed()]:
            locks.pop(other, None)
        lock = locks[loop] = anyio.Lock()
    return lock


class AsyncIO(Ports["AsyncTransport"]):
    """Input and output of an event loop."""

    def _made(self) -> AsyncTransport:
        from .async_transport import AsyncPooledTransport

        return AsyncPooledTransport(self._options, self._http)

    async def send(self, request: Request) -> RawResponse:
        """Send one attempt."""
        return await (self._transport or self._ready(request)).send(request)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[tuple[StreamedResponse, AsyncIterator[bytes]]]:
        """Send one attempt and hand out the reply before its body."""
        async with (self._transport or self._ready(request)).stream(request) as response:
            yield response, response.chunks  # type: ignore[misc]

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self.clock.asleep(seconds)

    def make_lock(self) -> Any:
        """Return a lock for tasks: one for each event loop, as a task cannot wait for another loop's."""
        return {}

    @asynccontextmanager
    async def locked(self, lock: Any, timeout: float | None) -> AsyncIterator[None]:
        """Hold a task lock."""
        import anyio

        lock = _loops_own(lock)
        acquired = False
        with anyio.move_on_after(timeout):
            await lock.acquire()
            acquired = True
        if not acquired:
            raise lock_timeout()
        try:
            yield
        finally:
            lock.release()

    async def run(self, function: Callable[[], T]) -> T:
        """Run the function in a thread."""
        import anyio.to_thread

        return await anyio.to_thread.run_sync(function)

    async def close(self) -> None:
        """Close the transport, if one was made."""
        self._closed = True
        if self._transport is not None:
            await self._transport.close()
