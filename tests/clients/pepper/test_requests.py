"""Every operation of Pepper sends exactly what the vendor documents, through every door, sync and async."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from loyalty_runtime import ArgumentError, Clock
from tests.clients.doors import facade_method, send, send_async, whole_replies
from tests.clients.packages import arguments_not_given, operation_ids
from tests.clients.pepper.table import NAMES, ROWS
from tests.clients.recording import Answer, Recorder
from tests.clients.replies import perform
from tests.clients.rows import Row, expected
from tests.clients.vendors import PEPPER

named = pytest.mark.parametrize("row", ROWS, ids=[row.operation for row in ROWS])


def test_table_is_complete() -> None:
    """The table has one row for each operation of the client, and there are 172."""
    rows = {row.function: NAMES[row.operation]["operation"] for row in ROWS}
    assert PEPPER.operations == len(ROWS) == len(rows)
    assert operation_ids(PEPPER) == rows


@named
def test_row_is_complete(row: Row) -> None:
    """A row gives every parameter of its operation."""
    assert set() == arguments_not_given(PEPPER, row)


@named
def test_request(row: Row, recorder: Recorder) -> None:
    """The synchronous client sends the documented request."""
    with PEPPER.make(recorder.url) as client:
        seen = send(client, row, recorder)
    assert expected(row, "pepper", PEPPER.authentication) == seen


@named
def test_request_async(row: Row, recorder: Recorder) -> None:
    """The asynchronous client sends the same."""
    seen = send_async(lambda: PEPPER.make_async(recorder.url), row, recorder)
    assert expected(row, "pepper", PEPPER.authentication) == seen


TOKENS = [
    pytest.param({"token": "artificial-token-0001"}, {"authorization": "Token artificial-token-0001"}, id="token"),
    pytest.param(
        {"bearer_token": "artificial-token-0002"}, {"authorization": "Bearer artificial-token-0002"}, id="bearer token"
    ),
    pytest.param(
        {"service_token": "artificial-token-0003"},
        {"x-service-auth-token": "artificial-token-0003"},
        id="service token",
    ),
]
BARE = {"token": None, "username": None, "password": None}


@pytest.mark.parametrize(("credentials", "sent"), TOKENS)
def test_token(credentials: dict[str, str], sent: dict[str, str], recorder: Recorder) -> None:
    """Each kind of token goes into its own header, beside the application's id."""
    recorder.answer(200, {})
    with PEPPER.make(recorder.url, **{**BARE, **credentials}) as client:
        facade_method(whole_replies(client), "users.get")("user-1")
    headers = recorder.only.headers
    names = ("authorization", "x-service-auth-token", "x-application-id")
    assert {**sent, "x-application-id": "artificial-application"} == {
        name: headers[name] for name in names if name in headers
    }


@pytest.mark.parametrize(
    "title",
    [
        "Create a User",
        "Login/Create a user via SSO",
        "Activate a User",
        "Reset User Password",
        "Create a Guest Session",
        "Get Locations",
    ],
)
def test_anonymous_call(title: str, recorder: Recorder) -> None:
    """What the vendor's guides allow without a token is sent without one, the application's id apart."""
    row = next(row for row in ROWS if row.operation == title)
    with PEPPER.make(recorder.url, **BARE) as client:
        seen = send(client, row, recorder)
    assert expected(row, "pepper", {"x-application-id": "artificial-application"}) == seen


def test_a_call_without_any_token_is_refused(recorder: Recorder) -> None:
    """An operation that needs a token is not sent without one."""
    with PEPPER.make(recorder.url, **BARE) as client, pytest.raises(ArgumentError, match="PEPPER_TOKEN"):
        facade_method(client, "users.get")("user-1")
    assert [] == recorder.requests


NONCED = [row for row in ROWS if "x-pepper-req-nonce" in row.sends.headers]


def test_nonce_operations_are_the_eight_of_the_evidence() -> None:
    """Eight operations take a nonce."""
    assert len(NONCED) == 8


@pytest.mark.parametrize("row", NONCED, ids=[row.operation for row in NONCED])
def test_nonce_is_made_once_per_call(row: Row, recorder: Recorder) -> None:
    """Without a nonce of the caller every call gets a fresh one, and its repeats keep it."""
    recorder.default = Answer(503, {})
    bare = replace(row, keywords={name: value for name, value in row.keywords.items() if name != "x_pepper_req_nonce"})
    for _ in range(2):
        perform(PEPPER, bare, recorder, max_retries=1, clock=Hurry())
    nonces = [request.headers["x-pepper-req-nonce"] for request in recorder.requests]
    assert len(nonces) == 4
    assert [nonces[0], nonces[2]] == [nonces[1], nonces[3]]
    assert nonces[0] != nonces[2]
    assert all(UUID(nonce).version == 4 for nonce in nonces)


class Hurry(Clock):
    """A clock that never sleeps."""

    def sleep(self, seconds: float) -> None:
        """Return at once."""
