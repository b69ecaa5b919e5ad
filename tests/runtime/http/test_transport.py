"""Real sockets: faults of the connection, bounded bodies, redirects, TLS, proxies, closing."""

from __future__ import annotations

import gzip
import socket
import struct
from typing import Any

import pytest

from loyalty_runtime import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    ArgumentError,
    Clock,
    DecodeError,
    LoyaltyError,
)
from loyalty_runtime._version import __version__
from tests.runtime.support import GET, POST, RawServer, SyncKit, http, operation

JSON = "Content-Type: application/json\r\n"


def real(kit: SyncKit, server: RawServer, **settings: Any) -> Any:
    """A client of a raw server, with the true clock and without repeats."""
    return kit.client(server.url, **{"clock": Clock(), "max_retries": 0, "timeout": 5, **settings})


def reset(connection: socket.socket) -> None:
    """Close with a reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_call_goes_over_one_kept_connection(kit: SyncKit, raw_server: RawServer) -> None:
    """Requests carry host, own User-Agent and Accept headers; the connection is kept."""
    raw_server.steps = [http(), http()]
    client = real(kit, raw_server)
    kit.run(client.call(GET, query={"a": "b c"}))
    kit.run(client.call(POST, json={"a": 1}))
    first, second = raw_server.received
    assert first.startswith(b"GET /v1/guests?a=b%20c HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{raw_server.port}\r\n".encode() in first
    assert f"User-Agent: loyalty-clients/{__version__} (demo)\r\n".encode() in first
    assert b"Accept-Encoding: gzip, deflate\r\n" in first
    assert second.endswith(b'\r\n\r\n{"a":1}')
    assert b"Content-Length: 7\r\n" in second


def test_bytes_beyond_an_answer_never_answer_the_next_call(kit: SyncKit, raw_server: RawServer) -> None:
    """A server or gateway out of step sends more than it was asked: that is nobody's answer, and the connection goes."""
    raw_server.steps = [http(body=b'{"n": 1}') + http(body=b'"of another"'), http(body=b'{"n": 2}')]
    client = real(kit, raw_server)
    assert [kit.run(client.call(GET)) for _ in range(2)] == [{"n": 1}, {"n": 2}]


def test_a_post_without_body_says_so(kit: SyncKit, raw_server: RawServer) -> None:
    """Some servers refuse a POST without Content-Length."""
    raw_server.steps = [http()]
    kit.run(real(kit, raw_server).call(POST))
    assert b"Content-Length: 0\r\n" in raw_server.received[0]


def test_connection_refused(kit: SyncKit) -> None:
    """Nobody listens: a connection error that knows nothing was sent, without the library's exception behind it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = kit.client(f"http://127.0.0.1:{port}", clock=Clock(), max_retries=0)
    with pytest.raises(APIConnectionError) as caught:
        kit.run(client.call(POST))
    assert caught.value.sent is False
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert str(caught.value) == "demo createGuest: POST /v1/guests failed: 127.0.0.1 refused the connection"


@pytest.mark.parametrize(
    "step",
    [
        b"",
        reset,
        b"HTTP/1.1 200 OK\r\nContent-Len",
        http(length=50, body=b'{"a": 1}')[:-1] + b"",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    ],
    ids=["closed", "reset", "cut-head", "cut-body", "cut-chunk", "no-http", "two-lengths"],
)
def test_broken_replies(kit: SyncKit, raw_server: RawServer, step: Any) -> None:
    """Whatever breaks after sending is a connection error with `sent`; no half body is ever decoded."""

    def send_and_close(connection: socket.socket) -> None:
        connection.sendall(step)

    raw_server.steps = [reset if step is reset else send_and_close]
    with pytest.raises(APIConnectionError) as caught:
        kit.run(real(kit, raw_server).call(GET))
    assert caught.value.sent is True
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "begun", [b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b""]
)
@pytest.mark.parametrize("drips", [True, False])
def test_a_slow_server_cannot_stretch_the_budget(
    kit: SyncKit, raw_server: RawServer, begun: bytes, drips: bool
) -> None:
    """Whether nothing more comes or a byte now and then, in head or body: the call ends with its time."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(begun)
        while not raw_server.hold.wait(0.05):
            connection.sendall(b"H"[: int(drips)])

    raw_server.steps = [drip]
    clock = Clock()
    begun_at = clock.monotonic()
    with pytest.raises(APITimeoutError, match="no complete answer came in time"):
        kit.run(real(kit, raw_server, timeout=0.2).call(GET))
    assert clock.monotonic() - begun_at < 2


