"""What is repeated, how often, after how long, and under which key."""

from __future__ import annotations

from email.utils import formatdate
from time import gmtime, strftime
from typing import Any

import pytest

from loyalty_runtime import (
    APIConnectionError,
    ArgumentError,
    CallOptions,
    Idempotency,
    InternalServerError,
    RateLimitError,
    TransportFailure,
)
from tests.runtime.support import GET, POST, FakeClock, SyncKit, operation, reply

NONCE = operation(id="grant", method="POST", idempotency=Idempotency("nonce", header="x-req-nonce", seconds=120))
NATURAL = operation(id="addStamps", method="POST", idempotency=Idempotency("natural", member="invoice_number"))
VOUCHED = CallOptions(repeat=True)
REFUSED = TransportFailure("refused", "no connection could be made", sent=False)
POOL = TransportFailure("pool", "no connection became free", sent=False)
CUT = TransportFailure("cut", "the connection broke", sent=True)
TLS = TransportFailure("tls", "wrong certificate", sent=False)
PROTOCOL = TransportFailure("protocol", "no HTTP", sent=False)
OK = reply(200, {"ok": True})
REPEATED = (
    [(GET, None, reply(status)) for status in (408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 527, 529, 530)]
    + [(GET, None, CUT), (POST, None, REFUSED), (POST, None, POOL), (NONCE, None, reply(503)), (NONCE, None, CUT)]
    + [(NATURAL, VOUCHED, reply(503)), (NATURAL, VOUCHED, CUT)]
)
FINAL = (
    [(GET, None, reply(status)) for status in (400, 401, 403, 404, 409, 422, 501, 505, 528)]
    + [(GET, None, TLS), (GET, None, PROTOCOL), (NATURAL, None, reply(503))]
    + [(NONCE, None, reply(503, headers={"retry-after": "200"}))]  # the vendor has forgotten the value by then
    + [
        (operation(method=method), None, fault)
        for method in ("POST", "PUT", "PATCH", "DELETE")
        for fault in (reply(503), reply(429), CUT)
    ]
)


@pytest.mark.parametrize(("call", "options", "fault"), REPEATED)
def test_what_is_repeated(kit: SyncKit, call: Any, options: CallOptions | None, fault: Any) -> None:
    """A passing fault of a call that is safe to repeat, or that provably never left, heals."""
    found, script = kit.tried(call, fault, fault, OK, options=options)
    assert ({"ok": True}, 3) == (found, len(script.requests))


@pytest.mark.parametrize(("call", "options", "fault"), FINAL)
def test_what_is_final(kit: SyncKit, call: Any, options: CallOptions | None, fault: Any) -> None:
    """What repeating cannot mend, or could count twice, is sent once."""
    error, script = kit.tried(call, fault, settings={"timeout": 1000}, options=options)
    assert getattr(fault, "status", None) == error.status
    assert 1 == len(script.requests)


def test_attempts_are_counted_and_bounded(kit: SyncKit) -> None:
    """After two repeats the error tells three attempts; the waits double and are jittered."""
    kit.clock.chance = 0.5
    error, _ = kit.tried(GET, *[reply(503, headers={"x-request-id": "r-1"})] * 3)
    assert isinstance(error, InternalServerError)
    assert "after 3 attempts (request id r-1)" in str(error)
    assert (3, 503, [0.375, 0.75]) == (error.attempts, error.status, kit.clock.slept)


def test_the_wait_is_capped(kit: SyncKit) -> None:
    """However many repeats, no wait is above eight seconds."""
    kit.tried(GET, *[reply(503)] * 8, OK, settings={"max_retries": 8})
    assert [0.5, 1, 2, 4, 8, 8, 8, 8] == kit.clock.slept


@pytest.mark.parametrize(("headers", "sent"), [({}, "mine"), ({"X-Req-Nonce": "parameter"}, "parameter")])
def test_the_callers_nonce_wins(kit: SyncKit, headers: dict[str, str], sent: str) -> None:
    """A header parameter comes before CallOptions, both before a generated value."""
    _, script = kit.tried(NONCE, OK, headers=headers, options=CallOptions(idempotency_key="mine"))
    assert sent == script.header(0, "x-req-nonce")


