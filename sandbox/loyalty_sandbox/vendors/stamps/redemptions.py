"""Redemptions: kept and shown."""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.state import State
from .ledger import CREATED, REDEMPTION, log
from .members import show_customer


def keep(state: State, membership: Document, name: str, *, stamps_used: int = 0, **more: JSON) -> Document:
    part: Document = {"stamps": stamps_used, "name": name, "status": CREATED}
    number = log(state, membership, REDEMPTION, redemption=part)
    redemption: Document = {"id": state.next_number("redemption", first=1001), "reward": name, "status": "Created"}
    redemption |= {"stamps_used": stamps_used, "membership_id": membership["id"], "activity": number, "made": []}
    return state.collection("redemptions").put(redemption["id"], {**redemption, "used": [], **more})


def show_redemption(redemption: Document) -> Document:
    return {name: redemption[name] for name in ("id", "reward", "stamps_used")}


def show_holder(membership: Document, user: Document) -> Document:
    shown = show_customer(membership, user)
    return {name: shown[name] for name in ("id", "status", "stamps_remaining")}
