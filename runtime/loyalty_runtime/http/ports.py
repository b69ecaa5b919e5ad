"""Input and output of the engine, in two kinds.

The engine is written once, as coroutines.
A synchronous client runs them with `SyncIO`, whose coroutines block and never suspend, so no event loop is needed; an asynchronous one with `AsyncIO`
of `async_ports`.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from ..errors import LoyaltyError, TransportFailure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from ..clock import Clock
    from ..wire.messages import RawResponse, Request, StreamedResponse
    from ..wire.transports import Transport
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
