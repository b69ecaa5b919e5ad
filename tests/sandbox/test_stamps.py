"""Stamps: awards, errors in the vendor's shape, expiry, two merchants, tokens that end; test_stamps_points.py counts every stamp."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sandbox.credentials import ACCESS_TOKEN, OTHER_TOKEN, STATIC_TOKEN
from tests.sandbox.serving import Serve

ADD, CANCEL, DEDUCT = "/api/stamps/add", "/api/stamps/cancel", "/api/memberships/deduct-stamps"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "stamps"
ADA = {"user": "ada@example.com", "store": 2, "number_of_stamps": 10}


def fixture(name: str) -> object:
    """Read a body printed by the vendor."""
    return json.loads((FIXTURES / name).read_text())


def test_the_printed_calls_come_out_as_printed(serve: Serve) -> None:
    """The vendor's sample calls get the sample answers, byte for byte in JSON, the deduction at its printed moment; and the one error body that is printed for them."""
    sandbox = serve("stamps")
    client = sandbox.client("stamps")
    added = client.post(ADD, json=fixture("addStamps/request.json"))
    cancelled = client.post(CANCEL, json=fixture("cancelAward/request.json"))
    assert fixture("addStamps/200.json") == added.json()
    assert fixture("cancelAward/200.json") == cancelled.json()
    assert ("Accept", "POST, OPTIONS") == (added.headers["Vary"], added.headers["Allow"])
    sandbox.admin("POST", "clock", {"now": "2022-07-13T08:41:10Z", "stopped": True})
    deducted = client.post(DEDUCT, json={"user": 1865, "stamps": 1, "notes": "test"})
    assert fixture("deductStamps/200.json") == deducted.json()
    refused = client.post(DEDUCT, json={"user": 1865, "stamps": 1})
    assert (400, fixture("deductStamps/400.json")) == (refused.status_code, refused.json())


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
    """`Token` and `Bearer`, each with its own kind of token only; a missing and a wrong one are told apart in the vendor's words."""
    sandbox = serve("stamps")
    words = [f"Token {STATIC_TOKEN}", f"Bearer {ACCESS_TOKEN}", f"Token {ACCESS_TOKEN}", f"Bearer {STATIC_TOKEN}"]
    answers = [sandbox.client("stamps", headers={"Authorization": each}).post(ADD, json=ADA) for each in words]
    assert [200, 200, 401, 401] == [answer.status_code for answer in answers]
    assert fixture("errors/401.json") == answers[-1].json()
    missing = sandbox.client("stamps", headers={}).post(ADD, json=ADA)
    assert (401, {"detail": "Authentication credentials were not provided."}) == (missing.status_code, missing.json())


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
    assert ["ada@example.com"] == [message["to"] for message in sandbox.documents("stamps", "$outbox")]


def test_other_methods_and_addresses(serve: Serve) -> None:
    """405 with `Allow`, and 404."""
    client = serve("stamps").client("stamps")
    wrong, unknown = client.get(ADD), client.post("/api/stamps/nothing")
    assert (405, "POST, OPTIONS") == (wrong.status_code, wrong.headers["Allow"])
    assert 404 == unknown.status_code


SALE = {"user": 2001, "store": 2, "invoice_number": "POS-7", "total_value": 50_000, "number_of_people": 1}
SALE |= {"created": "2026-03-01T23:30:00+07:00"}


def test_an_invoice_number_is_taken_once_a_day(serve: Serve) -> None:
    """On the same day a second one is refused with one object for each member, on the next it is another sale."""
    client = serve("stamps").client("stamps")
    answers = [
        client.post("/api/v2/transactions/add", json=SALE | {"created": f"2026-03-0{day}T01:00:00Z"})
        for day in (1, 1, 2)
    ]
    assert [200, 400, 200] == [answer.status_code for answer in answers]
    assert ["invoice_number"] == [*answers[1].json()["errors"][0]]


