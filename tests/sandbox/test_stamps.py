"""Stamps: balances, errors in the vendor's shape, expiry, two merchants."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_sandbox.core.clock import Clock
from loyalty_sandbox.core.engine import Engine
from loyalty_sandbox.core.exchange import Inbound
from loyalty_sandbox.core.limits import Limits
from loyalty_sandbox.core.store import Store
from loyalty_sandbox.vendors.stamps import vendor
from loyalty_sandbox.vendors.stamps.base import ACCESS_TOKEN, OTHER_TOKEN, STATIC_TOKEN
from tests.sandbox.serving import Serve

ADD, CANCEL, DEDUCT = "/api/stamps/add", "/api/stamps/cancel", "/api/memberships/deduct-stamps"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "stamps"
ADA = {"user": "ada@example.com", "store": 2, "number_of_stamps": 10}


def fixture(name: str) -> object:
    """Read a body printed by the vendor."""
    return json.loads((FIXTURES / name).read_text())


def test_the_printed_award_and_its_cancellation_come_out_as_printed(serve: Serve) -> None:
    """The vendor's two sample calls get the two sample answers, byte for byte in JSON."""
    client = serve("stamps").client("stamps")
    added = client.post(ADD, json=fixture("addStamps/request.json"))
    cancelled = client.post(CANCEL, json=fixture("cancelAward/request.json"))
    assert fixture("addStamps/200.json") == added.json()
    assert fixture("cancelAward/200.json") == cancelled.json()
    assert ("Accept", "POST, OPTIONS") == (added.headers["Vary"], added.headers["Allow"])


def test_the_printed_deduction_comes_out_as_printed(serve: Serve) -> None:
    """At the printed moment the printed payload gets the printed answer."""
    sandbox = serve("stamps")
    sandbox.admin("POST", "clock", {"now": "2022-07-13T08:41:10Z", "stopped": True})
    answer = sandbox.client("stamps").post(DEDUCT, json={"user": 1865, "stamps": 1, "notes": "test"})
    assert fixture("deductStamps/200.json") == answer.json()


def test_a_deduction_without_notes_is_refused_as_printed(serve: Serve) -> None:
    """The one error body that the vendor prints for these calls."""
    answer = serve("stamps").client("stamps").post(DEDUCT, json={"user": 1865, "stamps": 1})
    assert (400, fixture("deductStamps/400.json")) == (answer.status_code, answer.json())


@pytest.mark.parametrize("user", ["ada@example.com", "ADA@example.com", "MEMBER-0001", 2001])
def test_a_customer_is_found_by_address_member_id_and_key(serve: Serve, user: str | int) -> None:
    """All forms of `user` name the same customer (T-03)."""
    answer = serve("stamps").client("stamps").post(ADD, json={**ADA, "user": user})
    assert (2001, 110) == (answer.json()["customer"]["id"], answer.json()["customer"]["stamps"])


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "member"),
    [
        (ADD, {**ADA, "user": "nobody@example.com"}, 400, "invalid_data", "__all__"),
        (ADD, {**ADA, "user": "blocked@example.com"}, 400, "invalid_user", "__all__"),
        (ADD, {**ADA, "store": 9}, 400, "invalid_store", "store"),
        (ADD, {**ADA, "number_of_stamps": 0}, 400, "invalid", "number_of_stamps"),
        (ADD, {**ADA, "number_of_stamps": "ten"}, 400, "invalid", "number_of_stamps"),
        (ADD, {**ADA, "expiration_date": "2001-01-01"}, 400, "invalid", "expiration_date"),
        (ADD, {**ADA, "expiration_date": "tomorrow"}, 400, "invalid", "expiration_date"),
        (ADD, {}, 400, "required", "user"),
        (CANCEL, {"user": "ada@example.com", "id": 999999}, 400, "invalid_award", "id"),
        (DEDUCT, {"user": "ada@example.com", "stamps": 101, "notes": "x"}, 400, "invalid_data", "info"),
        (DEDUCT, {"user": "ada@example.com", "stamps": -5, "notes": "x"}, 400, "invalid", "stamps"),
    ],
)
def test_refusals_have_four_keys(
    serve: Serve, path: str, body: dict[str, object], status: int, code: str, member: str
) -> None:
    """Every refused request gets the four-key body, and the balance stays."""
    sandbox = serve("stamps")
    answer = sandbox.client("stamps").post(path, json=body)
    error = answer.json()
    assert (status, code) == (answer.status_code, error["error_code"])
    assert {"detail", "error_message", "error_code", "errors"} == set(error)
    assert member in error["errors"]
    assert 100 == next(each["stamps"] for each in sandbox.documents("stamps", "memberships") if each["user_id"] == 2001)


