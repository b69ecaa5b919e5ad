"""Every operation of Stampede sends exactly what the vendor documents, through every door, sync and async."""

from __future__ import annotations

import asyncio

import pytest

from tests.clients.doors import send, send_async
from tests.clients.packages import arguments_not_given, operation_ids
from tests.clients.recording import Recorder
from tests.clients.rows import Row, expected
from tests.clients.stampede.table import ROWS, TOKEN_REQUEST
from tests.clients.vendors import STAMPEDE

named = pytest.mark.parametrize("row", ROWS, ids=[row.operation for row in ROWS])


def test_table_is_complete() -> None:
    """The table has one row for each operation of the client, and there are 20."""
    rows = {row.function: row.operation for row in ROWS}
    assert STAMPEDE.operations == len(ROWS) == len(rows)
    assert operation_ids(STAMPEDE) == rows


@named
def test_row_is_complete(row: Row) -> None:
    """A row gives every parameter of its operation."""
    assert set() == arguments_not_given(STAMPEDE, row)


@named
def test_request(row: Row, recorder: Recorder) -> None:
    """The synchronous client sends the documented request."""
    with STAMPEDE.make(recorder.url) as client:
        seen = send(client, row, recorder)
    assert expected(row, "stampede", STAMPEDE.authentication) == seen


@named
def test_request_async(row: Row, recorder: Recorder) -> None:
    """The asynchronous client sends the same."""
    seen = send_async(lambda: STAMPEDE.make_async(recorder.url), row, recorder)
    assert expected(row, "stampede", STAMPEDE.authentication) == seen


def test_token_is_fetched_as_documented(recorder: Recorder) -> None:
    """Client id and secret are exchanged for a token in a JSON body, once, and the token is sent as a bearer."""
    recorder.answer(
        200, {"access_token": "fetched-token", "expires_in": 86400, "token_type": "Bearer", "scope": "ALL:ALL"}
    )
    recorder.answer(200, {"tags": []})
    recorder.answer(200, {"tags": []})
    credentials = {name: TOKEN_REQUEST[name] for name in ("client_id", "client_secret")}
    with STAMPEDE.make(recorder.url, access_token=None, **credentials) as client:
        client.request("GET", "/v1/one")
        client.request("GET", "/v1/two")
    token, first, second = recorder.requests
    assert (
        token.method,
        token.target,
        token.headers["content-type"],
        token.json(),
    ) == ("POST", "/oauth/token", "application/json", TOKEN_REQUEST)
    assert "authorization" not in token.headers
    assert [first.headers["authorization"], second.headers["authorization"]] == ["Bearer fetched-token"] * 2


def test_token_is_fetched_as_documented_async(recorder: Recorder) -> None:
    """The asynchronous client exchanges its credentials the same way."""
    recorder.answer(
        200, {"access_token": "fetched-token", "expires_in": 86400, "token_type": "Bearer", "scope": "ALL:ALL"}
    )
    recorder.answer(200, {})

    async def run() -> None:
        credentials = {name: TOKEN_REQUEST[name] for name in ("client_id", "client_secret")}
        async with STAMPEDE.make_async(recorder.url, access_token=None, **credentials) as client:
            await client.request("GET", "/v1/one")

    asyncio.run(run())
    token, call = recorder.requests
    assert token.json() == TOKEN_REQUEST
    assert call.headers["authorization"] == "Bearer fetched-token"