def test_a_sale_whose_stamps_are_spent_is_not_cancelled(serve: Serve) -> None:
    """As printed, and nothing changes; an unknown number is 404 without a body."""
    client = serve("stamps").client("stamps")
    client.post("/api/v2/transactions/add", json=SALE)
    client.post(DEDUCT, json={"user": 2001, "stamps": 103, "notes": "all but two"})
    refused = client.post("/api/v2/transactions/cancel", json={"invoice_number": "POS-7", "date": "2026-03-01"})
    unknown = client.post("/api/v2/transactions/cancel", json={"invoice_number": "POS-8", "date": "2026-03-01"})
    assert (400, ["info"]) == (refused.status_code, list(refused.json()["errors"]))
    assert (404, b"") == (unknown.status_code, unknown.content)


def test_a_cancelled_redemption_takes_its_voucher_away(serve: Serve) -> None:
    """The stamps come back, the voucher the reward brought is dead, and a used voucher is replaced only when asked."""
    client = serve("stamps").client("stamps")
    made = client.post("/api/v2/redemptions/redeem-reward", json={"user": 2001, "reward": 7, "store": 2}).json()
    back = client.post("/api/redemptions/cancel", json={"id": made["redemption"]["id"]})
    assert (100, "Canceled") == (back.json()["customer"]["stamps_remaining"], back.json()["redemption"]["status"])
    dead = client.post(
        "/api/v2/redemptions/redeem-voucher", json={"user": 2001, "voucher": made["voucher"]["id"], "store": 2}
    )
    assert 400 == dead.status_code

    def count() -> int:
        answer = client.get("/api/vouchers/count-by-merchant-group", params={"user": "2001"})
        return int(answer.json()["count"])

    before = count()
    used = client.post("/api/v2/redemptions/redeem-voucher", json={"user": 2001, "voucher": 10, "store": 2}).json()
    client.post("/api/redemptions/cancel", json={"id": used["redemption"]["id"], "create_replacement_voucher": True})
    assert before + 1 == count()


def test_a_foreign_voucher_is_refused_by_its_printed_code(serve: Serve) -> None:
    """Ada's voucher is nobody else's."""
    answer = (
        serve("stamps")
        .client("stamps")
        .post("/api/v2/redemptions/redeem-voucher", json={"user": 1865, "voucher": 10, "store": 2})
    )
    assert (400, "invalid_voucher_owner") == (answer.status_code, answer.json()["error_code"])


def test_an_anonymised_member_keeps_stamps_and_key_only(serve: Serve) -> None:
    """Neither address, card nor number finds the member any more, and the name is gone."""
    client = serve("stamps").client("stamps")
    client.post("/api/v2/memberships/anonymize", json={"identifier": "ada@example.com"})
    details = "/api/v2/memberships/details"
    lost = [client.get(details, params={"user": name, "merchant": 1}) for name in ("ada@example.com", "MEMBER-0001")]
    found = client.get(details, params={"user": "2001", "merchant": 1}).json()
    assert [400, 400] == [answer.status_code for answer in lost]
    assert (100, True, "") == (found["membership"]["stamps"], found["user"]["is_anonymized"], found["user"]["name"])


def test_a_registered_member_is_found_by_all_names(serve: Serve) -> None:
    """By address, number and card; each of them may be taken once."""
    client = serve("stamps").client("stamps")
    person = {
        "name": "Grace Hopper",
        "email": "new@example.com",
        "mobile_number": "+442079460002",
        "member_id": "NEW-1",
    }
    made = client.post("/api/v2/memberships/register", json=person)
    again = client.post("/api/v2/memberships/register", json=person)
    names = ("NEW@example.com", "+442079460002", "NEW-1", made.json()["id"])
    found = [client.get("/api/v2/memberships/details", params={"user": name, "merchant": 1}) for name in names]
    assert ["Grace Hopper"] * 4 == [answer.json()["user"]["name"] for answer in found]
    assert (400, "email_already_used") == (again.status_code, again.json()["error_code"])
