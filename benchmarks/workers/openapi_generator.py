"""The client openapi-generator makes; with its httpx library it has asynchronous methods only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

client: Any = import_module("stampede_client")


def _api(base_url: str) -> Any:
    configuration = client.Configuration(host=base_url, access_token="artificial")  # noqa: S106
    return client.GuestsApi(client.ApiClient(configuration))


_reader: Any = client.ApiClient(client.Configuration())


def read(content: bytes) -> Any:
    """Decode a reply as a call does."""
    return _reader.deserialize(content.decode(), "GuestList", "application/json")


def write(page: Any) -> bytes:
    """Encode with the model's own method."""
    text: str = page.to_json()
    return text.encode()


def call(base_url: str) -> Callable[[], Any]:
    """Call the API class."""
    api = _api(base_url)
    return lambda: api.list_guests(limit=50)


def call_async(base_url: str) -> Callable[[], Awaitable[Any]]:
    """Do the same, awaited."""
    api = _api(base_url)
    return lambda: api.list_guests(limit=50)


def look(page: Any) -> tuple[list[Any], Any]:
    """Return the guests of a page, and what became of an unknown member of the first one."""
    return (page.data, getattr(page.data[0], "wallet_pass", None))
