"""Balances: every stamp of a membership lies in an award until it is spent, cancelled or expired.

So the balance is the sum of what is left of the awards, and no order of calls can make or lose a stamp.
"""

from __future__ import annotations

from datetime import timedelta

from ...documents import Document
from ...state import State

TRANSACTION_AWARD, TRANSACTION_DEDUCTION, TRANSACTION_EXPIRY = 2, 10, 15  # the vendor's activity types
_NEVER = "9999-12-31"


def open_award(
    state: State, membership: Document, amount: int, *, store: int | None, notes: str, expires_on: str | None
) -> Document:
    """Put stamps into a new award; without a date it ends after the merchant's validity days."""
    merchant = state.collection("merchants").get(membership["merchant_id"])
    days = merchant["validity_days"] if merchant else None
    if expires_on is None and days is not None:
        expires_on = (state.now + timedelta(days=days)).date().isoformat()
    number = state.next_number("award", first=1010)
    award = {
        "id": number,
        "membership_id": membership["id"],
        "number_of_stamps": amount,
        "remaining": amount,
        "open": True,
        "store": store,
        "notes": notes,
        "expires_on": expires_on,
        "status": "Created",
        "created": state.timestamp,
    }
    state.collection("awards").put(number, award)
    _change(state, membership, amount, activity=TRANSACTION_AWARD)
    return award


def cancel_award(state: State, membership: Document, award: Document) -> None:
    """Take a whole award back: first its own stamps, then, as far as they were spent, other awards' (TC-07)."""
    amount = award["number_of_stamps"]
    own = award["remaining"]
    _keep(state, {**award, "remaining": 0, "open": False, "status": "Canceled"})
    _spend(state, membership, amount - own)
    award["status"] = "Canceled"
    _change(state, membership, -amount, activity=TRANSACTION_AWARD, status=2)


def deduct(state: State, membership: Document, amount: int) -> None:
    """Spend stamps, those that expire first before the others (TC-08)."""
    _spend(state, membership, amount)
    _change(state, membership, -amount, activity=TRANSACTION_DEDUCTION)


def expire_awards(state: State) -> None:
    """Take away what is left of awards whose last day is over; looks once a day of the sandbox's clock (TC-06)."""
    today = state.now.date().isoformat()
    sweeps = state.collection("sweeps")
    last = sweeps.get("awards")
    if last is not None and last["day"] >= today:
        return
    sweeps.put("awards", {"day": today})
    for award in state.collection("awards").find(open=True):
        if (award["expires_on"] or _NEVER) < today:
            membership = state.collection("memberships").get(award["membership_id"])
            _keep(state, {**award, "remaining": 0, "open": False, "status": "Expired"})
            if membership:
                _change(state, membership, -award["remaining"], activity=TRANSACTION_EXPIRY)


def _spend(state: State, membership: Document, amount: int) -> None:
    awards = state.collection("awards").find(membership_id=membership["id"], open=True)
    for award in sorted(awards, key=lambda each: (each["expires_on"] or _NEVER, each["id"])):
        if amount == 0:
            return
        taken = min(amount, award["remaining"])
        left = award["remaining"] - taken
        _keep(state, {**award, "remaining": left, "open": left > 0})
        amount -= taken
    if amount:
        raise AssertionError(f"membership {membership['id']} lacks {amount} stamps that its balance promised")


def _keep(state: State, award: Document) -> None:
    state.collection("awards").put(award["id"], award)


def _change(state: State, membership: Document, difference: int, *, activity: int, status: int = 1) -> None:
    membership["stamps"] += difference
    state.collection("memberships").put(membership["id"], membership)
    number = state.next_number("activity")
    state.collection("activities").put(
        number,
        {
            "id": number,
            "type": activity,
            "status": status,
            "membership_id": membership["id"],
            "stamps": difference,
            "created": state.timestamp,
        },
    )
