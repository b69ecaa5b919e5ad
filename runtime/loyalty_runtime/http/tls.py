"""TLS over the bytes of another stream, blocking or not, and whom it trusts."""

from __future__ import annotations

import os
import ssl
import threading
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from .fork import renew_after_fork

if TYPE_CHECKING:
    from .connections import ConnectionOptions
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


_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


class _Contexts:
    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[tuple[object, ...], tuple[object, ssl.SSLContext]] = {}

    def get(self, options: ConnectionOptions) -> ssl.SSLContext:
        store, source = _store(options)
        certificate = options.client_certificate
        place = (store, certificate)
        files = [store, *((certificate,) if isinstance(certificate, str) else certificate or ())]
        state = [_state(file) for file in files]
        with self._lock:
            known = self._made.get(place)
            if known is None or known[0] != state:
                known = self._made[place] = (state, _make(store, source, certificate))
            return known[1]


def _store(options: ConnectionOptions) -> tuple[str, str]:
    """Return the path of the trust store, and what named it."""
    if options.ca_file is not None:
        return options.ca_file, "ca_file"
    for name in _VARIABLES:
        if os.environ.get(name):
            return os.environ[name], f"the variable {name}"
    import certifi

    return certifi.where(), "certifi"


def _state(file: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(file)  # noqa: PTH116 - at every new connection
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _make(store: str, source: str, certificate: str | tuple[str, str] | None) -> ssl.SSLContext:
    import ssl

    def fail(error: OSError, argument: str, what: str) -> ArgumentError:
        reason = error.strerror if error.errno and not isinstance(error, ssl.SSLError) else "not PEM certificates"
        return ArgumentError(f"The certificates of {what} cannot be loaded: {reason}.", argument=argument)

    problem: ArgumentError
    try:
        folder = os.path.isdir(store)  # noqa: PTH112
        context = ssl.create_default_context(capath=store) if folder else ssl.create_default_context(cafile=store)
    except OSError as error:
        problem = fail(error, "ca_file", source)
    else:
        try:
            if certificate is not None:
                context.load_cert_chain(*((certificate,) if isinstance(certificate, str) else certificate))
            context.set_alpn_protocols(["http/1.1"])
        except OSError as error:
            problem = fail(error, "client_certificate", "client_certificate")
        else:
            return context
    raise problem


_contexts = _Contexts()
renew_after_fork(_contexts)


def shared_ssl_context(options: ConnectionOptions) -> ssl.SSLContext:
    """Return the context of this process for these options; raise `ArgumentError` for certificates that cannot be loaded."""
    return _contexts.get(options)
