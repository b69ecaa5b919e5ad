"""Call the operation of a row, sync or async, for its value or its whole reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loyalty_runtime import APIStatusError, Job, LoyaltyError
from loyalty_runtime.jobs import AsyncJob
from loyalty_runtime.paging import AsyncPage, AsyncPages, Page, SyncPages
from tests.clients.recording import Recorder
from tests.clients.rows import Row
from tests.clients.vendors import Client


@dataclass(frozen=True)
class Outcome:
    """The value a call gave, of a list its first page, of long work the first reply; or the error it raised."""

    value: Any = None
    items: list[Any] | None = None
    error: LoyaltyError | None = None

    @property
    def status_error(self) -> APIStatusError:
        """Return the error of a refused call."""
        assert isinstance(self.error, APIStatusError), f"got {self.value!r}, {self.error!r}"
        return self.error


def facade_method(client: object, call: str) -> Callable[..., Any]:
    """Return the method of a client that a dotted name means."""
    resource, _, method = call.partition(".")
    found: Callable[..., Any] = getattr(getattr(client, resource), method)
    return found


def invoke(made: Any, row: Row, *, raw: bool) -> Any:
    """Call a row: for its value with the members of its body one by one, for the whole reply with its body whole."""
    method = facade_method(made.with_raw_response if raw else made, row.call)
    if raw or row.members is None:
        return method(*row.path, **row.arguments, **({} if row.body is None else {"body": row.body}))
    return method(*row.path, **row.arguments, **row.members)


def perform(
    client: Client, row: Row, recorder: Recorder, *, raw: bool = False, asynchronous: bool = False, **settings: object
) -> Outcome:
    """Call the operation of a row and return what became of it."""
    try:
        if asynchronous:
            return asyncio.run(_perform_async(client, row, recorder.url, raw, settings))
        with client.make(recorder.url, **settings) as made:
            result = invoke(made, row, raw=raw)
            return _outcome(result.first_page() if isinstance(result, SyncPages) else result)
    except LoyaltyError as error:
        return Outcome(error=error)


async def _perform_async(client: Client, row: Row, url: str, raw: bool, settings: dict[str, object]) -> Outcome:
    async with client.make_async(url, **settings) as made:
        result = invoke(made, row, raw=raw)
        return _outcome(await (result.first_page() if isinstance(result, AsyncPages) else result))


def _outcome(result: Any) -> Outcome:
    if isinstance(result, Page | AsyncPage):
        return Outcome(result.reply, items=result.items)
    return Outcome(result.started if isinstance(result, Job | AsyncJob) else result)
