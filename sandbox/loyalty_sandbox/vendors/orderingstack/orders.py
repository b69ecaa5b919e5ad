"""What the vendor's other services tell the loyalty service: orders and wallets. Reached by hooks only."""

from __future__ import annotations

from ...documents import Document
from ...state import State
from .flow import account_changed, is_active, kind_of, move_on, position_of, state_of

_LOYAL = 10  # orders (OC-32)


def take_order(state: State, account: Document, *, order_id: str, venue: str | None) -> None:
    """Record a completed order: counters, venue, last order, segment; accounts in an order state move on."""
    account["previousOrders"] = [*account["previousOrders"], {"id": order_id}]
    account["counters"]["orders"] = account["counters"].get("orders", 0) + 1
    account["header"]["lastOrder"] = state.timestamp
    if venue is not None and venue not in account["venues"]:
        account["venues"] = [*account["venues"], venue]
    set_segment(state, account, "loyal" if account["counters"]["orders"] >= _LOYAL else "regular")
    wake(state, account, "ORDER")  # first, so that the order counts only where it was awaited
    account_changed(state, account)


def wake(state: State, account: Document, kind: str) -> None:
    """Move an account on in the campaigns where it waits for an order or a wallet (OC-19)."""
    for campaign in state.collection("campaigns").find(tenant=account["tenant"], initialized=True):
        position = position_of(state, campaign, account["id"])
        if position is None or position["finished"] or not is_active(state, campaign):
            continue
        if kind_of(state_of(campaign, position)) == kind:
            move_on(state, campaign, position, account)


def set_segment(state: State, account: Document, segment: str) -> None:
    """Put an account into a segment and count the entry for the day; the account is not stored."""
    if account["segment"] == segment:
        return
    account["segment"] = segment
    count_entry(state, account)


def count_entry(state: State, account: Document) -> None:
    """Count that an account came into its segment today."""
    day = state.now.date().isoformat()
    key = f"{account['tenant']}/{account['segment']}/{day}"
    entries = state.collection("segment_entries")
    fresh: Document = {"tenant": account["tenant"], "segment": account["segment"], "date": day, "accounts": 0}
    known = entries.get(key) or fresh
    entries.put(key, {**known, "accounts": known["accounts"] + 1})