@pytest.mark.parametrize(
    ("body", "encoding", "error", "text"),
    [
        (gzip.compress(b" " * 5_000_000), "gzip", DecodeError, "larger than 300000 bytes"),
        (b" " * 300_001, "identity", DecodeError, "larger than 300000 bytes"),
        (gzip.compress(b'{"a": 1}')[:-9], "gzip", APIConnectionError, "cut"),
        (gzip.compress(b"") * 10_002, "gzip", DecodeError, "more than 10000 parts"),
    ],
    ids=["bomb", "large", "cut", "parts"],
)
def test_bodies_are_bounded_and_checked(
    kit: SyncKit, raw_server: RawServer, body: bytes, encoding: str, error: Any, text: str
) -> None:
    """A small reply that would fill the memory, or hold up every other call, is refused; half of one is an error."""
    raw_server.steps = [http(body=body, headers=f"{JSON}Content-Encoding: {encoding}\r\n")]
    with pytest.raises(error, match=text):
        kit.run(real(kit, raw_server, max_body=300_000).call(GET))


def test_a_redirect_on_the_same_server_is_followed(kit: SyncKit, raw_server: RawServer) -> None:
    """GET follows with its token; the query of the new place counts."""
    raw_server.steps = [http(301, headers="Location: /v2/guests?x=1\r\n"), http(body=b'{"a": 2}')]
    client = real(kit, raw_server, credentials={"token": "artificial"})
    assert kit.run(client.call(operation(security=(("token",),)))) == {"a": 2}
    assert raw_server.received[1].startswith(b"GET /v2/guests?x=1 ")
    assert b"Authorization: Token artificial" in raw_server.received[1]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_to_another_host_is_not_followed(kit: SyncKit, raw_server: RawServer, method: str) -> None:
    """The token stays here; the error says why the call ended."""
    other = RawServer()
    raw_server.steps = [http(302, headers=f"Location: {other.url}/v1/guests\r\n")]
    client = real(kit, raw_server, credentials={"token": "artificial"})
    with pytest.raises(APIStatusError, match="redirects are followed only") as caught:
        kit.run(client.call(operation(method=method, security=(("token",),))))
    assert caught.value.status == 302
    assert other.received == []
    other.close()


def test_redirects_end(kit: SyncKit, raw_server: RawServer) -> None:
    """A circle of redirects ends with its status."""
    raw_server.steps = [http(302, headers="Location: /v1/guests\r\n")] * 10
    with pytest.raises(APIStatusError):
        kit.run(real(kit, raw_server).call(GET))
    assert len(raw_server.received) == 6


def test_a_failing_server_heals(kit: SyncKit, raw_server: RawServer) -> None:
    """Over real sockets: broken connection, 500, then success."""
    raw_server.steps = [reset, http(500), http(body=b'{"a": 1}')]
    client = kit.client(raw_server.url, max_retries=2)
    assert kit.run(client.call(GET)) == {"a": 1}


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("ftp://x", "must start with https"),
        ("api.example.com", "must start with https"),
        ("https://user:planted-secret@x", "credentials as arguments"),
        ("https://x/?a=1", "query or fragment"),
        ("http://api.example.com", "credentials would travel in clear"),
        ("https://", "must be https://host"),
        ("https://x:99999", "not a URL"),
    ],
)
def test_base_urls_are_checked(kit: SyncKit, url: str, text: str) -> None:
    """A wrong address is refused before anything is sent, without repeating a password."""
    with pytest.raises(ArgumentError, match=text) as caught:
        kit.run(kit.client(url).call(GET))
    assert caught.value.argument == "base_url"
    assert "planted-secret" not in str(caught.value)


def test_plain_http_when_allowed(kit: SyncKit) -> None:
    """allow_http is the caller's word that the network is private."""
    client = kit.client("http://sandbox.internal:1", allow_http=True, timeout=0.001)
    assert repr(client._ready().origin) == "http://sandbox.internal:1"


def test_closing_twice_and_calling_afterwards(kit: SyncKit, raw_server: RawServer) -> None:
    """close() may be repeated; a derived client closes nothing; a closed client says so."""
    raw_server.steps = [http(), http()]
    client = real(kit, raw_server)
    kit.run(client.call(GET))
    kit.run(client.with_options(timeout=1).close())
    kit.run(client.call(GET))
    kit.run(client.close())
    kit.run(client.close())
    with pytest.raises(LoyaltyError, match="This Demo client is closed"):
        kit.run(client.call(GET))
