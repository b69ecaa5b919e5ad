"""The engine of a client, made from its settings at the first call."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..declared.servers import filled
from ..types import UNSET
from .addresses import parse_base, token_address
from .call import base_fields
from .engine import Engine
from .watch import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from ..declared.schemes import TokenScheme
    from ..declared.servers import Server
    from ..declared.vendor import Vendor
    from ..http.ports import IO
    from ..types import Unset
    from ..wire.messages import Origin
    from .auth import Token, TokenSource
    from .har import HarFile
    from .limits import RateLimiter
    from .settings import CommonSettings


def build_engine(
    vendor: Vendor, settings: CommonSettings, io: IO, headers: Mapping[str, str], max_retries: int
) -> Engine:
    """Return an engine; raise `ArgumentError` for an address that cannot be used."""
    allow_http = settings.get("allow_http", False)
    variables = settings.get("variables") or {}
    given = settings.get("base_url")
    origin, prefix = parse_base(given or vendor.address(settings.get("server"), variables), allow_http=allow_http)

    def place(servers: Mapping[str, Server]) -> tuple[Origin, str]:
        if given:
            return origin, prefix
        url = filled(servers, settings.get("server"), variables, vendor.slug)
        # A server that is only a path lies on the client's own.
        return parse_base(url if "://" in url else f"{origin!r}/{url.lstrip('/')}", allow_http=allow_http)

    engine = Engine(
        vendor=vendor,
        io=io,
        origin=origin,
        prefix=prefix,
        limiter=_limiter(settings),
        watch=Watch(settings.get("observers") or ()),
        recorder=_recorder(settings.get("record")),
        place=place,
    )
    fields = base_fields(vendor.slug, origin, headers)

    async def fetch_token(source: TokenSource, old: Token | None, timeout: float | None) -> Token:
        from .tokens import TokenEndpoint

        address = partial(_token_place, engine, settings)
        endpoint = TokenEndpoint(engine, address, fields, max_retries, settings.get("token_store"))
        return await endpoint.fetch(source, old, timeout)

    engine.fetch_token = fetch_token
    return engine


def _token_place(engine: Engine, settings: CommonSettings, scheme: TokenScheme) -> tuple[Origin, str]:
    token_url = settings.get("token_url")
    return token_address(
        token_url or scheme.token_url,
        declared_base=next((server.url for server in engine.vendor.servers.values()), ""),
        origin=engine.origin,
        prefix=engine.prefix,
        rebased=settings.get("base_url") is not None and token_url is None,
        allow_http=settings.get("allow_http", False),
    )


def _limiter(settings: CommonSettings) -> RateLimiter | Unset | None:
    limiter = settings.get("limiter", UNSET)
    if limiter is UNSET and settings.get("clock") is not None:
        from .limits import RateLimiter

        return RateLimiter()  # another clock's moments mean nothing to the limiter of the process
    return limiter


def _recorder(record: HarFile | str | PathLike[str] | None) -> HarFile | None:
    if record is None:
        return None
    from .har import HarFile

    return record if isinstance(record, HarFile) else HarFile(record)
