"""Our templates keep every promise, and stock output of the generator breaks it: each override is still needed."""

from __future__ import annotations

import pytest

from tests.clients.recording import Recorder
from tests.clients.replies import SYNC_AND_ASYNC
from tests.clients.stock.behaviours import FAULTS, Behaviour, event, lazy_models, lazy_operation, read_times
from tests.clients.stock.kits import Kit

# What has nothing to do with calling is asked once.
ONCE = {lazy_models, lazy_operation}
promises = pytest.mark.parametrize(
    ("behaviour", "asynchronous"),
    [
        pytest.param(item, asynchronous, id=f"{item.__name__}-{'async' if asynchronous else 'sync'}")
        for item in FAULTS
        for asynchronous in SYNC_AND_ASYNC[: 1 if item in ONCE else 2]
    ],
)
sync_and_async = pytest.mark.parametrize("asynchronous", SYNC_AND_ASYNC, ids=["sync", "async"])


@promises
def test_ours(behaviour: Behaviour, asynchronous: bool, ours: Kit, recorder: Recorder) -> None:
    """Ours keeps the promise."""
    behaviour(ours, recorder, asynchronous)


@promises
def test_stock(behaviour: Behaviour, asynchronous: bool, stock: Kit, recorder: Recorder) -> None:
    """Stock output breaks it, in the way that is written down; where it no longer does, our override can go."""
    with pytest.raises(FAULTS[behaviour]) as caught:
        behaviour(stock, recorder, asynchronous)
    assert FAULTS[behaviour] is caught.type


@sync_and_async
def test_both_read_what_fits(asynchronous: bool, ours: Kit, stock: Kit, recorder: Recorder) -> None:
    """Both read a well-formed answer alike."""
    for kit in (ours, stock):
        read_times(kit, recorder, asynchronous)


@sync_and_async
@pytest.mark.parametrize(
    "kind",
    [None, 7, [], {}],
    ids=["null", "number", "list", "object"],
)
def test_odd_kinds(kind: object, asynchronous: bool, ours: Kit, recorder: Recorder) -> None:
    """A kind that is no text stays an open object too."""
    body = {"type": kind, "place": "park"}
    assert body == event(ours, recorder, asynchronous, body)