def test_an_award_is_cancelled_once(serve: Serve) -> None:
    """A second cancellation is refused and takes nothing."""
    client = serve("stamps").client("stamps")
    award = client.post(ADD, json=ADA).json()["award"]["id"]
    first = client.post(CANCEL, json={"user": "ada@example.com", "id": award})
    second = client.post(CANCEL, json={"user": "ada@example.com", "id": award})
    assert (200, 100) == (first.status_code, first.json()["customer"]["stamps"])
    assert (400, "invalid_award") == (second.status_code, second.json()["error_code"])


def test_an_award_of_another_customer_is_unknown(serve: Serve) -> None:
    """The id of somebody else's award is not confirmed."""
    client = serve("stamps").client("stamps")
    award = client.post(ADD, json=ADA).json()["award"]["id"]
    answer = client.post(CANCEL, json={"user": "customer@stamps.co.id", "id": award})
    assert (400, "invalid_award") == (answer.status_code, answer.json()["error_code"])


def test_a_spent_award_is_cancelled_from_other_awards_or_not_at_all(serve: Serve) -> None:
    """The balance pays for a spent award as long as it reaches."""
    client = serve("stamps").client("stamps")
    award = client.post(ADD, json={**ADA, "user": 114807}).json()["award"]["id"]  # 8 + 10
    client.post(DEDUCT, json={"user": 114807, "stamps": 9, "notes": "spent"})
    refused = client.post(CANCEL, json={"user": 114807, "id": award})
    client.post(ADD, json={**ADA, "user": 114807, "number_of_stamps": 1})
    paid = client.post(CANCEL, json={"user": 114807, "id": award})
    assert (400, ["info"]) == (refused.status_code, list(refused.json()["errors"]))
    assert (200, 0) == (paid.status_code, paid.json()["customer"]["stamps"])


def test_tokens_of_both_kinds_are_accepted(serve: Serve) -> None:
    """`Token` and `Bearer`, each with its own kind of token only."""
    sandbox = serve("stamps")
    statuses = [
        sandbox.client("stamps", token=STATIC_TOKEN).post(ADD, json=ADA).status_code,
        sandbox.client("stamps", bearer=ACCESS_TOKEN).post(ADD, json=ADA).status_code,
        sandbox.client("stamps", token=ACCESS_TOKEN).post(ADD, json=ADA).status_code,
        sandbox.client("stamps", bearer=STATIC_TOKEN).post(ADD, json=ADA).status_code,
    ]
    assert [200, 200, 401, 401] == statuses


def test_missing_and_wrong_tokens_are_told_apart(serve: Serve) -> None:
    """401 with `detail` alone, in the vendor's words."""
    sandbox = serve("stamps")
    missing = sandbox.client("stamps", headers={}).post(ADD, json=ADA)
    wrong = sandbox.client("stamps", token="nonsense").post(ADD, json=ADA)
    assert (401, {"detail": "Authentication credentials were not provided."}) == (missing.status_code, missing.json())
    assert (401, fixture("errors/401.json")) == (wrong.status_code, wrong.json())


def test_merchants_share_nothing(serve: Serve) -> None:
    """A customer of one merchant is no member of the other."""
    answer = serve("stamps").client("stamps", token=OTHER_TOKEN).post(ADD, json={**ADA, "store": 9})
    assert (400, "user_has_no_membership") == (answer.status_code, answer.json()["error_code"])