@pytest.mark.parametrize(
    ("options", "text"), [({"idempotency_key": "k"}, "no effect"), ({"repeat": True}, "could count twice")]
)
def test_false_safety_is_refused(kit: SyncKit, options: dict[str, Any], text: str) -> None:
    """A key that would not be sent, a promise about a key that is not declared: nothing is sent."""
    error, script = kit.tried(POST, options=CallOptions(**options))
    assert isinstance(error, ArgumentError)
    assert text in str(error)
    assert [] == script.requests


WAITS = {"7": 7.0, "1.5": 1.5, "0": 0.5, "-3": 0.5, "soon": 0.5, "nan": 0.5, "Sun, 06 Nov 1994 08:49:37 GMT": 0.5}
DATES = ("imf", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")


@pytest.mark.parametrize(("text", "expected"), [*WAITS.items(), *[(form, 9.0) for form in DATES]])
def test_retry_after(kit: SyncKit, clock: FakeClock, text: str, expected: float) -> None:
    """Seconds, decimal seconds and all three forms of date are obeyed; nonsense and the past give the usual wait."""
    moment = clock.time() + 9
    asked = formatdate(moment, usegmt=True) if text == "imf" else strftime(text, gmtime(moment))
    kit.tried(GET, reply(429, headers={"retry-after": asked}), OK)
    assert [expected] == kit.clock.slept


@pytest.mark.parametrize("text", ["1" * 400, "Infinity", "1e400", "Sun, 06 Nov 9999 08:49:37 GMT"])
def test_no_call_waits_for_ever(kit: SyncKit, text: str) -> None:
    """More than a day is never waited, not even without a timeout; the error says how long the vendor asks for."""
    error, _ = kit.tried(GET, reply(503, headers={"retry-after": text}), settings={"timeout": None})
    assert (InternalServerError, 1e9, []) == (type(error), error.retry_after, kit.clock.slept)


@pytest.mark.parametrize("text", ["61", "60", "1e9"])
def test_a_wait_beyond_the_budget_gives_up_at_once(kit: SyncKit, text: str) -> None:
    """The caller learns how long, instead of waiting for a call that cannot be made in time."""
    error, script = kit.tried(GET, reply(429, headers={"retry-after": text}))
    assert isinstance(error, RateLimitError)
    assert (float(text), False, [], 1) == (error.retry_after, error.local, kit.clock.slept, len(script.requests))


def test_the_budget_covers_all_attempts(kit: SyncKit) -> None:
    """Each attempt gets what is left of the call's timeout."""
    waits = [reply(503, headers={"retry-after": seconds}) for seconds in ("20", "30")]
    _, script = kit.tried(GET, *waits, OK)
    assert [60.0, 40.0, 10.0] == [request.timeout for request in script.requests]


def test_no_attempt_after_the_budget(kit: SyncKit) -> None:
    """When time runs out while sending, the failure is reported and not repeated."""

    def slow(request: object) -> TransportFailure:
        kit.clock.now += 59.8
        return CUT

    error, script = kit.tried(GET, slow)
    assert (APIConnectionError, 1) == (type(error), len(script.requests))


def test_options_of_one_call(kit: SyncKit) -> None:
    """Timeout, repeats and headers of a call come before the client's; a timeout of None waits for ever."""
    options = CallOptions(timeout=5, max_retries=0, headers={"x-a": None, "X-B": "3"})
    error, script = kit.tried(GET, reply(503), settings={"headers": {"X-A": "1", "X-B": "2"}}, options=options)
    assert (503, 5) == (error.status, script.requests[0].timeout)
    assert (None, "3") == (script.header(0, "X-A"), script.header(0, "X-B"))
    _, script = kit.tried(GET, OK, options=CallOptions(timeout=None))
    assert script.requests[0].timeout is None


@pytest.mark.parametrize("wrong", [{"timeout": 0}, {"timeout": -1}, {"max_retries": -1}, {"max_retries": 11}])
def test_wrong_options_are_refused(wrong: dict[str, Any]) -> None:
    """The message names the option."""
    with pytest.raises(ArgumentError) as caught:
        CallOptions(**wrong)
    assert next(iter(wrong)) == caught.value.argument
