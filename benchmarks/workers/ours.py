"""The clients of this repository, through the runtime's own reading and writing and through the facade."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

client: Any = import_module("stampede_client")
operation: Any = import_module("stampede_client.api.guests.list_guests").OPERATION
runtime: Any = import_module("loyalty_runtime")
read_reply: Any = import_module("loyalty_runtime.wire.decoding").read_reply
write: Callable[[Any], bytes] = import_module("loyalty_runtime.wire.jsonio").dump_json
_HEADERS = runtime.Headers([(b"content-type", b"application/json")])


def read(content: bytes) -> Any:
    """Decode a reply as a call does."""
    return read_reply(operation.responses, runtime.RawResponse(200, _HEADERS, content))[0]


def call(base_url: str) -> Callable[[], Any]:
    """Walk the list of guests; the vendor's limit of 100 calls in 15 minutes is off, the server being ours."""
    guests = client.Stampede(access_token="artificial", base_url=base_url, limiter=None).guests  # noqa: S106
    return lambda: list(guests.list(limit=50))


def call_async(base_url: str) -> Callable[[], Awaitable[Any]]:
    """Do the same, awaited."""
    guests = client.AsyncStampede(access_token="artificial", base_url=base_url, limiter=None).guests  # noqa: S106

    async def work() -> Any:
        return [guest async for guest in guests.list(limit=50)]

    return work


def look(page: Any) -> tuple[list[Any], Any]:
    """Return the guests of a page, and what became of an unknown member of the first one."""
    guests = page if isinstance(page, list) else page.data
    return (guests, guests[0].additional_properties.get("wallet_pass"))
