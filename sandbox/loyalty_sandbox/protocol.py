"""HTTP for uvicorn: the connection is at hand so that a fault can cut or reset it."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

TRANSPORT = "loyalty_sandbox.transport"
HEAD_SECONDS = 20  # a request line with its headers comes within it


class SandboxProtocol(H11Protocol):
    """Puts the connection into the scope of each request, and ends connections whose request does not come."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope[TRANSPORT] = transport
            await app(scope, receive, send)

        self.app = with_transport
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; a head that is not complete has to be soon."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE and self._late is not None:
            self._late.cancel()
            self._late = None
        elif self.conn.their_state is h11.IDLE:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let a connection go."""
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)


def cut(transport: asyncio.Transport | None, *, reset: bool) -> None:
    """Close a connection at once; with `reset` the peer sees a TCP reset instead of an end."""
    if transport is None:
        return
    if reset:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()  # sends what is buffered, then ends
