"""The client stock openapi-python-client makes."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

client: Any = import_module("stampede_client")
list_guests: Any = import_module("stampede_client.api.guests.list_guests")
model: Any = import_module("stampede_client.models").GuestList


def read(content: bytes) -> Any:
    """Decode a reply as a call does: `response.json()` and `from_dict`."""
    return model.from_dict(json.loads(content))


def write(page: Any) -> bytes:
    """Encode as httpx does for `json=`."""
    return json.dumps(page.to_dict(), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def call(base_url: str) -> Callable[[], Any]:
    """Call the operation's module."""
    connection = client.AuthenticatedClient(base_url=base_url, token="artificial")  # noqa: S106
    return lambda: list_guests.sync(client=connection, limit=50)


def call_async(base_url: str) -> Callable[[], Awaitable[Any]]:
    """Do the same, awaited."""
    connection = client.AuthenticatedClient(base_url=base_url, token="artificial")  # noqa: S106
    return lambda: list_guests.asyncio(client=connection, limit=50)


def look(page: Any) -> tuple[list[Any], Any]:
    """Return the guests of a page, and what became of an unknown member of the first one."""
    return (page.data, page.data[0].additional_properties.get("wallet_pass"))
