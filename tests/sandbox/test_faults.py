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


@pytest.mark.parametrize("status", [401, 404, 409, 429, 500, 503, 520])
def test_a_status_replaces_the_call(serve: Serve, status: int) -> None:
    """The vendor's error shape under any status, and nothing happens."""
    sandbox = serve("stamps")
    answer = fault(sandbox.client("stamps"), f"status={status}")
    assert (status, {"detail": "Artificial failure."}) == (answer.status_code, answer.json())
    assert ("fault", 100) == (answer.headers["X-Sandbox-Behaviour"], balance(sandbox))


def test_a_status_after_the_call_hides_its_success(serve: Serve) -> None:
    """`after`: the stamps are there although the answer says 500."""
    sandbox = serve("stamps")
    assert (500, 110) == (fault(sandbox.client("stamps"), "status=500; after").status_code, balance(sandbox))


def test_html_instead_of_json(serve: Serve) -> None:
    """A gateway's page: 502 unless a status is given, and nothing happens."""
    sandbox = serve("stamps")
    answer = fault(sandbox.client("stamps"), "html")
    assert (502, "text/html") == (answer.status_code, answer.headers["Content-Type"])
    assert answer.text.startswith("<!DOCTYPE html>")
    assert 100 == balance(sandbox)
    assert 200 == fault(sandbox.client("stamps"), "html; status=200").status_code


def test_a_wrong_content_type_spoils_a_good_answer(serve: Serve) -> None:
    """The body is JSON, the label says text."""
    sandbox = serve("stamps")
    answer = fault(sandbox.client("stamps"), "wrong-content-type")
    assert (200, "text/plain") == (answer.status_code, answer.headers["Content-Type"])
    assert 110 == answer.json()["customer"]["stamps"]


def test_retry_after_means_429(serve: Serve) -> None:
    """With the header, in seconds; with a status it is that status."""
    client = serve("stamps").client("stamps")
    limited, busy = fault(client, "retry-after=30"), fault(client, "status=503; retry-after=7")
    assert (429, "30") == (limited.status_code, limited.headers["Retry-After"])
    assert (503, "7") == (busy.status_code, busy.headers["Retry-After"])


def test_a_cut_body_comes_after_the_effect(serve: Serve) -> None:
    """Half of the promised bytes, then the end of the connection."""
    sandbox = serve("stamps")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        fault(sandbox.client("stamps"), "cut-body")
    assert 110 == balance(sandbox)


def test_a_reset_connection_comes_after_the_effect(serve: Serve) -> None:
    """The peer sees a TCP reset and no byte of an answer."""
    sandbox = serve("stamps")
    with pytest.raises(httpx.ReadError) as caught:
        fault(sandbox.client("stamps"), "reset")
    assert "reset" in str(caught.value).lower()
    assert 110 == balance(sandbox)
    assert 200 == sandbox.client("stamps").post(ADD, json=BODY).status_code


@pytest.mark.parametrize(("words", "error"), [("cut-head", httpx.RemoteProtocolError), ("silent", httpx.ReadTimeout)])
def test_an_answer_is_lost_in_every_phase(serve: Serve, words: str, error: type[Exception]) -> None:
    """In the middle of the head, or before its first byte; the call counts, and the next one is answered."""
    sandbox = serve("stamps")
    client = sandbox.client("stamps")
    with pytest.raises(error):
        client.post(ADD, json=BODY, headers={"X-Sandbox-Fault": words}, timeout=1)
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
