"""Which way calls go: proxies of options and environment, tunnels, credentials, exceptions."""

from __future__ import annotations

import copy
import re
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from loyalty_runtime import APIConnectionError, APIStatusError, ArgumentError, Clock, ConnectionOptions
from loyalty_runtime.http.proxies import proxy_for
from loyalty_runtime.wire.messages import Origin
from tests.runtime.http.conftest import LibraryKit
from tests.runtime.http.servers import CERTIFICATE, Proxy, SocksProxy, TLSServer
from tests.runtime.support import GET, POST, RawServer, http, travelled

FAR = "http://far.example"
FAR_TLS = "https://localhost"


@pytest.fixture
def closed() -> Iterator[ExitStack]:
    """Whatever is entered here is closed at the end."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def tls(closed: ExitStack) -> TLSServer:
    """A server behind TLS that answers."""
    server = closed.enter_context(closing(TLSServer(CERTIFICATE)))
    server.steps = [http(body=b'{"by": "server"}')] * 5
    return server


def client(kit: LibraryKit, url: str, **options: Any) -> Any:
    """A client that may speak plain HTTP to another machine."""
    connections = ConnectionOptions(**options)
    return kit.client(url, allow_http=True, clock=Clock(), max_retries=1, timeout=10, connections=connections)


def secured() -> ssl.SSLContext:
    """The certificate for a proxy."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CERTIFICATE.configure_cert(context)
    return context


