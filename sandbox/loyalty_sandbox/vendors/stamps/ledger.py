"""Balances: every stamp of a membership lies in an award until it is spent, cancelled or expired.

So the balance is the sum of what is left of the awards, and no order of calls can make or lose a stamp.
"""

from __future__ import annotations

from ...core.documents import Document
from ...core.state import State

_NEVER = "9999-12-31"


def open_award(
    state: State, membership: Document, amount: int, *, store: int | None, notes: str, expires_on: str | None
) -> Document:
    """Put stamps into a new award; without a date they never expire."""
    award: Document = {"id": state.next_number("award", first=1010), "membership_id": membership["id"]}
    award |= {"number_of_stamps": amount, "store": store, "notes": notes, "expires_on": expires_on}
    _change(state, membership, amount)
    return keep_award(state, award)


def keep_award(state: State, award: Document) -> Document:
    """Keep a new award, of which nothing is spent yet, and return it."""
    new = {"remaining": award["number_of_stamps"], "open": True, "status": "Created", "created": state.timestamp}
    return state.collection("awards").put(award["id"], {**award, **new})


def cancel_award(state: State, membership: Document, award: Document) -> None:
    """Take a whole award back: first its own stamps, then, as far as they were spent, other awards'."""
    amount, own = award["number_of_stamps"], award["remaining"]
    award |= {"remaining": 0, "open": False, "status": "Canceled"}
    _keep(state, award)
    _spend(state, membership, amount - own)
    _change(state, membership, -amount)


def deduct(state: State, membership: Document, amount: int) -> None:
    """Spend stamps, those that expire first before the others."""
    _spend(state, membership, amount)
    _change(state, membership, -amount)


def expire_awards(state: State) -> None:
    """Take away what is left of awards whose last day is over; looks once a day of the sandbox's clock, in UTC."""
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
                _change(state, membership, -award["remaining"])


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


def _change(state: State, membership: Document, difference: int) -> None:
    membership["stamps"] += difference
    state.collection("memberships").put(membership["id"], membership)
