"""HTTP for uvicorn: the connection is at hand so that a fault can cut or reset it."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

TRANSPORT = "loyalty_sandbox.transport"


class SandboxProtocol(H11Protocol):
    """Puts the connection into the scope of each request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            scope[TRANSPORT] = transport
            await app(scope, receive, send)

        self.app = with_transport


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