@pytest.mark.parametrize("given", ["option", "HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_plain_requests_are_forwarded(
    kit: LibraryKit, closed: ExitStack, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    """The proxy gets the absolute address and its own credentials."""
    proxy = closed.enter_context(closing(Proxy()))
    address = proxy.url.replace("http://", "http://user:p%40ss@")
    if given == "option":
        made = client(kit, FAR, proxy=address)
    else:
        monkeypatch.setenv(given, address)
        monkeypatch.setenv("NO_PROXY", "internal.example.com")
        made = client(kit, FAR)
    assert {"by": "proxy"} == kit.run(made.call(GET))
    assert proxy.received[0].startswith(b"GET http://far.example/v1/guests HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpwQHNz" in proxy.received[0]


@pytest.mark.parametrize("way", ["http", "https"])
def test_tls_goes_through_a_tunnel(kit: LibraryKit, closed: ExitStack, tls: TLSServer, bundle: str, way: str) -> None:
    """The server never sees the proxy's credentials; a proxy behind TLS is checked with the same trust store."""
    proxy = closed.enter_context(closing(Proxy(tls.port, secured=secured() if way == "https" else None)))
    made = client(kit, FAR_TLS, proxy=f"{way}://user:word@localhost:{proxy.port}", ca_file=bundle)
    assert {"by": "server"} == kit.run(made.call(GET))
    assert proxy.received[0].startswith(b"CONNECT localhost:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjp3b3Jk" in proxy.received[0]
    assert b"roxy" not in tls.received[0]


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize("password", ["", "p@ss"])
def test_socks(kit: LibraryKit, closed: ExitStack, tls: TLSServer, bundle: str, scheme: str, password: str) -> None:
    """SOCKS 5 carries calls too; the proxy looks the name up."""
    proxy = closed.enter_context(closing(SocksProxy(tls.port, password=password)))
    user = "user:p%40ss@" if password else ""
    made = client(kit, FAR_TLS, proxy=f"{scheme}://{user}localhost:{proxy.port}", ca_file=bundle)
    assert {"by": "server"} == kit.run(made.call(GET))
    assert [b"localhost"] == proxy.received


@pytest.mark.parametrize(
    ("settings", "user", "words", "attempts"),
    [
        ({"password": "right"}, "user:wrong@", "wants other credentials", 1),
        ({"password": "right"}, "", "wants other credentials, or speaks no SOCKS 5", 1),
        ({"refusal": 4}, "", "cannot reach the host", 2),
    ],
)
def test_a_socks_proxy_that_refuses(
    kit: LibraryKit, closed: ExitStack, settings: dict[str, Any], user: str, words: str, attempts: int
) -> None:
    """Its reason stands in the error; credentials are not tried twice."""
    proxy = closed.enter_context(closing(SocksProxy(9, **settings)))
    made = client(kit, FAR_TLS, proxy=f"socks5://{user}127.0.0.1:{proxy.port}")
    with pytest.raises(APIConnectionError, match=f"the socks5 proxy 127.0.0.1 of the option proxy {words}") as caught:
        kit.run(made.call(POST))
    assert (False, attempts) == (caught.value.sent, caught.value.attempts)


@pytest.mark.parametrize(("status", "attempts"), [(407, 1), (403, 1), (502, 2)])
def test_a_refused_tunnel(kit: LibraryKit, closed: ExitStack, status: int, attempts: int) -> None:
    """What the proxy refuses ends the call at once; its own trouble may be tried again, even for a POST, as nothing was sent."""
    proxy = closed.enter_context(closing(Proxy(answer=f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())))
    with pytest.raises(APIConnectionError, match=f"the http proxy 127.0.0.1 of the option proxy .*{status}") as caught:
        kit.run(client(kit, FAR_TLS, proxy=proxy.url).call(POST))
    assert (False, attempts) == (caught.value.sent, caught.value.attempts)
    assert attempts == len(proxy.received)


def test_a_forwarded_request_that_wants_credentials(kit: LibraryKit, raw_server: RawServer) -> None:
    """A 407 is a status like another, and is not repeated."""
    raw_server.steps = [http(407)] * 3
    with pytest.raises(APIStatusError) as caught:
        kit.run(client(kit, FAR, proxy=raw_server.url).call(GET))
    assert (407, 1) == (caught.value.status, len(raw_server.received))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("http://user:planted#word@proxy.example:1", "percent-encode # / ? @ :"),
        ("http://user:planted/word@proxy.example:1", "percent-encode # / ? @ :"),
        ("http://proxy.example:99999999", "write it as http"),
        ("http://[::1", "write it as http"),
        ("ftp://planted.example", "its scheme is none of http, https, socks5, socks5h"),
    ],
)
def test_a_proxy_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, value: str, words: str) -> None:
    """One line names the option or variable and what to do, and nothing of the value."""
    with pytest.raises(
        ArgumentError, match=f"The proxy of the option proxy cannot be read: {re.escape(words)}"
    ) as caught:
        proxy_for(ConnectionOptions(proxy=value), Origin("https", "far.example", None))
    monkeypatch.setenv("ALL_PROXY", value)
    with pytest.raises(ArgumentError, match="The proxy of the variable ALL_PROXY cannot be read"):
        proxy_for(ConnectionOptions(), Origin("https", "far.example", None))
    assert "planted" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("entries", "direct", "proxied"),
    [
        ("*", ["far.example", "10.1.2.3"], []),
        ("far.example", ["far.example", "api.far.example", "FAR.example"], ["notfar.example", "far.example.com"]),
        (".far.example", ["api.far.example", "far.example"], ["notfar.example"]),
        ("*.far.example", ["api.far.example"], ["notfar.example"]),
        ("far.example.", ["far.example", "far.example."], ["near.example"]),
        ("a.example , far.example", ["far.example"], ["b.example"]),
        ("far.example:8443", [], ["far.example"]),
        ("far.example:443", ["far.example"], []),
        ("10.0.0.0/8", ["10.1.2.3"], ["11.1.2.3", "10.example"]),
        ("10.1.2.3", ["10.1.2.3"], ["10.1.2.4"]),
        ("2001:db8::1", ["2001:db8::1"], ["2001:db8::2"]),
        ("[2001:db8::1]:443", ["2001:db8::1"], []),
        ("2001:db8::/32", ["2001:db8::9"], ["2001:db9::9"]),
        ("", [], ["far.example"]),
    ],
)  # fmt: skip
def test_no_proxy(monkeypatch: pytest.MonkeyPatch, entries: str, direct: list[str], proxied: list[str]) -> None:
    """Names with all below them, addresses, networks, ports."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", entries)
    found = {host: proxy_for(ConnectionOptions(), Origin("https", host, None)) for host in (*direct, *proxied)}
    assert direct == [host for host, proxy in found.items() if proxy is None]


@pytest.mark.parametrize(
    ("host", "variables", "expected"),
    [
        ("far.example", {"https_proxy": "http://small:1", "HTTPS_PROXY": "http://large:1"}, "small"),
        ("far.example", {"HTTPS_PROXY": "large:1", "ALL_PROXY": "socks5://all"}, "large"),
        ("far.example", {"HTTP_PROXY": "http://plain:1"}, None),
        ("127.0.0.1", {"HTTPS_PROXY": "http://large:1"}, None),
        ("api.localhost", {"HTTPS_PROXY": "http://large:1"}, None),
        ("127.far.example", {"HTTPS_PROXY": "http://large:1"}, "large"),
    ],
)
def test_variables(monkeypatch: pytest.MonkeyPatch, host: str, variables: dict[str, str], expected: str | None) -> None:
    """The lower-case name comes first, the scheme's own before ALL_PROXY; this machine is reached directly."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = proxy_for(ConnectionOptions(), Origin("https", host, None))
    assert expected == (found and found.host)
    assert proxy_for(ConnectionOptions(proxy=""), Origin("https", host, None)) is None


def test_a_cgi_program_ignores_a_header_in_disguise(monkeypatch: pytest.MonkeyPatch) -> None:
    """There HTTP_PROXY is what a visitor sent as header Proxy."""
    monkeypatch.setenv("HTTP_PROXY", "http://evil.example")
    origin = Origin("http", "far.example", None)
    assert proxy_for(ConnectionOptions(), origin) is not None
    monkeypatch.setenv("REQUEST_METHOD", "GET")
    assert proxy_for(ConnectionOptions(), origin) is None


def test_a_password_stays_out_of_pickles() -> None:
    """Its absence is told where the proxy is used; options without one travel."""
    plain = ConnectionOptions(proxy="http://proxy.example:1")
    assert plain == copy.deepcopy(plain) == travelled(plain) != ConnectionOptions(proxy="http://other.example:1")
    secret = ConnectionOptions(proxy="http://user:planted@proxy.example:1")
    assert "planted" not in repr(secret)
    with pytest.raises(ArgumentError, match="it holds a password, which is masked in pickled options"):
        proxy_for(travelled(secret), Origin("https", "far.example", None))
