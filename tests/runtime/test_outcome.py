"""What is said of a call whose answer was lost, and how it is found out."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, cast

import pytest

from loyalty_runtime import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    Applied,
    ArgumentError,
    BadRequestError,
    CallOptions,
    CursorLinks,
    DecodeError,
    InternalServerError,
    LoyaltyError,
    NotApplied,
    Operation,
    OutcomeCheck,
    StillUnknown,
    TransportFailure,
    UncertainOutcomeError,
    aoutcome_of,
    outcome_of,
)
from tests.runtime.support import GET, POST, FakeClock, SyncKit, operation, paged, reply, travelled

CUT = TransportFailure("cut", "the connection broke", sent=True)
LATE = TransportFailure("timeout", "nothing came", sent=True)
REFUSED = TransportFailure("refused", "no connection could be made", sent=False)
SETTLE = 120.0


def read_sales() -> Operation[Any]:
    """The list that shows sales; at the top of the module, as in generated code, so that it can be pickled."""
    pages = CursorLinks(items="data", parameter="cursor", next="next")
    return cast(Operation[Any], paged(pages, id="listSales", path="/v1/guests/{guest}/sales"))


def read_one() -> Operation[Any]:
    """A read of one thing."""
    return operation(id="getTag", path="/v1/tags/{tag}")


SALE = operation(
    id="addSale",
    method="POST",
    path="/v1/sales",
    outcome_check=OutcomeCheck(
        read=read_sales,
        path={"guest": "$request.body#/guest"},
        query={"kind": 2},
        items="data",
        entry={"sale.number": "$request.body#/number"},
        same={"sale.made": "$request.body#/made", "sale.value": "$request.body#/value"},
        time="at",
        certain=True,
        settle=SETTLE,
    ),
)
BODY = {"guest": "g-1", "number": "POS-7", "made": datetime(2026, 11, 28, 9, 30, tzinfo=UTC), "value": 5}
MADE = int(BODY["made"].timestamp())  # type: ignore[attr-defined]
ENTRY = {"sale": {"number": "pos-7 ", "made": MADE, "value": 5.0}}
PAGE = reply(200, {"data": [ENTRY]})
EMPTY = reply(200, {"data": []})
REMOVE = operation(
    id="deleteTag",
    method="DELETE",
    path="/v1/tags/{tag}",
    outcome_check=OutcomeCheck(
        read=read_one, path={"tag": "$request.path.tag"}, entry={}, gone=True, absent=(404,), settle=SETTLE
    ),
)


def lost(kit: SyncKit, *replies: Any, call: Any = SALE, **arguments: Any) -> tuple[UncertainOutcomeError, Any, Any]:
    """Make a call whose answer is lost; returns the error, the client and what is sent."""
    client, script = kit.scripted(*replies, max_retries=0)
    with pytest.raises(UncertainOutcomeError) as caught:
        kit.run(client.call(call, **(arguments or {"json": BODY})))
    return caught.value, client, script


def resolved(kit: SyncKit, error: UncertainOutcomeError, **options: Any) -> Any:
    """Ask as the kind of client can."""
    return kit.run(error.resolve(**options) if kit.name == "sync" else error.aresolve(**options))


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        (CUT, {APIConnectionError}),
        (LATE, {APIConnectionError, APITimeoutError}),
        (TransportFailure("encoding", "no gzip", sent=True, status=200), {DecodeError}),
        (reply(502), {APIStatusError, InternalServerError}),
        (reply(504, b"<html>"), {APIStatusError, InternalServerError}),
        (reply(200, b"<html>"), {DecodeError}),
    ],
)
def test_a_call_that_may_have_worked_says_so(kit: SyncKit, fault: Any, kinds: set[type]) -> None:
    """It is also the error it would be for a call that changes nothing; its text names the way out and nothing of the call."""
    error, _, script = lost(kit, fault)
    assert kinds == {kind for kind in kinds if isinstance(error, kind)}
    assert (True, None, 1) == (error.sent, error.outcome, len(script.requests))
    assert ".resolve()" in str(error) and "POS-7" not in str(error)
    assert "POS-7" not in repr(vars(error))


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (POST, REFUSED),
        (POST, reply(400)),
        (POST, reply(429)),
        (POST, reply(501)),
        (GET, CUT),
        (GET, reply(502)),
        (operation(method="POST", safe=True), CUT),
    ],
)
def test_other_calls_are_certain(kit: SyncKit, call: Any, fault: Any) -> None:
    """What provably never left, was refused, or changes nothing."""
    error, _ = kit.tried(call, fault, settings={"max_retries": 0})
    assert isinstance(error, LoyaltyError) and not isinstance(error, UncertainOutcomeError)


def test_a_refusal_after_a_lost_attempt_is_no_refusal(kit: SyncKit) -> None:
    """The repeat of a natural key is refused because the first attempt took effect."""
    from loyalty_runtime import Idempotency

    natural = operation(method="POST", idempotency=Idempotency("natural", member="number"))
    error, _ = kit.tried(natural, CUT, reply(400), options=CallOptions(repeat=True))
    assert (True, True, False, 400) == (
        isinstance(error, UncertainOutcomeError),
        isinstance(error, APIStatusError),
        isinstance(error, BadRequestError),
        error.status,
    )


OTHER = {"sale": {**ENTRY["sale"], "value": 6}}
OLD = {**ENTRY, "at": "2001-01-01T00:00:00Z"}
NEXT = reply(200, {"data": [{"sale": {"number": "POS-6"}}], "next": "c2"})


@pytest.mark.parametrize(
    ("replies", "expected", "asks"),
    [
        ([PAGE], Applied(ENTRY, certain=True), 1),
        ([NEXT, PAGE], Applied(ENTRY, certain=True), 2),
        ([EMPTY], "not over", 1),
        ([reply(200, {"data": [ENTRY, ENTRY]})], "2 entries", 1),
        ([reply(200, {"data": [OTHER]})], "differs in sale.value", 1),
        ([reply(200, {"data": [OLD]})], "older", 1),
        ([reply(200, {})], "without data", 1),
        ([reply(400)], "answered 400", 1),
        ([reply(200, b"<html>")], "Misfit", 1),
        ([CUT], "APIConnectionError", 1),
    ],
)
def test_verdicts(kit: SyncKit, replies: list[Any], expected: Any, asks: int) -> None:
    """An entry with the key and the same members is this call; whatever cannot be told is still unknown, and says why."""
    error, _, script = lost(kit, CUT, *replies)
    found = resolved(kit, error)
    if isinstance(expected, str):
        assert isinstance(found, StillUnknown) and expected in found.why
    else:
        assert expected == found
    assert asks == len(script.requests) - 1
    assert "/v1/guests/g-1/sales?kind=2" in script.requests[1].target
    assert found is error.outcome


def test_not_applied_only_after_the_settle_time(kit: SyncKit, clock: FakeClock) -> None:
    """Counted from the lost attempt on a clock that nobody can set; the wall clock may jump."""
    error, _, _script = lost(kit, CUT, EMPTY, EMPTY, EMPTY)
    clock.wall += 1_000_000
    found = resolved(kit, error)
    assert isinstance(found, StillUnknown) and found.ask_again == SETTLE
    clock.now += SETTLE - 1
    assert isinstance(resolved(kit, error), StillUnknown)
    clock.now += 1
    assert NotApplied(certain=True) == resolved(kit, error)


def test_waiting_asks_until_it_shows(kit: SyncKit, clock: FakeClock) -> None:
    """What takes effect late is found; nothing is sent but reads."""
    error, _, script = lost(kit, CUT, EMPTY, reply(503), EMPTY, PAGE)
    assert Applied(ENTRY, certain=True) == resolved(kit, error, wait=60)
    assert ["POST", "GET", "GET", "GET", "GET"] == [request.method for request in script.requests]
    assert [0.5, 1.0, 2.0] == clock.slept


@pytest.mark.parametrize(
    "shown", [(reply(404), Applied(None, certain=False)), (reply(200, {}), NotApplied(certain=False))]
)
def test_removals(kit: SyncKit, clock: FakeClock, shown: tuple[Any, Any]) -> None:
    """What is gone was removed; what is still there after the settle time was not."""
    error, _, _ = lost(kit, CUT, shown[0], call=REMOVE, path={"tag": "t"})
    clock.now += SETTLE
    assert shown[1] == resolved(kit, error)


@pytest.mark.parametrize(
    ("call", "body", "why"),
    [
        (POST, BODY, "nothing that demo createGuest changes"),
        (SALE, {"guest": "g-1"}, "$request.body#/number"),
        (SALE, {**BODY, "number": ""}, "$request.body#/number"),
        (SALE, {**BODY, "number": "7" * 65}, "longer than 64"),
    ],
)
def test_what_cannot_be_asked(kit: SyncKit, call: Any, body: Any, why: str) -> None:
    """Nothing is sent, and asking again is not offered."""
    error, _, script = lost(kit, CUT, call=call, json=body)
    found = resolved(kit, error)
    assert isinstance(found, StillUnknown) and why in found.why
    assert (None, 1) == (found.ask_again, len(script.requests))


def test_a_call_can_find_out_itself(kit: SyncKit, clock: FakeClock) -> None:
    """Within its own time; the error still comes, and holds what was found."""

    def late(request: Any) -> Any:
        clock.now += request.timeout
        return LATE

    client, script = kit.scripted(late, EMPTY, PAGE, max_retries=0)
    with pytest.raises(UncertainOutcomeError) as caught:
        kit.run(client.call(SALE, json=BODY, options=CallOptions(resolve=True, timeout=30)))
    assert Applied(ENTRY, certain=True) == caught.value.outcome
    assert [20.0, 10.0, 9.5] == [request.timeout for request in script.requests]
    with pytest.raises(ArgumentError, match="whole replies"):
        kit.run(client.call_raw(SALE, json=BODY, options=CallOptions(resolve=True)))


def test_an_error_travels(kit: SyncKit, clock: FakeClock) -> None:
    """To another process, with what the check asks for and nothing else of the call; the client is given there."""
    error, client, _ = lost(kit, CUT, PAGE, EMPTY, EMPTY, json={**BODY, "remark": "private"})
    error = travelled(error)
    assert "private" not in repr(vars(error._question))
    with pytest.raises(LoyaltyError, match="give the client"):
        resolved(kit, error)
    assert Applied(ENTRY, certain=True) == resolved(kit, error, client=client)
    assert isinstance(resolved(kit, error, client=client), StillUnknown)
    clock.now += SETTLE
    assert NotApplied(certain=True) == resolved(kit, error, client=client)


class Sales:
    """A resource as it is generated."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def add(self, **body: object) -> Any:
        """Add a sale."""
        return self._client.call(SALE, json=body)

    def list(self) -> Any:
        """List sales, which changes nothing."""
        return self._client.pages(read_sales())