def test_stamps_expire_after_their_last_day(serve: Serve) -> None:
    """On the last day they count, on the next they are gone; what was spent before stays spent."""
    sandbox = serve("stamps")
    sandbox.admin("POST", "clock", {"now": "2026-03-01T12:00:00Z"})
    client = sandbox.client("stamps")
    client.post(ADD, json={**ADA, "expiration_date": "2026-03-02"})
    client.post(DEDUCT, json={"user": 2001, "stamps": 4, "notes": "taken from what ends first"})
    sandbox.admin("POST", "clock", {"now": "2026-03-02T23:59:59Z", "stopped": True})
    assert 107 == client.post(ADD, json={**ADA, "number_of_stamps": 1}).json()["customer"]["stamps"]
    sandbox.admin("POST", "clock", {"now": "2026-03-03T00:00:00Z"})
    assert 102 == client.post(ADD, json={**ADA, "number_of_stamps": 1}).json()["customer"]["stamps"]


def test_the_customer_is_told_by_email_unless_switched_off(serve: Serve) -> None:
    """The message lies in the outbox."""
    sandbox = serve("stamps")
    client = sandbox.client("stamps")
    client.post(ADD, json={**ADA, "require_email_notification": False})
    client.post(ADD, json=ADA)
    assert ["ada@example.com"] == [message["to"] for message in sandbox.admin("GET", "outbox/stamps")["messages"]]


def test_other_methods_and_addresses(serve: Serve) -> None:
    """405 with `Allow`, and 404."""
    client = serve("stamps").client("stamps")
    wrong, unknown = client.get(ADD), client.post("/api/stamps/nothing")
    assert (405, "POST, OPTIONS") == (wrong.status_code, wrong.headers["Allow"])
    assert 404 == unknown.status_code


CALLS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 50), st.one_of(st.none(), st.integers(0, 3))),
        st.tuples(st.just("cancel"), st.integers(0, 8), st.none()),
        st.tuples(st.just("deduct"), st.integers(1, 120), st.none()),
        st.tuples(st.just("day"), st.integers(1, 4), st.none()),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(CALLS)
def test_no_order_of_calls_makes_or_loses_a_stamp(calls: list[tuple[str, int, int | None]]) -> None:
    """The balance is what the awards hold, is never negative, and is opening + added - cancelled - deducted until something expires."""
    clock = Clock(lambda: 1_770_000_000.0)
    store = Store()
    engine = Engine(vendor, store, clock, Limits(clock))
    engine.fill()
    state = engine.state
    expected, awards = 100, list[tuple[int, int]]()
    for name, number, extra in calls:
        before = _ada(state)["stamps"]
        if name == "day":
            clock.set(clock.now(), 86400 * number)
            continue
        if name == "add":
            date = (state.now.date().toordinal() + extra) if extra is not None else None
            body: dict[str, object] = {"user": 2001, "store": 2, "number_of_stamps": number}
            if date is not None:
                body["expiration_date"] = type(state.now.date()).fromordinal(date).isoformat()
            status, answer = _call(engine, ADD, body)
            awards.append((answer["award"]["id"], number))
            change = number
        elif name == "cancel":
            award, amount = awards[number] if number < len(awards) else (999_999, 0)
            status, answer = _call(engine, CANCEL, {"user": 2001, "id": award})
            change = -amount
        else:
            status, answer = _call(engine, DEDUCT, {"user": 2001, "stamps": number, "notes": "property"})
            change = -number
        expected += change if status == 200 else 0
        balance = _ada(state)["stamps"]
        held = sum(each["remaining"] for each in state.collection("awards").find(membership_id=2000))
        assert balance == held >= 0
        assert balance <= expected, "only expiry takes more than the calls did"
        assert balance == expected or state.collection("awards").find(status="Expired")
        assert status == 200 or before >= balance, "a refused call never raises a balance"
    store.close()


def _ada(state: object) -> dict[str, int]:
    found: dict[str, int] = state.collection("memberships").get(2000)  # type: ignore[attr-defined]
    return found


def _call(engine: Engine, path: str, body: dict[str, object]) -> tuple[int, dict[str, dict[str, int]]]:
    headers = {"authorization": f"Token {STATIC_TOKEN}", "content-type": "application/json"}
    inbound = Inbound("POST", path, "", headers, json.dumps(body).encode(), "")
    outcome = engine.answer(inbound, engine.find(inbound))
    return outcome.status, json.loads(outcome.body)
