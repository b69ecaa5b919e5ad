"""The doors of an operation, each sync and async: its value, by the members of the body or by the body whole, and its whole reply."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from loyalty_runtime import APIStatusError, AsyncBaseClient, BaseClient, Response
from loyalty_runtime.paging import AsyncPages, SyncPages
from tests.clients.recording import TEAPOT, Recorder
from tests.clients.rows import Row, Sent, actual

Call = Callable[[], Any]


def facade_method(client: object, call: str) -> Callable[..., Any]:
    """Return the method of a facade that a dotted name means."""
    resource, _, method = call.partition(".")
    found: Callable[..., Any] = getattr(getattr(client, resource), method)
    return found


def whole_replies(client: object) -> object:
    """Return the view of a facade whose methods give whole replies."""
    return client.with_raw_response  # type: ignore[attr-defined]


def calls(client: Any, row: Row) -> dict[str, Call]:
    """Return how a row is called through every door."""
    body = row.sends.body if row.body is None else row.body
    given: dict[str, Any] = {} if body is None else {"body": body}
    members = given if row.members is None else dict(row.members)
    return {
        "facade": lambda: facade_method(client, row.call)(*row.path, **row.keywords, **members),
        "facade, whole body": lambda: facade_method(client, row.call)(*row.path, **row.keywords, **given),
        "facade, whole reply": lambda: facade_method(client.with_raw_response, row.call)(
            *row.path, **row.keywords, **given
        ),
    }


@contextlib.contextmanager
def deprecation(row: Row) -> Iterator[None]:
    """Demand one `DeprecationWarning` of a deprecated operation, and no warning of any other."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    assert ([DeprecationWarning] if row.deprecated else []) == [item.category for item in caught], [
        str(item.message) for item in caught
    ]


def send(client: BaseClient, row: Row, recorder: Recorder) -> dict[str, Sent]:
    """Send a row through every door of a synchronous client and return what left by each."""
    seen = {}
    for door, call in calls(client, row).items():
        recorder.reset()
        with deprecation(row), refusal(door) as replies:
            result = call()
            replies.append(result.first_page() if isinstance(result, SyncPages) else result)
        seen[door] = actual(recorder.only)
    return seen


def send_async(make: Callable[[], AsyncBaseClient], row: Row, recorder: Recorder) -> dict[str, Sent]:
    """Do the same with an asynchronous client, which is made inside its event loop."""

    async def run() -> dict[str, Sent]:
        seen = {}
        async with make() as client:
            for door, call in calls(client, row).items():
                recorder.reset()
                with deprecation(row), refusal(door) as replies:
                    result = call()
                    replies.append(await (result.first_page() if isinstance(result, AsyncPages) else result))
                seen[door] = actual(recorder.only)
        return seen

    return asyncio.run(run())


@contextlib.contextmanager
def refusal(door: str) -> Iterator[list[Any]]:
    """Demand that the server's refusal is raised, or returned where the whole reply was asked for."""
    replies: list[Any] = []
    error = None
    try:
        yield replies
    except APIStatusError as raised:
        error = raised
    if door.endswith("whole reply"):
        assert error is None
        assert isinstance(replies[0], Response)
        assert replies[0].status == TEAPOT
    else:
        assert error is not None, f"{door} returned {replies!r}"
        assert error.status == TEAPOT
