"""What is repeated, how often, after how long, and under which key."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import pytest

from loyalty_runtime import (
    APIConnectionError,
    APITimeoutError,
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
REFUSED = TransportFailure("refused", "no connection could be made", sent=False)
POOL = TransportFailure("pool", "no connection became free", sent=False)
CUT = TransportFailure("cut", "the connection broke", sent=True)
OK = reply(200, {"ok": True})


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524])
def test_a_safe_call_heals(kit: SyncKit, status: int) -> None:
    """GET is repeated after a passing failure of the server."""
    client, script = kit.scripted(reply(status), reply(status), OK)
    assert kit.run(client.call(GET)) == {"ok": True}
    assert len(script.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 501, 505, 299])
def test_other_statuses_are_final(kit: SyncKit, status: int) -> None:
    """What repeating cannot mend is not repeated."""
    client, script = kit.scripted(reply(status, {"x": 1}))
    assert kit.run(client.call_raw(GET)).status == status
    assert len(script.requests) == 1


def test_attempts_are_counted_and_bounded(kit: SyncKit) -> None:
    """After two repeats the error tells three attempts; the waits double and are jittered."""
    kit.clock.chance = 0.5
    client, _ = kit.scripted(*[reply(503, headers={"x-request-id": "r-1"})] * 3)
    with pytest.raises(InternalServerError, match=r"after 3 attempts \(request id r-1\)") as caught:
        kit.run(client.call(GET))
    assert (caught.value.attempts, caught.value.status) == (3, 503)
    assert kit.clock.slept == [0.375, 0.75]


def test_the_wait_is_capped(kit: SyncKit) -> None:
    """However many repeats, no wait is above eight seconds."""
    client, _ = kit.scripted(*[reply(503)] * 8, OK, max_retries=8)
    kit.run(client.call(GET))
    assert kit.clock.slept == [0.5, 1, 2, 4, 8, 8, 8, 8]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("failure", [reply(503), reply(429), CUT])
def test_what_moves_points_is_not_repeated(kit: SyncKit, method: str, failure: Any) -> None:
    """Without a declaration nothing but a safe method is sent twice."""
    client, script = kit.scripted(failure)
    with pytest.raises((InternalServerError, RateLimitError, APIConnectionError)):
        kit.run(client.call(operation(method=method)))
    assert len(script.requests) == 1


@pytest.mark.parametrize("failure", [REFUSED, POOL])
def test_what_was_never_sent_is_repeated(kit: SyncKit, failure: TransportFailure) -> None:
    """A POST that provably did not leave is sent again."""
    client, script = kit.scripted(failure, OK)
    assert kit.run(client.call(POST, json={"a": 1})) == {"ok": True}
    assert len(script.requests) == 2


def test_a_nonce_is_made_once_per_call(kit: SyncKit) -> None:
    """All attempts of one call carry the same value, the next call another one."""
    client, script = kit.scripted(reply(503), CUT, OK, OK)
    kit.run(client.call(NONCE))
    kit.run(client.call(NONCE))
    sent = [script.header(index, "x-req-nonce") for index in range(4)]
    assert sent[0] == sent[1] == sent[2] != sent[3]
    assert len(str(sent[0])) == 36


def test_the_callers_nonce_wins(kit: SyncKit) -> None:
    """A header parameter comes before CallOptions, both before a generated value."""
    client, script = kit.scripted(OK, OK)
    options = CallOptions(idempotency_key="mine")
    kit.run(client.call(NONCE, options=options))
    kit.run(client.call(NONCE, headers={"X-Req-Nonce": "parameter"}, options=options))
    assert [script.header(index, "x-req-nonce") for index in range(2)] == ["mine", "parameter"]


def test_a_forgotten_nonce_is_not_repeated(kit: SyncKit) -> None:
    """When the vendor no longer knows the value, another attempt could count twice."""
    client, script = kit.scripted(reply(503, headers={"retry-after": "200"}), timeout=1000)
    with pytest.raises(InternalServerError):
        kit.run(client.call(NONCE))
    assert len(script.requests) == 1


def test_an_idempotency_key_without_a_header_is_refused(kit: SyncKit) -> None:
    """A key that would not be sent would give false safety."""
    client, script = kit.scripted()
    with pytest.raises(ArgumentError, match="no effect"):
        kit.run(client.call(POST, options=CallOptions(idempotency_key="k")))
    assert script.requests == []


def test_a_natural_key_repeats_only_when_asked(kit: SyncKit) -> None:
    """The caller vouches for the key in the body."""
    client, script = kit.scripted(reply(503), reply(503), OK)
    with pytest.raises(InternalServerError):
        kit.run(client.call(NATURAL, json={"invoice_number": "1"}))
    kit.run(client.call(NATURAL, json={"invoice_number": "1"}, options=CallOptions(repeat=True)))
    assert len(script.requests) == 3


def test_repeat_needs_a_declared_key(kit: SyncKit) -> None:
    """repeat=True on an operation without natural key is refused."""
    client, _ = kit.scripted()
    with pytest.raises(ArgumentError, match="could count twice"):
        kit.run(client.call(POST, options=CallOptions(repeat=True)))


@pytest.mark.parametrize(
    ("text", "expected"), [("7", 7.0), ("1.5", 1.5), ("0", 0.5), ("-3", 0.5), ("soon", 0.5), ("nan", 0.5)]
)
def test_retry_after_in_seconds(kit: SyncKit, text: str, expected: float) -> None:
    """Whole and decimal seconds are obeyed; nonsense and the past give the usual wait."""
    client, _ = kit.scripted(reply(429, headers={"retry-after": text}), OK)
    kit.run(client.call(GET))
    assert kit.clock.slept == [expected]


@pytest.mark.parametrize("form", ["imf", "rfc850", "asctime"])
def test_retry_after_as_a_date(kit: SyncKit, clock: FakeClock, form: str) -> None:
    """All three HTTP date forms are obeyed."""
    from time import gmtime, strftime

    moment = clock.time() + 9
    formats = {"rfc850": "%A, %d-%b-%y %H:%M:%S GMT", "asctime": "%a %b %d %H:%M:%S %Y"}
    text = formatdate(moment, usegmt=True) if form == "imf" else strftime(formats[form], gmtime(moment))
    client, _ = kit.scripted(reply(429, headers={"retry-after": text}), OK)
    kit.run(client.call(GET))
    assert kit.clock.slept == [9.0]


def test_a_date_in_the_past_means_now(kit: SyncKit) -> None:
    """A moment that has gone by gives the usual wait."""
    client, _ = kit.scripted(reply(503, headers={"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}), OK)
    kit.run(client.call(GET))
    assert kit.clock.slept == [0.5]


@pytest.mark.parametrize("text", ["61", "60", "1e9"])
def test_a_wait_beyond_the_budget_gives_up_at_once(kit: SyncKit, text: str) -> None:
    """The caller learns how long, instead of waiting for a call that cannot be made in time."""
    client, script = kit.scripted(reply(429, headers={"retry-after": text}))
    with pytest.raises(RateLimitError) as caught:
        kit.run(client.call(GET))
    assert caught.value.retry_after == float(text)
    assert caught.value.local is False
    assert kit.clock.slept == []
    assert len(script.requests) == 1


def test_the_budget_covers_all_attempts(kit: SyncKit) -> None:
    """Each attempt gets what is left of the call's timeout."""
    client, script = kit.scripted(
        reply(503, headers={"retry-after": "20"}), reply(503, headers={"retry-after": "30"}), OK
    )
    kit.run(client.call(GET))
    assert [request.timeout for request in script.requests] == [60.0, 40.0, 10.0]


