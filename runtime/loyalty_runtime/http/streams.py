"""Bytes to and from a socket. Each kind offers the same coroutines: those of `SyncStream` block and never suspend.

`write` takes a function that hears what arrives meanwhile and says whether to stop: a server may answer before it has read everything.
"""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from .reach import Selector, open_socket

if TYPE_CHECKING:
    from .failures import Progress

Heard = Callable[[bytes], bool]
_READ = 65536
_WRITE = 262144


class Stream(Protocol):
    """One connection's bytes; raises `OSError`, and `TimeoutError` at the call's deadline."""

    async def write(self, data: memoryview, progress: Progress, heard: Heard | None = None) -> bool:
        """Send everything, of which a traceback with local variables shows nothing, and return True; return False when `heard` ended it early."""
        ...

    async def read(self, progress: Progress) -> bytes:
        """Return what has arrived, waiting for the first byte of it; nothing at the end."""
        ...

    def usable(self) -> bool:
        """Say whether an idle connection can carry a request: open, and nothing unasked for has arrived."""
        ...

    def close(self) -> None:
        """Close at once."""
        ...

    def forget(self) -> None:
        """Give up the socket in a process made by fork, without a word to the server."""
        ...


class SyncStream:
    """A socket of a thread."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._idle: selectors.BaseSelector | None = None

    @classmethod
    async def open(cls, host: str, port: int, progress: Progress) -> SyncStream:
        """Connect within the limits of the call."""
        return cls(open_socket(host, port, progress))

    async def write(self, data: memoryview, progress: Progress, heard: Heard | None = None) -> bool:
        if heard is None:
            self._limit(progress)
            self._socket.sendall(data)
            return True
        self._socket.setblocking(False)
        with Selector() as selector:
            selector.register(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while data:
                ready = selector.select(None if progress.limit is None else _left(progress.limit))
                for _, events in ready:
                    if events & selectors.EVENT_READ and heard(self._socket.recv(_READ)):
                        return False
                    if events & selectors.EVENT_WRITE:
                        data = data[self._socket.send(data[:_WRITE]) :]
        return True

    async def read(self, progress: Progress) -> bytes:
        self._limit(progress)
        return self._socket.recv(_READ)

    def _limit(self, progress: Progress) -> None:
        self._socket.settimeout(None if progress.limit is None else _left(progress.limit))

    def usable(self) -> bool:
        if self._idle is None:
            self._idle = Selector()
            self._idle.register(self._socket, selectors.EVENT_READ)
        return not self._idle.select(0)  # what can be read is the end, or bytes nobody asked for

    def close(self) -> None:
        self._socket.close()

    forget = close


def _left(limit: float) -> float:
    left = limit - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class TLSStream:
    """TLS over another stream of either kind; over a tunnel or over TLS to a proxy it is the same."""

    def __init__(self, inner: Stream, context: ssl.SSLContext, host: str) -> None:
        self._inner = inner
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    async def handshake(self, progress: Progress) -> None:
        """Agree on keys and verify the certificate; raise `ssl.SSLError`."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush(progress)
                self._receive(await self._inner.read(progress))
            except ssl.SSLError:
                if self._outgoing.pending:  # the alert that tells the server why
                    await self._flush(progress)
                raise
            else:
                await self._flush(progress)
                return

    async def _flush(self, progress: Progress, heard: Heard | None = None) -> bool:
        return (
            await self._inner.write(memoryview(self._outgoing.read()), progress, heard)
            if self._outgoing.pending
            else True
        )

    def _receive(self, data: bytes) -> None:
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    async def write(self, data: memoryview, progress: Progress, heard: Heard | None = None) -> bool:
        self._tls.write(data)
        if heard is None:
            return await self._flush(progress)

        def decrypted(arrived: bytes) -> bool:
            self._receive(arrived)
            try:
                return heard(self._tls.read(_READ))
            except ssl.SSLWantReadError:
                return False

        return await self._flush(progress, decrypted)

    async def read(self, progress: Progress) -> bytes:
        while True:
            try:
                return self._tls.read(_READ)
            except ssl.SSLWantReadError:
                await self._flush(progress)
                self._receive(await self._inner.read(progress))
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
                return b""

    def usable(self) -> bool:
        return not self._tls.pending() and not self._incoming.pending and self._inner.usable()

    def close(self) -> None:
        self._inner.close()

    def forget(self) -> None:
        self._inner.forget()
