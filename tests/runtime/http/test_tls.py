"""Whom the clients trust, and what they say when they do not."""

from __future__ import annotations

import datetime
import socket
import ssl
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from loyalty_runtime import APIConnectionError, ArgumentError, Clock, ConnectionOptions
from loyalty_runtime.http.tls import shared_ssl_context
from tests.runtime.http.conftest import LibraryKit
from tests.runtime.http.servers import AUTHORITY, CERTIFICATE, TLSServer
from tests.runtime.support import GET, POST, RawServer, http

LONG_AGO = datetime.datetime(2020, 1, 2, tzinfo=datetime.UTC)
Serve = Callable[..., TLSServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers that answer a few requests."""
    made: list[RawServer] = []

    def start(certificate: trustme.LeafCert = CERTIFICATE, **more: Any) -> TLSServer:
        server = TLSServer(certificate, **more)
        server.steps = [http(body=b'{"tls": true}')] * 5
        made.append(server)
        return server

    yield start
    for server in made:
        server.close()


def call(kit: LibraryKit, server: RawServer, **options: Any) -> Any:
    """Call once over a new connection."""
    connections = ConnectionOptions(**options)
    client = kit.client(server.url, clock=Clock(), max_retries=2, timeout=10, connections=connections)
    return kit.run(client.call(GET))


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        (AUTHORITY.issue_cert("localhost", not_after=LONG_AGO), "localhost: its certificate has expired"),
        (AUTHORITY.issue_cert("other.example"), "localhost: its certificate is for another host name"),
        (trustme.CA().issue_cert("localhost"), "localhost: its certificate comes from an unknown authority"),
    ],
    ids=["expired", "wrong-name", "unknown-authority"],
)
def test_a_certificate_that_is_not_trusted(
    kit: LibraryKit, serve: Serve, bundle: str, certificate: Any, words: str
) -> None:
    """The reason stands in the error; nothing was sent, and nothing is tried again."""
    with pytest.raises(APIConnectionError, match=words) as caught:
        call(kit, serve(certificate), ca_file=bundle)
    assert (False, 1) == (caught.value.sent, caught.value.attempts)
    assert caught.value.__context__ is None


def test_a_self_signed_certificate(kit: LibraryKit, tmp_path: Path, serve: Serve) -> None:
    """It is named as such; given as trust store it is trusted."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    server = serve()
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(cert, key)
    with pytest.raises(APIConnectionError, match="self-signed by an unknown authority"):
        call(kit, server)
    assert {"tls": True} == call(kit, server, ca_file=str(cert))


def test_a_client_certificate(kit: LibraryKit, serve: Serve, bundle: str, tmp_path: Path) -> None:
    """A server that wants one gets it; without it the server's alert stands in the error."""
    file = tmp_path / "client.pem"
    AUTHORITY.issue_cert("client@example.com").private_key_and_cert_chain_pem.write_to_path(str(file))
    server = serve(client_authority=AUTHORITY)
    assert {"tls": True} == call(kit, server, ca_file=bundle, client_certificate=str(file))
    with pytest.raises(APIConnectionError, match=r"TLS with the alert 'certificate required'|closed|reset") as caught:
        call(kit, server, ca_file=bundle)
    assert caught.value.sent is True


def test_a_server_without_tls(kit: LibraryKit) -> None:
    """An address with the wrong scheme is told as that."""
    server = PlainServer()
    server.url = server.url.replace("http:", "https:")
    with pytest.raises(APIConnectionError, match=r"127.0.0.1: it does not speak TLS on this port"):
        call(kit, server)
    server.close()


@pytest.mark.parametrize("reset", [False, True])
def test_an_end_in_the_handshake_may_be_tried_again(kit: LibraryKit, reset: bool) -> None:
    """A load balancer that restarts ends handshakes, by FIN or by RST: nothing was sent, so even a POST is repeated."""
    server = Vanishing(reset=reset)
    server.url = server.url.replace("http:", "https:")
    client = kit.client(server.url, clock=Clock(), max_retries=1, timeout=10)
    with pytest.raises(APIConnectionError, match="it closed the connection during the TLS handshake") as caught:
        kit.run(client.call(POST))
    assert (False, 2) == (caught.value.sent, caught.value.attempts)
    server.close()


class Vanishing(RawServer):
    """Closes as soon as it hears the client."""

    def __init__(self, *, reset: bool) -> None:
        self._linger = struct.pack("ii", int(reset), 0)
        super().__init__()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, self._linger)


class PlainServer(RawServer):
    """Answers in plain HTTP whatever it hears."""

    def _serve(self, connection: Any) -> None:
        with connection:
            connection.recv(100)
            connection.sendall(http(400))


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
def test_variables_name_the_trust_store(
    kit: LibraryKit, serve: Serve, bundle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Each of the usual variables is read."""
    folder = tmp_path / "hashed"
    folder.mkdir()
    AUTHORITY.cert_pem.write_to_path(folder / "authority.pem")
    subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
    monkeypatch.setenv(variable, str(folder) if variable == "SSL_CERT_DIR" else bundle)
    assert {"tls": True} == call(kit, serve())


def test_a_renewed_trust_store_is_read_again(kit: LibraryKit, serve: Serve, tmp_path: Path) -> None:
    """An authority may be replaced while a process runs."""
    file = tmp_path / "store.pem"
    trustme.CA().cert_pem.write_to_path(file)
    server = serve()
    with pytest.raises(APIConnectionError, match="unknown authority"):
        call(kit, server, ca_file=str(file))
    AUTHORITY.cert_pem.write_to_path(file)
    assert {"tls": True} == call(kit, server, ca_file=str(file))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ca_file": "/nowhere.pem"}, "The certificates of ca_file cannot be loaded: No such file or directory."),
        ({"ca_file": __file__}, "The certificates of ca_file cannot be loaded: not PEM certificates."),
        ({"client_certificate": "/nowhere.pem"}, "The certificates of client_certificate cannot be loaded: No such"),
    ],
)
def test_certificates_that_cannot_be_loaded(options: dict[str, str], words: str) -> None:
    """One line says which."""
    with pytest.raises(ArgumentError, match=words):
        shared_ssl_context(ConnectionOptions(**options))  # type: ignore[arg-type]


def test_bytes_beyond_an_answer_never_answer_the_next_call(kit: LibraryKit, serve: Serve, bundle: str) -> None:
    """More than was asked for, in records of their own: nobody's answer."""
    server = serve()

    def twice(connection: socket.socket) -> None:
        for n in (1, 2):
            connection.sendall(http(body=b'{"n": %d}' % n))

    server.steps = [twice, http(body=b'{"n": 3}')]
    client = kit.client(server.url, clock=Clock(), max_retries=0, connections=ConnectionOptions(ca_file=bundle))
    assert [kit.run(client.call(GET)) for _ in range(2)] == [{"n": 1}, {"n": 3}]


@pytest.mark.parametrize(
    "options",
    [
        {"max_connections": "5"},
        {"max_connections": 0},
        {"max_keepalive": -1},
        {"keepalive_seconds": "5"},
        {"keepalive_seconds": float("nan")},
        {"proxy": 5},
    ],
)
def test_options_are_checked_when_they_are_made(options: dict[str, Any]) -> None:
    """A number that is none, or a proxy that is no text, is named."""
    (name,) = options
    with pytest.raises(ArgumentError, match=f"{name} is ") as caught:
        ConnectionOptions(**options)
    assert name == caught.value.argument
