"""The transports over somebody's own client or transport: the same results and errors as the default, and the library's own mocks."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from typing import Any

import httpx
import pytest
import trio
from httpx_aiohttp import AiohttpTransport

from loyalty_runtime import APIConnectionError, APITimeoutError, ArgumentError, DecodeError, LoyaltyError
from loyalty_runtime.http.httpx_transport import AsyncHttpxTransport, HttpxTransport
from tests.runtime.http.servers import CERTIFICATE, TLSServer
from tests.runtime.support import GET, AsyncDemo, Demo, RawServer, http

WAYS = [
    (library, kind, given)
    for library in ("httpx", "httpx2")
    for kind in ("sync", "async")
    for given in ("client", "transport")
]


class Way:
    """One library, one kind of client, and whether a client or a transport is given."""

    def __init__(self, library: str, kind: str, given: str) -> None:
        self.library: Any = import_module(library)
        self.asynchronous = kind == "async"
        self.given = given

    def call(self, handler: Callable[[Any], Any], path: str = "/things/a%2Fb", **settings: Any) -> Any:
        """Get one thing through a mock transport."""
        inner = self.library.MockTransport(handler)
        if self.given == "client":
            inner = (self.library.AsyncClient if self.asynchronous else self.library.Client)(transport=inner)
        settings = {"base_url": "https://demo.example", "max_retries": 0, **settings}
        if not self.asynchronous:
            with Demo(transport=HttpxTransport(inner), **settings) as demo:
                return demo.request("GET", path).json()

        async def run() -> Any:
            async with AsyncDemo(transport=AsyncHttpxTransport(inner), **settings) as demo:
                return (await demo.request("GET", path)).json()

        return asyncio.run(run())


@pytest.fixture(params=WAYS, ids=["-".join(way) for way in WAYS])
def way(request: pytest.FixtureRequest) -> Way:
    """Every way to give somebody's own client."""
    return Way(*request.param)


def test_a_call_goes_through(way: Way) -> None:
    """Method, address and headers arrive as given; a compressed reply is read."""
    seen: list[Any] = []

    def answer(request: Any) -> Any:
        seen.append(request)
        return way.library.Response(200, content=gzip.compress(b'{"id": 1}'), headers={"Content-Encoding": "gzip"})

    assert {"id": 1} == way.call(answer)
    assert ("GET", "https://demo.example/things/a%2Fb") == (seen[0].method, str(seen[0].url))
    assert seen[0].headers["user-agent"].startswith("loyalty-clients/")


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        ("ConnectError", APIConnectionError),
        ("ReadError", APIConnectionError),
        ("ReadTimeout", APITimeoutError),
        ("RemoteProtocolError", APIConnectionError),
        ("ProxyError", APIConnectionError),
    ],
)
def test_failures_are_ours(way: Way, raised: str, expected: type[Exception]) -> None:
    """Failures of the library become errors of the tree, without the library's behind them."""

    def fail(request: Any) -> Any:
        raise getattr(way.library, raised)("x")

    with pytest.raises(expected) as caught:
        way.call(fail)
    assert caught.value.__cause__ is None
    assert not isinstance(caught.value.__context__, way.library.HTTPError)


def test_what_a_transport_raises_besides_is_ours_too(way: Way) -> None:
    """A transport of another library may leak exceptions of that."""

    def fail(request: Any) -> Any:
        raise ZeroDivisionError

    with pytest.raises(APIConnectionError, match="the given transport failed with ZeroDivisionError"):
        way.call(fail)


def test_a_bomb_is_refused(way: Way) -> None:
    """A body that unpacks beyond the limit ends the call."""
    bomb = gzip.compress(b"0" * 1_000_000)

    def answer(request: Any) -> Any:
        return way.library.Response(200, content=bomb, headers={"Content-Encoding": "gzip"})

    with pytest.raises(DecodeError):
        way.call(answer, max_body=10_000)


def test_cookies_and_redirects_stay_the_engines_business(way: Way) -> None:
    """A client of yours keeps no cookie of the vendor and follows nowhere by itself."""
    seen: list[Any] = []

    def answer(request: Any) -> Any:
        seen.append(request)
        if len(seen) == 1:
            return way.library.Response(302, headers={"Location": "/moved", "Set-Cookie": "a=b"})
        return way.library.Response(200, json={})

    assert {} == way.call(answer)
    assert ["https://demo.example/things/a%2Fb", "https://demo.example/moved"] == [str(each.url) for each in seen]
    assert "cookie" not in seen[1].headers


def test_a_transport_of_another_library_is_taken(raw_server: RawServer) -> None:
    """httpx-aiohttp offers aiohttp as a transport of httpx."""
    raw_server.steps = [http(body=gzip.compress(b'{"id": 1}'), headers="Content-Encoding: gzip\r\n")]

    async def run() -> Any:
        transport = AsyncHttpxTransport(AiohttpTransport(trust_env=False))
        async with AsyncDemo(base_url=raw_server.url, transport=transport, max_retries=0) as demo:
            return await demo.call(GET)

    assert {"id": 1} == asyncio.run(run())


def test_trio(raw_server: RawServer) -> None:
    """Under another event loop the default says what to do; a client of httpx does it."""
    raw_server.steps = [http(body=b'{"id": 1}')]

    async def run(**settings: Any) -> Any:
        async with AsyncDemo(base_url=raw_server.url, max_retries=0, **settings) as demo:
            return await demo.call(GET)

    with pytest.raises(LoyaltyError, match="send with asyncio, which does not run here"):
        trio.run(run)
    given = AsyncHttpxTransport(httpx.AsyncClient(trust_env=False))
    assert {"id": 1} == trio.run(lambda: run(transport=given))


def test_a_client_is_made_from_arguments(raw_server: RawServer) -> None:
    """Without one of yours it is made; the environment does not count then."""
    raw_server.steps = [http(body=b'{"id": 1}')] * 2
    settings: Any = {"base_url": raw_server.url, "max_retries": 0}
    with Demo(transport=HttpxTransport(verify=True), **settings) as demo:
        assert {"id": 1} == demo.call(GET)

    async def run() -> Any:
        async with AsyncDemo(transport=AsyncHttpxTransport(), **settings) as demo:
            return await demo.call(GET)

    assert {"id": 1} == asyncio.run(run())


@pytest.mark.parametrize("given", [object(), "https://demo.example"])
def test_anything_else_is_refused(given: object) -> None:
    """The error says what is taken."""
    with pytest.raises(ArgumentError, match=r"is no httpx.Client and has no handle_request"):
        HttpxTransport(given)


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_cause_below_a_given_client(library: str, kind: str) -> None:
    """Its errors say no more than that connecting failed; ours say why, and whether a repeat makes sense."""
    module = import_module(library)

    def tried(url: str) -> APIConnectionError:
        settings: dict[str, Any] = {"base_url": url, "max_retries": 0}
        with pytest.raises(APIConnectionError) as caught:
            if kind == "sync":
                with Demo(transport=HttpxTransport(module.Client()), **settings) as demo:
                    demo.call(GET)
            else:

                async def run() -> None:
                    async with AsyncDemo(transport=AsyncHttpxTransport(module.AsyncClient()), **settings) as demo:
                        await demo.call(GET)

                asyncio.run(run())
        return caught.value

    with closing(TLSServer(CERTIFICATE)) as server:
        unknown = tried(server.url)
    assert ("tls", False) == (unknown.problem, unknown.sent)
    assert "localhost: its certificate comes from an unknown authority" in str(unknown)
    refused = tried("http://127.0.0.1:9")
    assert ("refused", False) == (refused.problem, refused.sent)
