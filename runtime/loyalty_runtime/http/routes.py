"""The way to a server: directly, through a tunnel (CONNECT or SOCKS 5), or by way of a proxy that forwards; with TLS where the way needs it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from .connection import Connection

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
                from .tunnels import socks, tunnel

                if proxy.scheme == "socks5":
                    await socks(stream, proxy, self.host, self.port, progress)
                elif self.origin.scheme == "https":
                    await tunnel(stream, proxy, self.origin, self.port, progress)
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
        from .tls import TLSStream, shared_ssl_context

        progress.phase = "securing"
        made = TLSStream(stream, shared_ssl_context(self._options), host)
        await made.handshake(progress)
        return made
