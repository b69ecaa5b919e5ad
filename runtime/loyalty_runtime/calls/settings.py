"""The settings of a client, declared once: their keys are the names a constructor takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ArgumentError
from ..options import DEFAULT_RETRIES, DEFAULT_TIMEOUT, check_retries, check_timeout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TypedDict

    from ..clock import Clock
    from ..declared.vendor import Vendor
    from ..http.connections import ConnectionOptions
    from ..types import Unset
    from ..wire.messages import AsyncTransport, Transport
    from .limits import RateLimiter
else:

    class TypedDict:
        """Stand in for typing's, which would compile every annotation at import."""

        def __init_subclass__(cls, *, total: bool) -> None: ...


class CommonSettings(TypedDict, total=False):
    """Settings every client takes, sync or async.

    `base_url` or the name of a declared `server` (with its `variables`) says where to call.
    `token_url` overrides where tokens are fetched; by default a given base_url carries the token path too.
    `limiter` keeps the vendor's rate limits: by default one in memory for the whole process, None for none.
    `allow_http` permits plain HTTP to another machine; `log_bodies` writes redacted bodies to the debug log.
    `http` names the library whose transport sends: `httpx`, or its continuation `httpx2`, which is an extra.
    `max_body` is the largest reply that is read, in bytes after decompression.
    `strict` raises `DecodeError` for any member of a reply that is missing though required or does not fit its type; without it
    such a member raises `MisfitError` where it is read.
    """

    base_url: str | None
    server: str | None
    variables: Mapping[str, str] | None
    token_url: str | None
    timeout: float | None
    max_retries: int
    headers: Mapping[str, str] | None
    limiter: RateLimiter | Unset | None
    connections: ConnectionOptions | None
    http: Literal["httpx", "httpx2"]
    max_body: int
    allow_http: bool
    log_bodies: bool
    strict: bool
    clock: Clock | None


class ClientSettings(CommonSettings, total=False):
    """Settings of a synchronous client."""

    transport: Transport | None


class AsyncClientSettings(CommonSettings, total=False):
    """Settings of an asynchronous client."""

    transport: AsyncTransport | None


def check_settings(client: str, vendor: Vendor, settings: CommonSettings) -> None:
    """Raise `TypeError` for a setting that does not exist, `ArgumentError` for one that cannot be used."""
    unknown = settings.keys() - CommonSettings.__annotations__.keys() - ClientSettings.__annotations__.keys()
    if unknown:
        raise TypeError(f"{client} got an unexpected setting {min(unknown)!r}.")
    check_timeout(settings.get("timeout", DEFAULT_TIMEOUT))
    check_retries(settings.get("max_retries", DEFAULT_RETRIES))
    base_url = settings.get("base_url")
    if base_url is None:
        vendor.address(settings.get("server"), settings.get("variables") or {})
        return
    if settings.get("server") is not None:
        raise ArgumentError("Both base_url and server were given; give one.", argument="server")
    if not base_url.startswith(("https://", "http://")):
        raise ArgumentError(f"base_url must start with https://, found {base_url[:12]!r}…", argument="base_url")
    if "@" in base_url:
        raise ArgumentError("base_url holds an '@'; give credentials as arguments.", argument="base_url")
