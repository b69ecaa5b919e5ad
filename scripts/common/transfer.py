"""Read one address over HTTPS, bounded in size, time and redirects, and never off its host."""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from scripts.common.problems import PipelineError

_HEADERS = {
    "User-Agent": "loyalty-clients-fetch",
    "Accept": "application/json, application/yaml, text/html, */*;q=0.5",
    "Accept-Encoding": "identity",
}
_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bound one read: seconds in all, bytes of the body, redirects followed."""

    seconds: float = 60.0
    size: int = 32 * 1024 * 1024
    redirects: int = 5


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
    todo = "Write the address as https://host/path in provenance.toml."
    scheme, host, secret = "", None, False
    try:
        parts = urlsplit(address)
        _ = parts.port  # a port that is no number shows only when asked for
        scheme, host, secret = parts.scheme, parts.hostname, "@" in parts.netloc
    except ValueError:
        pass  # reported below: without a host it is no complete address
    if secret:
        raise PipelineError(
            f"the address of {host} holds a user name or password",
            where=where,
            todo="Remove it; nothing here signs in.",
        )
    if not host or not address.isprintable():
        raise PipelineError(f"{address!r} is not a complete address", where=where, todo=todo)
    if scheme != "https" and not (scheme == "http" and is_loopback(host)):
        raise PipelineError(f"{address} is not https", where=where, todo=todo)


def same_host(left: str, right: str) -> bool:
    """Tell whether two addresses have the same host and port; a malformed address has neither."""
    try:
        return _host_and_port(left) == _host_and_port(right)
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Tell whether a host name means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_address(address: str, *, limits: Limits) -> Reply:
    """Read one address.

    Raises:
        PipelineError: not https, unreachable, a status other than 200, a redirect off the host, or a limit exceeded.
    """
    check_address(address)
    deadline = time.monotonic() + limits.seconds
    with httpx.Client(headers=_HEADERS, timeout=limits.seconds, follow_redirects=False) as client:
        for _ in range(limits.redirects + 1):
            try:
                with client.stream("GET", address) as response:
                    target = response.headers.get("location") if response.is_redirect else None
                    if target is None:
                        _check_status(response.status_code, address)
                        return Reply(address, _read_body(response, address, limits=limits, deadline=deadline))
            except httpx.TimeoutException:
                raise _too_slow(address, limits) from None
            except (httpx.HTTPError, httpx.InvalidURL) as problem:
                found = f"cannot be read: {problem or type(problem).__name__}"
                raise PipelineError(
                    found, where=address, todo="Check the address, and that this machine can reach it."
                ) from None
            address = _follow(address, target)
            if time.monotonic() > deadline:
                raise _too_slow(address, limits)
    raise PipelineError(
        f"more than {limits.redirects} redirects", where=address, todo="Record the final address in provenance.toml."
    )


def _follow(address: str, target: str) -> str:
    try:
        following = urljoin(address, target)
    except ValueError:
        following = target
    check_address(following, where=f"redirect of {address}")
    if not same_host(address, following):
        todo = "If that is the vendor's, record it as `download` in provenance.toml."
        raise PipelineError(f"redirects to another host: {following}", where=address, todo=todo)
    return following


def _check_status(status: int, address: str) -> None:
    if status == 200:
        return
    todo = (
        "Try again later."
        if status >= 500 or status == 429
        else "Look where the vendor keeps it now, and correct the address in provenance.toml."
    )
    raise PipelineError(f"answered with HTTP {status}", where=address, todo=todo)


def _read_body(response: httpx.Response, address: str, *, limits: Limits, deadline: float) -> bytes:
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limits.size:
        raise _too_large(address, limits)
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > limits.size:
            raise _too_large(address, limits)
        if time.monotonic() > deadline:
            raise _too_slow(address, limits)
    return bytes(body)


def _too_large(address: str, limits: Limits) -> PipelineError:
    todo = "Look at what it is; allow more with --max-bytes."
    return PipelineError(f"larger than {limits.size:,} bytes", where=address, todo=todo)


def _too_slow(address: str, limits: Limits) -> PipelineError:
    return PipelineError(
        f"no complete answer in {limits.seconds:g} s", where=address, todo="Try again, or allow more with --timeout."
    )


def _host_and_port(address: str) -> tuple[str, int | None]:
    parts = urlsplit(address)
    return (parts.hostname or "").rstrip("."), parts.port or _DEFAULT_PORTS.get(parts.scheme)
