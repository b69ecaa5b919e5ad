"""Servers with certificates, and proxies, for the tests of this folder."""

from __future__ import annotations

import select
import socket
import ssl
from contextlib import suppress

import trustme

from tests.runtime.support import RawServer, http, read_request

AUTHORITY = trustme.CA()
CERTIFICATE = AUTHORITY.issue_cert("localhost")


class TLSServer(RawServer):
    """The raw server behind TLS."""

    def __init__(self, certificate: trustme.LeafCert, *, client_authority: trustme.CA | None = None) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(self.context)
        if client_authority is not None:
            self.context.verify_mode = ssl.CERT_REQUIRED
            client_authority.configure_trust(self.context)
        super().__init__()
        self.url = f"https://localhost:{self.port}"

    def _serve(self, connection: socket.socket) -> None:
        try:
            wrapped = self.context.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            return
        self._open.append(wrapped)
        super()._serve(wrapped)


class Proxy(RawServer):
    """A proxy for HTTP: forwards by answering itself, tunnels to a port of this machine, whatever name was asked for."""

    def __init__(
        self, target: int = 0, *, answer: bytes = b"HTTP/1.1 200 OK\r\n\r\n", secured: ssl.SSLContext | None = None
    ) -> None:
        self._target = target
        self._answer = answer
        self._secured = secured
        super().__init__()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._secured is not None:
                connection = self._secured.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            with connection:
                while request := read_request(connection):
                    self.received.append(request)
                    if not request.startswith(b"CONNECT"):
                        connection.sendall(http(body=b'{"by": "proxy"}'))
                        continue
                    connection.sendall(self._answer)
                    if b" 200 " in self._answer:
                        self.tunnel(connection)
                    return

    def tunnel(self, connection: socket.socket) -> None:
        """Copy bytes both ways until one side ends."""
        with socket.create_connection(("127.0.0.1", self._target)) as server:
            while True:
                waiting = isinstance(connection, ssl.SSLSocket) and connection.pending()
                ready = [connection] if waiting else select.select([connection, server], [], [], 10)[0]
                for each in ready:
                    data = each.recv(65536)
                    if not data:
                        return
                    (server if each is connection else connection).sendall(data)


class SocksProxy(Proxy):
    """A SOCKS 5 proxy; with a password it takes no one without it."""

    def __init__(self, target: int, *, password: str = "", refusal: int = 0) -> None:
        self._password = password
        self._refusal = refusal
        super().__init__(target)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            methods = connection.recv(2)
            offered = connection.recv(methods[1])
            wanted = 2 if self._password else 0
            connection.sendall(bytes([5, wanted if wanted in offered else 255]))
            if wanted not in offered:
                return
            if self._password:
                words = connection.recv(513)
                user = words[2 : 2 + words[1]]
                right = words[3 + len(user) :] == self._password.encode()
                connection.sendall(bytes([1, 0 if right else 1]))
                if not right:
                    return
            request = connection.recv(262)
            self.received.append(request[5 : 5 + request[4]])
            connection.sendall(bytes([5, self._refusal, 0, 1]) + bytes(6))
            if not self._refusal:
                self.tunnel(connection)
