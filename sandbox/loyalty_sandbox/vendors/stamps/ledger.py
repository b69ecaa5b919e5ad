"""Balances: every stamp of a membership lies in a lot until it is spent, taken back or expired.

A lot is an award, what a transaction earned, or what a cancelled redemption gave back. So the balance is the sum of what is left of the lots, and
no order of calls can make or lose a stamp. Everything that moves stamps stands in the activities, too.
"""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.state import State
from .errors import failure

TRANSACTION, REDEMPTION, AWARD, BALANCE, REGISTRATION, DEDUCTION, EXPIRY = 0, 1, 2, 7, 9, 10, 15
CREATED, CANCELED, OPEN = 1, 2, 3
LIMIT = 10**12  # the largest number of stamps or money in one call
_NEVER = "9999-12-31"


def open_lot(state: State, membership: Document, key: str | int, amount: int, **more: JSON) -> Document:
    """Put stamps into a new lot, of which nothing is spent yet; without `expires_on` they never expire."""
    lot: Document = {"id": key, "membership_id": membership["id"], "number_of_stamps": amount, "remaining": amount}
    lot |= {"open": amount > 0, "status": "Created", "created": state.timestamp, "expires_on": None, **more}
    change(state, membership, stamps=amount)
    return state.collection("awards").put(key, lot)


def take_back(state: State, membership: Document, key: str | int, amount: int, **changes: JSON) -> Document:
    """Take stamps of a lot back: first its own, then, as far as they are spent, other lots'; less than none adds to it.

    Raises the vendor's refusal when the balance does not reach.
    """
    need(membership, amount)
    lot: Document = state.collection("awards").get(key) or {}
    own = min(lot["remaining"], amount)
    remaining = lot["remaining"] - own
    state.collection("awards").put(key, {**lot, "remaining": remaining, "open": remaining > 0, **changes})
    _spend(state, membership, amount - own)
    change(state, membership, stamps=-amount)
    return {**lot, **changes}


def spend(state: State, membership: Document, amount: int) -> None:
    """Spend stamps, those that expire first before the others; raises the vendor's refusal when there are fewer."""
    need(membership, amount)
    _spend(state, membership, amount)
    change(state, membership, stamps=-amount)


def need(membership: Document, amount: int) -> None:
    """Refuse to take more stamps than there are."""
    if membership["stamps"] < amount:
        raise failure("info", "The customer has fewer stamps than that.", "invalid_data")


def expire_lots(state: State) -> None:
    """Take away what is left of lots whose last day is over; looks once a day of the sandbox's clock, in UTC."""
    today = state.now.date().isoformat()
    sweeps = state.collection("sweeps")
    last = sweeps.get("awards")
    if last is not None and last["day"] >= today:
        return
    sweeps.put("awards", {"day": today})
    for lot in state.collection("awards").find(open=True):
        if (lot["expires_on"] or _NEVER) < today:
            membership = state.collection("memberships").get(lot["membership_id"])
            state.collection("awards").put(lot["id"], {**lot, "remaining": 0, "open": False, "status": "Expired"})
            if membership:
                change(state, membership, stamps=-lot["remaining"])
                log(state, membership, EXPIRY, expired_stamps=lot["remaining"])


def change(state: State, membership: Document, **differences: float) -> None:
    """Add to the balances of a membership and keep it."""
    for name, difference in differences.items():
        membership[name] += difference
    state.collection("memberships").put(membership["id"], membership)


def log(state: State, membership: Document, kind: int, **part: JSON) -> int:
    """Write an activity and return its id."""
    number = state.next_number("activity")
    activity: Document = {"id": number, "type": kind, "created": int(state.now.timestamp()), "notes": "", **part}
    activity |= {"merchant": {"id": membership["merchant_id"]}, "membership_id": membership["id"]}
    state.collection("activities").put(number, activity)
    return number


def keep_redemption(state: State, membership: Document, name: str, *, stamps_used: int = 0, **more: JSON) -> Document:
    """Write a redemption: vouchers that it `made` and `used`, by id and by template with value."""
    part: Document = {"stamps": stamps_used, "name": name, "status": CREATED}
    number = log(state, membership, REDEMPTION, redemption=part)
    redemption: Document = {"id": state.next_number("redemption", first=1001), "reward": name, "status": "Created"}
    redemption |= {"stamps_used": stamps_used, "membership_id": membership["id"], "activity": number, "made": []}
    redemption |= {"used": [], **more}
    return state.collection("redemptions").put(redemption["id"], redemption)


def relog(state: State, number: int, **changes: JSON) -> None:
    """Change what an activity is about: its status when it is cancelled, its stamps when they are others."""
    activity = state.collection("activities").get(number) or {}
    for name, part in activity.items():
        if isinstance(part, dict) and "status" in part:
            activity[name] = {**part, **changes}
    state.collection("activities").put(number, activity)


def _spend(state: State, membership: Document, amount: int) -> None:
    lots = state.collection("awards").find(membership_id=membership["id"], open=True) if amount else []
    for lot in sorted(lots, key=lambda each: each["expires_on"] or _NEVER):
        if amount == 0:
            return
        taken = min(amount, lot["remaining"])
        left = lot["remaining"] - taken
        state.collection("awards").put(lot["id"], {**lot, "remaining": left, "open": left > 0})
        amount -= taken
    if amount:
        raise AssertionError(f"membership {membership['id']} lacks {amount} stamps that its balance promised")
