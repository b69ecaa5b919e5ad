"""The transport over httpx: the same results and errors as the default one, and httpx's own mock transport."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import httpx
import pytest

import loyalty_runtime
from loyalty_runtime import (
    APIConnectionError,
    APITimeoutError,
    AsyncBaseClient,
    BaseClient,
    DecodeError,
    NotFoundError,
    Operation,
    Reply,
    Server,
    Vendor,
)
from loyalty_runtime.http.httpx_transport import AsyncHttpxTransport, HttpxTransport

VENDOR = Vendor(slug="acme", name="Acme", servers={"production": Server("https://acme.example")})
GET: Operation[object] = Operation(
    vendor="acme", id="getThing", method="GET", path="/things/{id}", responses={200: Reply()}
)


class Acme(BaseClient):
    """A synchronous client."""

    vendor = VENDOR


class AsyncAcme(AsyncBaseClient):
    """An asynchronous client."""

    vendor = VENDOR


def call(handler: object, *, asynchronous: bool, **settings: object) -> object:
    """Get one thing through a mock transport."""
    mock = httpx.MockTransport(handler)  # type: ignore[arg-type]
    if not asynchronous:
        with Acme(transport=HttpxTransport(transport=mock), max_retries=0, **settings) as acme:  # type: ignore[arg-type]
            return acme.call(GET, path={"id": "a/b"})

    async def run() -> object:
        async with AsyncAcme(transport=AsyncHttpxTransport(transport=mock), max_retries=0, **settings) as acme:  # type: ignore[arg-type]
            return await acme.call(GET, path={"id": "a/b"})

    return asyncio.run(run())


BOTH = pytest.mark.parametrize("asynchronous", [False, True])


@BOTH
def test_a_call_goes_through(asynchronous: bool) -> None:
    """Method, address and headers arrive as given; a compressed reply is read."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=gzip.compress(b'{"id": 1}'), headers={"Content-Encoding": "gzip"})

    assert {"id": 1} == call(answer, asynchronous=asynchronous)
    assert ("GET", "https://acme.example/things/a%2Fb") == (seen[0].method, str(seen[0].url))
    assert seen[0].headers["user-agent"].startswith("loyalty-clients/")


@BOTH
@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ConnectError("x"), APIConnectionError),
        (httpx.ReadError("x"), APIConnectionError),
        (httpx.ReadTimeout("x"), APITimeoutError),
        (httpx.RemoteProtocolError("x"), APIConnectionError),
    ],
)
def test_failures_are_ours(asynchronous: bool, raised: Exception, expected: type[Exception]) -> None:
    """Failures of httpx become errors of the tree, without httpx behind them."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(expected) as caught:
        call(fail, asynchronous=asynchronous)
    assert caught.value.__cause__ is None
    assert not isinstance(caught.value.__context__, httpx.HTTPError)


@BOTH
def test_statuses_are_raised(asynchronous: bool) -> None:
    """An error status raises its class."""
    with pytest.raises(NotFoundError):
        call(lambda request: httpx.Response(404), asynchronous=asynchronous)


@BOTH
def test_a_bomb_is_refused(asynchronous: bool) -> None:
    """A body that unpacks beyond the limit ends the call."""
    bomb = gzip.compress(b"0" * 1_000_000)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=bomb, headers={"Content-Encoding": "gzip"})

    with pytest.raises(DecodeError):
        call(answer, asynchronous=asynchronous, max_body=10_000)


def test_httpx_is_imported_in_one_module() -> None:
    """No other module of the runtime imports httpx."""
    folder = Path(loyalty_runtime.__file__).parent
    importing = [
        path.name for path in sorted(folder.rglob("*.py")) if "import httpx" in path.read_text(encoding="utf-8")
    ]
    assert ["httpx_transport.py"] == importing
