"""HTTP for uvicorn: the connection is at hand so that a fault can cut or reset it, and requests are taken as clients send them."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any
from urllib.parse import unquote

import h11
from starlette.requests import Request
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

TRANSPORT = "loyalty_sandbox.transport"
HEAD_SECONDS = 20  # a request line with its headers comes within it


class SandboxProtocol(H11Protocol):
    """Puts the connection into the scope of each request, and ends connections whose request does not come."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection."""
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Any, receive: Any, send: Any) -> None:
            await app({**_in_origin_form(scope), TRANSPORT: transport}, receive, send)

        self.app = with_transport
        self._late = self.loop.call_later(HEAD_SECONDS, transport.close)

    def data_received(self, data: bytes) -> None:
        """Take bytes; a head that is not complete has to be soon."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._late.cancel()
        elif self._late.cancelled():
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)


async def read_body(request: Request, most: int) -> bytes | None:
    """Read a body; None when it is larger than `most` bytes."""
    body, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        body += chunk if size <= most else b""
    return bytes(body) if size <= most else None


def cut(transport: asyncio.Transport | None, *, reset: bool = False) -> None:
    """Close a connection at once; with `reset` the peer sees a TCP reset instead of an end."""
    if transport is not None and not reset:
        transport.close()  # sends what is buffered, then ends
    elif transport is not None:
        if connection := transport.get_extra_info("socket"):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


def _in_origin_form(scope: Scope) -> Scope:
    """Split a target with scheme and host, as clients behind proxies send it; its host counts, not the header (RFC 9112, 3.2.2)."""
    scheme, mark, rest = scope["raw_path"].partition(b"://")
    if not mark or scheme.lower() != b"http":
        return scope
    host, _, path = rest.partition(b"/")
    headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {**scope, "raw_path": b"/" + path, "path": f"/{unquote(path)}", "headers": [*headers, (b"host", host)]}