def test_no_attempt_after_the_budget(kit: SyncKit) -> None:
    """When time runs out while sending, the failure is reported and not repeated."""

    def slow(request: object) -> TransportFailure:
        kit.clock.now += 59.8
        return CUT

    client, script = kit.scripted(slow)
    with pytest.raises(APIConnectionError):
        kit.run(client.call(GET))
    assert len(script.requests) == 1


def test_options_of_one_call(kit: SyncKit) -> None:
    """Timeout, repeats and headers of a call come before the client's."""
    client, script = kit.scripted(reply(503), headers={"X-A": "1", "X-B": "2"})
    options = CallOptions(timeout=5, max_retries=0, headers={"x-a": None, "X-B": "3"})
    assert kit.run(client.call_raw(GET, options=options)).status == 503
    assert script.requests[0].timeout == 5
    assert (script.header(0, "X-A"), script.header(0, "X-B")) == (None, "3")


def test_no_timeout_when_asked(kit: SyncKit) -> None:
    """None waits for ever, and only when the caller says so."""
    client, script = kit.scripted(OK)
    kit.run(client.call(GET, options=CallOptions(timeout=None)))
    assert script.requests[0].timeout is None


@pytest.mark.parametrize("wrong", [{"timeout": 0}, {"timeout": -1}, {"max_retries": -1}, {"max_retries": 11}])
def test_wrong_options_are_refused(wrong: dict[str, Any]) -> None:
    """The message names the option."""
    with pytest.raises(ArgumentError) as caught:
        CallOptions(**wrong)
    assert caught.value.argument == next(iter(wrong))


@pytest.mark.parametrize("problem", ["tls", "protocol"])
def test_what_will_fail_again_is_not_repeated(kit: SyncKit, problem: Any) -> None:
    """A wrong certificate does not heal."""
    client, script = kit.scripted(TransportFailure(problem, "no", sent=False))
    with pytest.raises(APIConnectionError):
        kit.run(client.call(GET))
    assert len(script.requests) == 1


def test_errors_of_connections_tell_whether_anything_was_sent(kit: SyncKit) -> None:
    """`sent` lets a caller decide about repeating by hand; timeouts are their own class."""
    client, _ = kit.scripted(REFUSED, CUT, TransportFailure("timeout", "late", sent=True), max_retries=0)
    with pytest.raises(APIConnectionError) as refused:
        kit.run(client.call(POST))
    with pytest.raises(APIConnectionError) as cut:
        kit.run(client.call(POST))
    with pytest.raises(APITimeoutError):
        kit.run(client.call(POST))
    assert (refused.value.sent, cut.value.sent) == (False, True)
