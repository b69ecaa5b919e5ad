"""Every operation of OrderingStack sends exactly what the vendor documents, through every door, sync and async."""

from __future__ import annotations

import base64
from urllib.parse import parse_qsl

import pytest

from tests.clients.doors import facade_method, send, send_async
from tests.clients.fixtures import load
from tests.clients.orderingstack.table import ROWS
from tests.clients.packages import arguments_not_given, operation_ids
from tests.clients.recording import Recorder
from tests.clients.rows import Row, expected
from tests.clients.vendors import ORDERINGSTACK

named = pytest.mark.parametrize("row", ROWS, ids=[row.operation for row in ROWS])


def test_table_is_complete() -> None:
    """The table has one row for each operation of the client, and there are 31."""
    rows = {row.function: row.operation for row in ROWS}
    assert ORDERINGSTACK.operations == len(ROWS) == len(rows)
    assert operation_ids(ORDERINGSTACK) == rows


@named
def test_row_is_complete(row: Row) -> None:
    """A row gives every parameter of its operation."""
    assert set() == arguments_not_given(ORDERINGSTACK, row)


@named
def test_request(row: Row, recorder: Recorder) -> None:
    """The synchronous client sends the documented request."""
    with ORDERINGSTACK.make(recorder.url) as client:
        seen = send(client, row, recorder)
    assert expected(row, "orderingstack", ORDERINGSTACK.authentication) == seen


@named
def test_request_async(row: Row, recorder: Recorder) -> None:
    """The asynchronous client sends the same."""
    seen = send_async(lambda: ORDERINGSTACK.make_async(recorder.url), row, recorder)
    assert expected(row, "orderingstack", ORDERINGSTACK.authentication) == seen


def test_range_in_the_filter_is_the_range_of_the_walk(recorder: Recorder) -> None:
    """A list that is asked for a range in its filter asks for each position once, and goes on from there."""
    recorder.answer(200, [{}], X_Total_Count="2")
    recorder.answer(200, [{}], X_Total_Count="2")
    with ORDERINGSTACK.make(recorder.url) as client:
        found = list(facade_method(client, "account.get_accounts")(filter_={"_start": 0, "_end": 1}))
    assert len(found) == 2
    assert [request.query for request in recorder.requests] == [["_end=1", "_start=0"], ["_end=2", "_start=1"]]


TOKEN = {"access_token": "fetched-token", "token_type": "bearer", "expires_in": 3600}
GRANTS = [
    pytest.param({}, [["grant_type", "client_credentials"]], id="client credentials"),
    pytest.param(
        {"username": "ada@example.org", "password": "artificial-password"},
        [
            ["grant_type", "password"],
            ["password", "artificial-password"],
            ["scope", "read"],
            ["username", "ada@example.org"],
        ],
        id="password",
    ),
]


@pytest.mark.parametrize(("credentials", "body"), GRANTS)
def test_token_is_fetched_as_documented(credentials: dict[str, str], body: list[list[str]], recorder: Recorder) -> None:
    """A token is asked for with a form, the client in the Basic header and the tenant in a header of its own; calls carry it as a bearer."""
    recorder.answer(200, TOKEN)
    recorder.answer(200, {})
    operation = "account.get_my" if credentials else "campaign.get_campaign"
    made = ORDERINGSTACK.make(
        recorder.url,
        access_token=None,
        client_id="app",
        client_secret="artificial-secret",
        tenant="tenant-1",
        **credentials,
    )
    with made as client:
        facade_method(client, operation)(*([] if credentials else ["campaign-1"]))
    token, call = recorder.requests
    assert (token.method, token.target) == ("POST", "/auth-oauth2/oauth/token")
    assert token.headers["authorization"] == f"Basic {base64.b64encode(b'app:artificial-secret').decode()}"
    assert token.headers["x-tenant"] == "tenant-1"
    assert token.headers["content-type"] == "application/x-www-form-urlencoded"
    assert body == sorted(map(list, parse_qsl(token.body.decode())))
    assert call.headers["authorization"] == "Bearer fetched-token"


@pytest.mark.parametrize("name", ["200.json", "200.variant.json"])
def test_token_is_read_from_every_known_form(name: str, recorder: Recorder) -> None:
    """The token is taken from the answer of the token address, also when that has nulls, new members and a number as text."""
    body = load("orderingstack", f"token/{name}")
    assert isinstance(body, dict)
    recorder.answer(200, body)
    recorder.answer(200, {})
    with ORDERINGSTACK.make(
        recorder.url, access_token=None, username="ada@example.org", password="artificial-password"
    ) as client:
        facade_method(client, "account.get_my")()
    assert recorder.requests[1].headers["authorization"] == f"Bearer {body['access_token']}"
