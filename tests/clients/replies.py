"""What a client makes of an answer: a value or an error, through any door, sync or async."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from loyalty_runtime import APIStatusError, Job, LoyaltyError, Response
from loyalty_runtime.jobs import AsyncJob
from loyalty_runtime.paging import AsyncPages, SyncPages
from tests.clients.doors import calls
from tests.clients.recording import Recorder
from tests.clients.rows import Row
from tests.clients.vendors import Client

SYNC_AND_ASYNC = (False, True)
WHOLE = "facade, whole reply"


@dataclass(frozen=True)
class Outcome:
    """The value a call gave, or the error it raised."""

    value: Any = None
    error: LoyaltyError | None = None

    @property
    def status_error(self) -> APIStatusError:
        """Return the error of a refused call."""
        assert isinstance(self.error, APIStatusError), f"got {self.value!r}, {self.error!r}"
        return self.error


def perform(
    client: Client,
    row: Row,
    recorder: Recorder,
    *,
    door: str = "facade, whole body",
    asynchronous: bool = False,
    **settings: object,
) -> Outcome:
    """Call the operation of a row and return what became of it: of long work and of a list the first answer, through the door `facade` all items."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if asynchronous:
            return asyncio.run(_perform_async(client, row, recorder, door, settings))
        with client.make(recorder.url, **settings) as made:
            try:
                result = calls(made, row)[door]()
                if isinstance(result, SyncPages):
                    return Outcome(list(result) if door == "facade" else calls(made, row)[WHOLE]().parsed)
                return Outcome(result.started if isinstance(result, Job) else result)
            except LoyaltyError as error:
                return Outcome(error=error)


async def _perform_async(
    client: Client, row: Row, recorder: Recorder, door: str, settings: Mapping[str, object]
) -> Outcome:
    async with client.make_async(recorder.url, **settings) as made:
        try:
            result = calls(made, row)[door]()
            if isinstance(result, AsyncPages):
                if door == "facade":
                    return Outcome([item async for item in result])
                return Outcome((await calls(made, row)[WHOLE]()).parsed)
            result = await result
            return Outcome(result.started if isinstance(result, AsyncJob) else result)
        except LoyaltyError as error:
            return Outcome(error=error)


def parsed(response: object) -> Any:
    """Return what a whole reply holds: the decoded value, or the decoded body of an error."""
    assert isinstance(response, Response), response
    return response.parsed if response.ok else response.error_body


def to_plain(value: Any) -> Any:
    """Turn what a client returned back into a JSON value."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list):
        return [to_plain(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def same(left: Any, right: Any) -> bool:
    """Tell whether two JSON values are the same, where a time may be written in another way."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[name]) for name, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if left == right:
        return type(left) is type(right)
    return (
        isinstance(left, str)
        and isinstance(right, str)
        and (moment := _moment(left)) is not None
        and moment == _moment(right)
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def type_name(value: object) -> str:
    """Return the name of a decoded value's class."""
    return type(value).__name__
