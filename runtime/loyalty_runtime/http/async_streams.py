"""Bytes to and from a socket of an event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .reach import open_socket_async

if TYPE_CHECKING:
    import socket

    from .failures import Progress
    from .streams import Heard

_HIGH = 1024 * 1024  # bytes that arrived and nobody reads: from here on the server has to wait


class AsyncStream(asyncio.Protocol):
    """A socket of an event loop; the transport limits the time of the whole call."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._arrived: list[bytes] = []
        self._size = 0
        self._ended = False
        self._error: Exception | None = None
        self._full = self._held = False
        self._waiter: asyncio.Future[None] | None = None
        self._loop: asyncio.AbstractEventLoop
        self._socket: socket.socket

    @classmethod
    async def open(cls, host: str, port: int, progress: Progress) -> AsyncStream:
        """Connect; the caller limits the time."""
        loop = asyncio.get_running_loop()
        connected = await open_socket_async(loop, host, port, progress)
        try:
            _, stream = await loop.create_connection(cls, sock=connected)
        except BaseException:
            connected.close()
            raise
        stream._loop, stream._socket = loop, connected
        return stream

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._arrived.append(data)
        self._size += len(data)
        if self._size > _HIGH and not self._held:
            self._held = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self._ended = True
        self._wake()
        return True  # keeps the transport open until `close`: the request may still be on its way

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._error = exc
        self._full = False
        self._wake()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._wake()

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)

    async def _wait(self) -> None:
        self._waiter = waiter = self._loop.create_future()
        try:
            await waiter
        finally:
            self._waiter = None

    async def write(self, data: memoryview, progress: Progress, heard: Heard | None = None) -> bool:
        if self._error is not None:
            raise self._error
        self._transport.write(data)
        while self._full or (heard is not None and (self._arrived or self._ended)):
            if heard is not None and (self._arrived or self._ended) and heard(self._taken()):
                return False
            if not self._full:
                break
            await self._wait()
        return True

    async def read(self, progress: Progress) -> bytes:
        while not self._arrived:
            if self._error is not None:
                raise self._error
            if self._ended:
                return b""
            await self._wait()
        return self._taken()

    def _taken(self) -> bytes:
        arrived = self._arrived
        data = arrived[0] if len(arrived) == 1 else b"".join(arrived)
        self._arrived = []
        self._size = 0
        if self._held:
            self._held = False
            self._transport.resume_reading()
        return data

    def usable(self) -> bool:
        return not self._ended and not self._arrived

    def close(self) -> None:
        if self._loop.is_closed():
            self._socket.close()
        else:
            self._transport.abort()

    def forget(self) -> None:
        """Close this process's copy of the socket only: the loop and its selector belong to the parent process."""
        self._socket.close()
