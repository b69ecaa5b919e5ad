"""Read one address over HTTPS, bounded in size, time and redirects, and never off its host."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx

from scripts.common.problems import PipelineError

SECONDS = 60.0  # for one address, redirects included
SIZE = 32 * 1024 * 1024  # bytes of one body
_REDIRECTS = 5
_HEADERS = {
    "User-Agent": "loyalty-clients-fetch",
    "Accept": "application/json, application/yaml, text/html, */*;q=0.5",
    "Accept-Encoding": "identity",
}


@dataclass(frozen=True)
class Reply:
    """Hold the body of an answered read and the address it finally came from."""

    address: str
    content: bytes


def check_address(address: str, *, where: str = "") -> None:
    """Refuse an address that is not plain HTTPS; loopback may use HTTP.

    Raises:
        PipelineError: another scheme, no host, or credentials inside the address.
    """
    url = _read(address)
    loopback = url.scheme == "http" and url.host in ("localhost", "127.0.0.1", "::1")
    if not url.host or url.userinfo or not (loopback or url.scheme == "https"):
        shown = address if not url.userinfo else f"an address of {url.host} with a user name"
        todo = "Write the address as https://host/path in provenance.toml."
        raise PipelineError(f"{shown} is not https", where=where, todo=todo)


def same_host(left: str, right: str) -> bool:
    """Tell whether two addresses have the same scheme, host and port."""
    one, other = _read(left), _read(right)
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def read_address(address: str) -> Reply:
    """Read one address.

    Raises:
        PipelineError: not https, unreachable, a status other than 200, a redirect off the host, or a limit exceeded.
    """
    check_address(address)
    try:
        return asyncio.run(_read_all(address))
    except (TimeoutError, httpx.TimeoutException):
        found = f"no complete answer in {SECONDS:g} s"
        raise PipelineError(found, where=address, todo="Try again.") from None
    except httpx.TooManyRedirects:
        found, todo = f"more than {_REDIRECTS} redirects", "Record the final address in provenance.toml."
        raise PipelineError(found, where=address, todo=todo) from None
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        found = f"cannot be read: {problem or type(problem).__name__}"
        todo = "Check the address, and that this machine can reach it."
        raise PipelineError(found, where=address, todo=todo) from None


async def _read_all(address: str) -> Reply:
    async def stay(request: httpx.Request) -> None:
        target = str(request.url)
        check_address(target, where=f"redirect of {address}")
        if not same_host(address, target):
            todo = "If that is the vendor's, record it as `download` in provenance.toml."
            raise PipelineError(f"redirects to another host: {target}", where=address, todo=todo)

    client = httpx.AsyncClient(
        headers=_HEADERS,
        timeout=SECONDS,
        follow_redirects=True,
        max_redirects=_REDIRECTS,
        event_hooks={"request": [stay]},
    )
    # httpx bounds each read alone; a head that comes byte by byte, or slow redirects, need one bound for all.
    async with asyncio.timeout(SECONDS), client, client.stream("GET", address) as response:
        return Reply(str(response.url), await _read_body(response, address))


async def _read_body(response: httpx.Response, address: str) -> bytes:
    status = response.status_code
    if status != 200:
        moved = "Look where the vendor keeps it now, and correct the address in provenance.toml."
        todo = "Try again later." if status >= 500 or status == 429 else moved
        raise PipelineError(f"answered with HTTP {status}", where=address, todo=todo)
    announced = response.headers.get("content-length", "")
    size = int(announced) if announced.isdecimal() else 0
    body = bytearray()
    chunks = response.aiter_bytes()
    while max(size, len(body)) <= SIZE:
        chunk = await anext(chunks, None)
        if chunk is None:
            return bytes(body)
        body += chunk
    raise PipelineError(f"larger than {SIZE:,} bytes", where=address, todo="Look at what it is.")


def _read(address: str) -> httpx.URL:
    try:
        return httpx.URL(address)
    except httpx.InvalidURL:
        return httpx.URL("")
