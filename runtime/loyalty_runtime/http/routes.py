"""The way to a server: directly, through a tunnel (CONNECT or SOCKS 5), or by way of a proxy that forwards; with TLS where the way needs it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from ..errors import TransportFailure
from .connection import Connection, Message
from .streams import TLSStream
from .trust import shared_ssl_context

if TYPE_CHECKING:
    from ..wire.messages import Origin
    from .async_streams import AsyncStream
    from .connections import ConnectionOptions
    from .failures import Progress
    from .proxies import Proxy
    from .streams import Stream, SyncStream


class Route:
    """The way to a server; opens connections with the stream of its kind."""

    def __init__(
        self,
        origin: Origin,
        proxy: Proxy | None,
        options: ConnectionOptions,
        kind: type[SyncStream] | type[AsyncStream],
    ) -> None:
        self.origin = origin
        self.port = origin.port or (443 if origin.scheme == "https" else 80)
        self.host = origin.host
        self._proxy = proxy
        self._options = options
        self._kind = kind

    async def open(self, progress: Progress) -> Connection:
        """Connect, with tunnel and TLS where the way needs them, within the share of time that connecting may take."""
        if progress.connect_seconds is not None:
            limit = monotonic() + progress.connect_seconds
            progress.limit = limit if progress.deadline is None else min(limit, progress.deadline)
        proxy = self._proxy
        peer = self if proxy is None else proxy
        progress.peer = "" if proxy is None else str(proxy)
        stream: Stream = await self._kind.open(peer.host, peer.port, progress)
        try:
            prefix = b""
            if proxy is not None:
                if proxy.scheme == "https":
                    stream = await self._secured(stream, proxy.host, progress)
                if proxy.scheme == "socks5":
                    await _socks(stream, proxy, self.host, self.port, progress)
                elif self.origin.scheme == "https":
                    await _tunnel(stream, proxy, self.origin, self.port, progress)
                else:
                    prefix = repr(self.origin).encode()
                progress.peer = ""
            if self.origin.scheme == "https":
                stream = await self._secured(stream, self.host, progress)
        except BaseException:
            stream.close()
            raise
        progress.limit = progress.deadline
        return Connection(stream, self.host, prefix, proxy.authorization if prefix and proxy is not None else None)

    async def _secured(self, stream: Stream, host: str, progress: Progress) -> Stream:
        progress.phase = "securing"
        made = TLSStream(stream, shared_ssl_context(self._options), host)
        await made.handshake(progress)
        return made


async def _tunnel(stream: Stream, proxy: Proxy, origin: Origin, port: int, progress: Progress) -> None:
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    target = f"{host}:{port}".encode()
    asked = Connection(stream, proxy.host)
    message = Message(b"CONNECT", target, [(b"Host", target)])
    if proxy.authorization is not None:
        message.fields.append((b"Proxy-Authorization", proxy.authorization))
    problem = ""
    try:
        head = await asked.send(message, progress)
    except TransportFailure:
        problem = "closed the connection without an answer"
    else:
        if head.status == 407:
            raise TransportFailure("proxy", f"{proxy} wants other credentials (407)", sent=False)
        if not 200 <= head.status < 300:
            problem = f"answered {head.status}"
    finally:
        progress.phase, progress.sent = "tunnelling", False
    if problem:
        raise TransportFailure("connect", f"{proxy} {problem} when asked for a tunnel", sent=False)


_SOCKS_REFUSALS = {
    2: "forbids the connection",
    3: "cannot reach the network",
    4: "cannot reach the host",
    5: "was refused by the server",
}


async def _socks(stream: Stream, proxy: Proxy, host: str, port: int, progress: Progress) -> None:
    """Ask a SOCKS 5 proxy (RFC 1928, 1929) for a connection; it looks the name up."""
    received = b""

    async def take(count: int) -> bytes:
        nonlocal received
        while len(received) < count:
            data = await stream.read(progress)
            if not data:
                raise failure("closed the connection")
            received += data
        taken, received = received[:count], received[count:]
        return taken

    def failure(words: str) -> TransportFailure:
        return TransportFailure("connect", f"{proxy} {words}", sent=False)

    progress.phase = "tunnelling"
    await stream.write(memoryview(b"\x05\x01\x00" if proxy.user is None else b"\x05\x02\x00\x02"), progress)
    version, method = await take(2)
    if version != 5 or method == 0xFF or (method == 2 and proxy.user is None):
        raise TransportFailure("proxy", f"{proxy} wants other credentials, or speaks no SOCKS 5", sent=False)
    if method == 2:
        await stream.write(proxy.socks_login, progress)
        if (await take(2))[1]:
            raise TransportFailure("proxy", f"{proxy} wants other credentials", sent=False)
    name = host.encode("ascii")
    asked = b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big")
    await stream.write(memoryview(asked), progress)
    _, refused, _, kind = await take(4)
    if refused:
        raise failure(_SOCKS_REFUSALS.get(refused, "refused the connection"))
    rest = {1: 4, 4: 16}.get(kind)
    await take((rest if rest is not None else (await take(1))[0]) + 2)
