"""Every documented answer of Stampede is read as stated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.clients.answers import Answered, check_answer, documented, flat, names
from tests.clients.fixtures import load
from tests.clients.recording import Recorder
from tests.clients.replies import SYNC_AND_ASYNC, perform, same, to_plain, type_name
from tests.clients.stampede.answers import ANSWERS
from tests.clients.stampede.table import ROWS
from tests.clients.vendors import STAMPEDE

LAST_PAGE = {"from": 1, "links": [], "path": "", "per_page": 15, "to": 2, "total": 2}
BY_OPERATION = {row.operation: row for row in ROWS}


def test_table_is_complete() -> None:
    """The table has a row for every status that any operation documents."""
    rows = {name: {answered.status for answered in answers} for name, answers in ANSWERS.items()}
    assert documented(STAMPEDE) == rows


@pytest.mark.parametrize("asynchronous", SYNC_AND_ASYNC, ids=["sync", "async"])
@pytest.mark.parametrize(("operation", "answered"), flat(ANSWERS), ids=names(ANSWERS))
def test_answer(operation: str, answered: Answered, asynchronous: bool, recorder: Recorder) -> None:
    """A success has the stated class, an error status raises the right error with its typed body."""
    check_answer(STAMPEDE, BY_OPERATION[operation], answered, recorder, asynchronous=asynchronous)


@pytest.mark.parametrize("asynchronous", SYNC_AND_ASYNC, ids=["sync", "async"])
@pytest.mark.parametrize(
    ("operation", "kind"),
    [("listVenues", "Venue"), ("listGuests", "Guest"), ("listDeals", "Deal"), ("searchCode", "Code")],
)
def test_items(operation: str, kind: str, asynchronous: bool, recorder: Recorder) -> None:
    """A list method of the facade gives typed items, those of the last page too."""
    page = load("stampede", f"{operation}/200.json")
    assert isinstance(page, dict)
    recorder.answer(
        200,
        {**page, "links": {**page["links"], "next": None}, "meta": {"current_page": 1, "last_page": 1, **LAST_PAGE}},
    )
    row = BY_OPERATION[operation]
    first = replace(row, keywords={name: value for name, value in row.keywords.items() if name != "page"})
    outcome = perform(STAMPEDE, first, recorder, door="facade", asynchronous=asynchronous)
    assert [kind] * len(page["data"]) == [type_name(item) for item in outcome.value]
    assert same(page["data"], to_plain(outcome.value))
