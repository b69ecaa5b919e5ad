"""Bytes to and from a socket. Each kind offers the same coroutines: those of `SyncStream` block and never suspend.

`write` takes a function that hears what arrives meanwhile and says whether to stop: a server may answer before it has read everything.
"""

from __future__ import annotations

import selectors
import socket
from time import monotonic
from typing import TYPE_CHECKING

from .reach import Selector, open_socket

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from .failures import Progress

    Heard = Callable[[bytes], bool]

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


_READ = 65536
_WRITE = 262144


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
