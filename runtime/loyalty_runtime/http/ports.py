"""Input and output of the engine, in two kinds.

The engine is written once, as coroutines.
A synchronous client runs them with `SyncIO`, whose coroutines block and never suspend, so no event loop is needed; an asynchronous one with `AsyncIO`.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from ..errors import LoyaltyError, TransportFailure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from ..clock import Clock
    from ..wire.messages import RawResponse, Request, StreamedResponse
    from ..wire.transports import AsyncTransport, Transport
    from .connections import ConnectionOptions
    from .fork import Lock

T = TypeVar("T")
TransportT = TypeVar("TransportT")


def lock_timeout() -> TransportFailure:
    """Return the failure of a call that waited too long for another one's token."""
    return TransportFailure("timeout", "another call's token request took too long", sent=False)


class Ports(Generic[TransportT]):
    """What both kinds have in common: the transport, made at the first call unless one was given."""

    def __init__(
        self, clock: Clock, transport: TransportT | None, options: ConnectionOptions, http: str = "httpx"
    ) -> None:
        self.clock = clock
        self._transport = transport
        self._options = options
        self._http = http
        self._closed = False

    def _made(self) -> TransportT:
        raise NotImplementedError

    def _ready(self, request: Request) -> TransportT:
        if self._closed:
            raise LoyaltyError("This client is closed; make a new one.")
        from time import monotonic

        from .fork import making

        begun = monotonic()
        with making:  # which imports the library, at the expense of the first attempt
            if self._transport is None:
                self._transport = self._made()
        if request.timeout is not None:
            request.timeout = max(request.timeout - (monotonic() - begun), 0.001)
        return self._transport


class SyncIO(Ports["Transport"]):
    """Blocking input and output."""

    def _made(self) -> Transport:
        from .transport import PooledTransport

        return PooledTransport(self._options, self._http)

    async def send(self, request: Request) -> RawResponse:
        """Send one attempt, blocking."""
        return (self._transport or self._ready(request)).send(request)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[tuple[StreamedResponse, AsyncIterator[bytes]]]:
        """Send one attempt; the chunks come without suspending."""
        with (self._transport or self._ready(request)).stream(request) as response:
            yield response, _as_async(response.chunks)  # type: ignore[arg-type]

    async def sleep(self, seconds: float) -> None:
        """Wait, blocking."""
        self.clock.sleep(seconds)

    def make_lock(self) -> Lock:
        """Return a thread lock."""
        from .fork import Lock

        return Lock()

    @asynccontextmanager
    async def locked(self, lock: Lock, timeout: float | None) -> AsyncIterator[None]:
        """Hold a thread lock."""
        with lock.within(timeout) as held:
            if not held:
                raise lock_timeout()
            yield

    async def run(self, function: Callable[[], T]) -> T:
        """Run the function here."""
        return function()

    def close(self) -> None:
        """Close the transport, if one was made."""
        self._closed = True
        if self._transport is not None:
            self._transport.close()


async def _as_async(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


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