def test_a_call_of_a_process_that_died_is_asked_about(kit: SyncKit, clock: FakeClock) -> None:
    """By its method and arguments; the settle time counts from the start of this process, or from when a trusted clock says the call was made."""
    client, script = kit.scripted(PAGE, EMPTY, EMPTY, EMPTY)
    door: Any = outcome_of if kit.name == "sync" else aoutcome_of
    ask = door(Sales(client).add)
    assert Applied(ENTRY, certain=True) == kit.run(ask(**BODY))
    assert isinstance(kit.run(ask(**BODY)), StillUnknown)
    clock.now += SETTLE
    assert NotApplied(certain=True) == kit.run(ask(**BODY))
    assert NotApplied(certain=True) == kit.run(door(Sales(client).add, sent=clock.time() - SETTLE)(**BODY))
    assert ["GET"] * 4 == [request.method for request in script.requests]
    for method in (print, Sales(client).list):
        with pytest.raises(ArgumentError, match="takes a method"):
            kit.run(door(method)())


def test_an_older_entry_by_the_vendors_clock(kit: SyncKit, clock: FakeClock) -> None:
    """Whose own `Date` counts, so that a wrong clock here makes no verdict wrong."""
    entry = {**ENTRY, "at": 1_000_000_000}
    shown = reply(200, {"data": [entry]}, headers={"date": formatdate(1_000_000_060, usegmt=True)})
    error, _, _ = lost(kit, CUT, shown)
    assert Applied(entry, certain=True) == resolved(kit, error)


def test_the_wrong_way_to_ask_is_refused(kit: SyncKit) -> None:
    """An asynchronous client is not asked by blocking; an error made by hand has nothing to ask."""
    error, _, _ = lost(kit, CUT, PAGE)
    if kit.name == "async":
        with pytest.raises(LoyaltyError, match="aresolve"):
            error.resolve()
    with pytest.raises(LoyaltyError, match="without a call"):
        UncertainOutcomeError("made by hand").resolve()
