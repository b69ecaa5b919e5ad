"""Faults on demand, by header and by admin call: what the client sees, and whether the call took effect."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.sandbox.serving import Sandbox, Serve

ADD = "/api/stamps/add"
BODY = {"user": 2001, "store": 2, "number_of_stamps": 10}


def fault(client: httpx.Client, words: str) -> httpx.Response:
    """Award ten stamps under a fault."""
    return client.post(ADD, json=BODY, headers={"X-Sandbox-Fault": words})


def balance(sandbox: Sandbox) -> int:
    """Read the balance behind the vendor's back."""
    return next(int(each["stamps"]) for each in sandbox.documents("stamps", "memberships") if each["user_id"] == 2001)


DETAIL = '{"detail":"Artificial failure."}'
# The words, what the client gets: status, media type, the beginning of the body, Retry-After; and the balance afterwards.
ANSWERS: list[tuple[str, int, str, str, str | None, int]] = [
    *((f"status={status}", status, "application/json", DETAIL, None, 100) for status in (401, 404, 409, 429, 500, 520)),
    ("status=500; after", 500, "application/json", '{"customer":', None, 110),
    ("html", 502, "text/html", "<!DOCTYPE html>", None, 100),
    ("html; status=200", 200, "text/html", "<!DOCTYPE html>", None, 100),
    ("wrong-content-type", 200, "text/plain", '{"customer":', None, 110),
    ("retry-after=30", 429, "application/json", DETAIL, "30", 100),
    ("status=503; retry-after=7", 503, "application/json", DETAIL, "7", 100),
]


@pytest.mark.parametrize(("words", "status", "media", "body", "wait", "left"), ANSWERS)
def test_an_answer_is_replaced(
    serve: Serve, words: str, status: int, media: str, body: str, wait: str | None, left: int
) -> None:
    """By a status in the vendor's error shape, a gateway's page, a wrong label or a wait: before the call takes effect, or after it."""
    sandbox = serve("stamps")
    answer = fault(sandbox.client("stamps"), words)
    assert (status, media, wait) == (
        answer.status_code,
        answer.headers["Content-Type"],
        answer.headers.get("Retry-After"),
    )
    assert answer.text.startswith(body)
    assert left == balance(sandbox)
    assert left == 110 or answer.headers["X-Sandbox-Behaviour"] == "fault"


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        ("cut-body", httpx.RemoteProtocolError, "without sending complete message body"),
        ("cut-head", httpx.RemoteProtocolError, ""),
        ("reset", httpx.ReadError, "reset"),
        ("silent", httpx.ReadTimeout, ""),
    ],
)
def test_an_answer_is_lost_in_every_phase(serve: Serve, words: str, error: type[Exception], said: str) -> None:
    """In the middle of the body or the head, before its first byte, or by a reset; the call counts, and the next one is answered."""
    sandbox = serve("stamps")
    with pytest.raises(error, match=f"(?i){said}"):
        sandbox.client("stamps").post(ADD, json=BODY, headers={"X-Sandbox-Fault": words}, timeout=1)
    assert 110 == balance(sandbox)
    assert 200 == sandbox.client("stamps").post(ADD, json=BODY).status_code


def test_a_late_call_counts_after_its_caller_gave_up(serve: Serve) -> None:
    """A gateway's 504 comes first, the effect later; the log has both."""
    sandbox = serve("stamps")
    assert 504 == fault(sandbox.client("stamps"), "late=0.3").status_code
    assert 100 == balance(sandbox)
    until = time.monotonic() + 30
    while balance(sandbox) == 100 and time.monotonic() < until:
        time.sleep(0.05)
    assert 110 == balance(sandbox)
    logged = sandbox.admin("GET", "log")["entries"]
    assert [504, 200] == [each["status"] for each in logged if each["operation"] == "addStamps"]


def test_a_delay_lets_a_timeout_strike(serve: Serve) -> None:
    """The answer waits; other requests do not."""
    client = serve("stamps", limits=False).client("stamps")  # a server of its own, which ends before the delay
    with pytest.raises(httpx.ReadTimeout):
        client.post(ADD, json=BODY, headers={"X-Sandbox-Fault": "delay=60"}, timeout=0.05)
    before = time.perf_counter()
    assert 200 == fault(client, "delay=0.1").status_code
    assert 0.1 <= time.perf_counter() - before < 30


@pytest.mark.parametrize(
    "words", ["status=abc", "status=700", "explode", "delay=-1", "delay=nan", "html=yes", "retry-after=soon", "late=-1"]
)
def test_unknown_words_are_refused(serve: Serve, words: str) -> None:
    """A typing error must not pass as no fault."""
    sandbox = serve("stamps")
    answer = fault(sandbox.client("stamps"), words)
    assert 400 == answer.status_code
    assert answer.json()["sandbox"].startswith("X-Sandbox-Fault: ")
    assert 100 == balance(sandbox)


def test_route_faults_last_for_a_number_of_calls(serve: Serve) -> None:
    """Two failures, then the third attempt succeeds: what a retry has to survive."""
    sandbox = serve("stamps")
    sandbox.admin("POST", "faults", {"vendor": "stamps", "operation": "addStamps", "fault": "status=503", "times": 2})
    client = sandbox.client("stamps")
    other = client.post("/api/memberships/deduct-stamps", json={"user": 2001, "stamps": 1, "notes": "not concerned"})
    assert 200 == other.status_code
    assert [503, 503, 200] == [client.post(ADD, json=BODY).status_code for _ in range(3)]
    assert [] == sandbox.admin("GET", "faults")["faults"]


def test_route_faults_can_be_listed_and_taken_away(serve: Serve) -> None:
    """`*` means every operation of the vendor; the header of a request goes before."""
    sandbox = serve("stamps")
    sandbox.admin("POST", "faults", {"vendor": "stamps", "fault": "html; status=500"})
    client = sandbox.client("stamps")
    assert 500 == client.post(ADD, json=BODY).status_code
    assert 404 == fault(client, "status=404").status_code
    assert ["status=500; html"] == [each["fault"] for each in sandbox.admin("GET", "faults")["faults"]]
    assert {"removed": 1} == sandbox.admin("DELETE", "faults")
    assert 200 == client.post(ADD, json=BODY).status_code


def test_a_fault_for_an_unknown_operation_is_refused(serve: Serve) -> None:
    """A misspelt operationId must not pass in silence."""
    body = {"vendor": "stamps", "operation": "addStamp", "fault": "reset"}
    answer = serve("stamps").client().post("/_sandbox/faults", json=body)
    assert {"sandbox": "stamps has no operation 'addStamp'; use an operationId or '*'."} == answer.json()
