"""TLS over the bytes of another stream, blocking or not."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .failures import Progress
    from .streams import Heard, Stream

_READ = 65536


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
