"""Models of datamodel-code-generator, with httpx by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

httpx: Any = import_module("httpx")
model: Any = import_module("stampede_models").GuestList
_HEADERS = {"Authorization": "Bearer artificial"}
_LIST = "/v1/guests?limit=50"


def read(content: bytes) -> Any:
    """Decode in one step."""
    return model.model_validate_json(content)


def write(page: Any) -> bytes:
    """Encode in one step."""
    text: str = page.model_dump_json(by_alias=True)
    return text.encode()


def call(base_url: str) -> Callable[[], Any]:
    """Get and decode."""
    connection = httpx.Client(headers=_HEADERS)
    url = base_url + _LIST
    return lambda: model.model_validate_json(connection.get(url).content)


def call_async(base_url: str) -> Callable[[], Awaitable[Any]]:
    """Do the same, awaited."""
    connection = httpx.AsyncClient(headers=_HEADERS)
    url = base_url + _LIST

    async def work() -> Any:
        return model.model_validate_json((await connection.get(url)).content)

    return work


def look(page: Any) -> tuple[list[Any], Any]:
    """Return the guests of a page, and what became of an unknown member of the first one."""
    return (page.data, getattr(page.data[0], "wallet_pass", None))
