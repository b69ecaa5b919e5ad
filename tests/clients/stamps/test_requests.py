"""Every operation of Stamps sends exactly what the vendor documents, through every door, sync and async."""

from __future__ import annotations

import pytest

from tests.clients.doors import send, send_async
from tests.clients.packages import arguments_not_given, operation_ids
from tests.clients.recording import Recorder
from tests.clients.rows import Row, expected
from tests.clients.stamps.table import ROWS
from tests.clients.vendors import STAMPS

# The two kinds of token: the constructor's argument, and the header it becomes.
TOKENS = [
    pytest.param(
        {"access_token": "artificial-token-0001"}, {"authorization": "Bearer artificial-token-0001"}, id="access token"
    ),
    pytest.param(
        {"access_token": None, "token": "artificial-token-0002"},
        {"authorization": "Token artificial-token-0002"},
        id="static token",
    ),
]

named = pytest.mark.parametrize("row", ROWS, ids=[row.operation for row in ROWS])
tokens = pytest.mark.parametrize(("credentials", "headers"), TOKENS)


def test_table_is_complete() -> None:
    """The table has one row for each operation of the client, and there are 3."""
    rows = {row.function: row.operation for row in ROWS}
    assert STAMPS.operations == len(ROWS) == len(rows)
    assert operation_ids(STAMPS) == rows


@named
def test_row_is_complete(row: Row) -> None:
    """A row gives every parameter of its operation."""
    assert set() == arguments_not_given(STAMPS, row)


@named
@tokens
def test_request(row: Row, credentials: dict[str, str | None], headers: dict[str, str], recorder: Recorder) -> None:
    """The synchronous client sends the documented request under either kind of token."""
    with STAMPS.make(recorder.url, **credentials) as client:
        seen = send(client, row, recorder)
    assert expected(row, "stamps", headers) == seen


@named
@tokens
def test_request_async(
    row: Row, credentials: dict[str, str | None], headers: dict[str, str], recorder: Recorder
) -> None:
    """The asynchronous client sends the same."""
    seen = send_async(lambda: STAMPS.make_async(recorder.url, **credentials), row, recorder)
    assert expected(row, "stamps", headers) == seen
