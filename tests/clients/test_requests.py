"""Every operation sends exactly what its row states, and reads every reply as its row states, sync and async."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

from loyalty_runtime import Response, errors
from tests.clients.doors import Outcome, perform
from tests.clients.recording import TEAPOT, Recorder
from tests.clients.replies import Reply, kind_of, replies, same, to_plain
from tests.clients.rows import Row, actual, expected
from tests.clients.tables import every_client, every_row, rows_where, sync_and_async
from tests.clients.vendors import Client

# The error of a status; of any other from 500 on it is the first, otherwise the base.
ERRORS = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    422: errors.UnprocessableEntityError,
    429: errors.RateLimitError,
}


def error_class(status: int) -> type[errors.APIStatusError]:
    """Return the class of the error that a status raises."""
    return ERRORS.get(status) or (errors.InternalServerError if status >= 500 else errors.APIStatusError)


def is_of(error: errors.APIStatusError, status: int) -> bool:
    """Say whether an error has the class of a status, or the one besides that leaves the outcome of a call open."""
    wanted = error_class(status)
    return type(error) in (wanted, errors.uncertain_class(wanted))


@sync_and_async
@every_row
def test_request(client: Client, row: Row, asynchronous: bool, recorder: Recorder) -> None:
    """The documented request leaves, whether the members of a body are given one by one or whole; only a deprecated operation warns."""
    for raw in (False, True):
        recorder.reset()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            outcome = perform(client, row, recorder, raw=raw, asynchronous=asynchronous)
        assert TEAPOT == (outcome.value.status if raw else outcome.status_error.status)
        assert expected(row, client.slug, client.authentication, listed=not raw) == actual(recorder.only)
        assert [DeprecationWarning] * row.deprecated == [item.category for item in caught]


@sync_and_async
@every_row
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_replies(client: Client, row: Row, asynchronous: bool, recorder: Recorder) -> None:
    """Each reply is read as its class, or raised as the error of its status, and is written back the same."""
    for status, kind in row.replies.items():
        for reply in replies(client, row, status):
            for raw in (False, True):
                recorder.answer(reply.status, reply.content, reply.media)
                check(perform(client, row, recorder, raw=raw, asynchronous=asynchronous), reply, row, kind)


def check(outcome: Outcome, reply: Reply, row: Row, kind: str) -> None:
    """Demand that a reply came back whole, as a value of its class or in an error."""
    if isinstance(outcome.value, Response):
        assert (reply.status, reply.content) == (outcome.value.status, outcome.value.content), reply.origin
        value: Any = outcome.value.parsed if outcome.value.ok else outcome.value.error_body
    elif reply.status < 300:
        assert outcome.error is None, f"{reply.origin}: {outcome.error!r}"
        value = outcome.value
    else:
        error = outcome.status_error
        assert is_of(error, reply.status), reply.origin
        assert (reply.status, row.operation, reply.content) == (error.status, error.operation, error.raw)
        value = error.body
    if kind == "File":
        assert reply.content == value.read()
    elif kind in ("none", "text"):
        assert (None if kind == "none" else reply.content.decode()) == value, reply.origin
    else:
        body = json.loads(reply.content)
        assert kind in ("any", kind_of(value)) or body == [] == value, f"{reply.origin} is read as {kind_of(value)}"
        assert same(body, to_plain(value)), f"{reply.origin}: {to_plain(value)}"


@sync_and_async
@rows_where(lambda row: row.items is not None)
def test_items(client: Client, row: Row, asynchronous: bool, recorder: Recorder) -> None:
    """A list method gives typed items, all of the page."""
    status = next(status for status in row.replies if status.startswith("2"))
    reply = next(item for item in replies(client, row, status) if item.origin.endswith("/200.json"))
    recorder.answer(reply.status, reply.content, reply.media)
    items = perform(client, row, recorder, asynchronous=asynchronous).items or []
    (sent,) = [item for item in found_lists(json.loads(reply.content)) if same(item, to_plain(items))]
    assert [row.items] * len(sent) == [type(item).__name__ for item in items]


def found_lists(body: Any) -> list[list[Any]]:
    """Return a body that is a list, or the lists among the members of an object."""
    return [body] if isinstance(body, list) else [item for item in body.values() if isinstance(item, list)]


# What a server may say without any document: one table for every client.
UNDECLARED = (400, 401, 402, 403, 404, 405, 409, 418, 422, 429, 500, 502, 503, 520, 599)


@sync_and_async
@pytest.mark.parametrize("status", UNDECLARED)
@every_client
def test_undeclared_status(client: Client, status: int, asynchronous: bool, recorder: Recorder) -> None:
    """A status that no document declares raises the error of its kind with the status as a plain number and the body as it came."""
    row = next(iter(client.rows.values()))
    content = b"[1, 2]"
    recorder.answer(status, content)
    error = perform(client, row, recorder, asynchronous=asynchronous).status_error
    assert is_of(error, status)
    assert (status, int) == (error.status, type(error.status))
    assert (row.operation, content) == (error.operation, error.raw)
