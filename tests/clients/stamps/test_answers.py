"""Every documented answer of Stamps is read as stated."""

from __future__ import annotations

import pytest

from tests.clients.answers import Answered, check_answer, documented, flat, names
from tests.clients.recording import Recorder
from tests.clients.replies import SYNC_AND_ASYNC
from tests.clients.stamps.answers import ANSWERS
from tests.clients.stamps.table import ROWS
from tests.clients.vendors import STAMPS

BY_OPERATION = {row.operation: row for row in ROWS}


def test_table_is_complete() -> None:
    """The table has a row for every status that any operation documents."""
    rows = {name: {answered.status for answered in answers} for name, answers in ANSWERS.items()}
    assert documented(STAMPS) == rows


@pytest.mark.parametrize("asynchronous", SYNC_AND_ASYNC, ids=["sync", "async"])
@pytest.mark.parametrize(("operation", "answered"), flat(ANSWERS), ids=names(ANSWERS))
def test_answer(operation: str, answered: Answered, asynchronous: bool, recorder: Recorder) -> None:
    """A success has the stated class, an error status raises the right error with its typed body."""
    check_answer(STAMPS, BY_OPERATION[operation], answered, recorder, asynchronous=asynchronous)
