"""The points of awards: every change is an entry, and an award's points are the sum of its entries.

So no order of calls can make or lose a point, whoever makes them.
"""

from __future__ import annotations

from ...documents import JSON, Document
from ...state import State
from .base import new_id, timestamp
from .errors import invalid
from .events import record

_MOST = 1_000_000_000


def award_of(state: State, perk: Document, user: Document) -> Document | None:
    """Return the award of a perk that a user has; there is at most one."""
    return state.collection("awards").first(perkId=perk["_id"], userId=user["_id"])


def grant(
    state: State,
    perk: Document,
    user: Document,
    *,
    points: JSON = None,
    location: Document | None = None,
    emit: bool = True,
) -> Document:
    """Create the user's award of a perk, or raise the points of the one that is there; refuses a disabled perk with 422.

    Without `points` a new award gets the perk's `initial` points, and one that is there its `step`; 1 where the perk has none (PC-22).
    """
    require_enabled(perk)
    award = award_of(state, perk, user)
    member = "initial" if award is None else "step"
    amount = amount_of(perk["points"].get(member, 1) if points is None else points)
    award = award or new_award(state, perk, user)
    _enter(state, award, "grant", amount)
    if emit:
        _record(state, award, "REWARD_EARNED", amount, user=user, location=location)
    return award


def new_award(state: State, perk: Document, user: Document, *, award_id: str | None = None) -> Document:
    """Make and store an award without points."""
    award: Document = {
        "_id": award_id or new_id(state),
        "tenantId": perk["tenantId"],
        "userId": user["_id"],
        "perkId": perk["_id"],
        "loyaltyProvider": "PEPPER",
        "points": {"available": 0},
        "redeemed": 0,
        "updatedAt": timestamp(state),
    }
    return state.collection("awards").put(award["_id"], award)


def redeem(state: State, award: Document, value: JSON, *, user: Document, location: Document | None = None) -> Document:
    """Take points off an award; refuses more than there are with 422 (PC-23)."""
    amount = amount_of(value, least=None)
    if award["points"]["available"] < amount:
        raise invalid(f"The award has {award['points']['available']} points only.")
    award["redeemed"] = _sum(award["redeemed"], amount)
    _enter(state, award, "redeem", -amount)
    _record(state, award, "REDEEM_PERK", amount, user=user, location=location)
    return award


def refund(state: State, award: Document, value: JSON, *, user: Document) -> Document:
    """Give redeemed points back; refuses more than were redeemed with 422 (PC-24)."""
    amount = amount_of(value, least=None)
    if award["redeemed"] < amount:
        raise invalid(f"Of the award {award['redeemed']} points are redeemed only.")
    award["redeemed"] = _sum(award["redeemed"], -amount)
    _enter(state, award, "refund", amount)
    _record(state, award, "AWARD_POINTS_REFUNDED", amount, user=user)
    return award


def credit(state: State, award: Document, value: JSON, *, user: Document) -> Document:
    """Raise the points of an award by a credit."""
    amount = amount_of(value, least=None)
    _enter(state, award, "credit", amount)
    _record(state, award, "USER_CREDITED", amount, user=user)
    return award


def set_points(state: State, award: Document, value: JSON) -> Document:
    """Set the points of an award; no action is recorded."""
    _enter(state, award, "set", _sum(amount_of(value), -award["points"]["available"]))
    return award


def revoke(state: State, award: Document) -> None:
    """Take an award away, with its points and entries."""
    for entry in state.collection("award_entries").find(awardId=award["_id"]):
        state.collection("award_entries").delete(entry["_id"])
    state.collection("awards").delete(award["_id"])


def require_enabled(perk: Document) -> None:
    """Refuse a perk that can be neither earned nor redeemed with 422."""
    if not perk.get("enabled", True):
        raise invalid("The perk is not enabled.")


def amount_of(value: JSON, *, least: float | None = 0) -> float:
    """Read a number of points, whole or not: at least `least`, or more than 0 for None (PC-23)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value > _MOST:
        raise invalid(f"Points are a number up to {_MOST}.")
    if value < (least or 0) or (least is None and value == 0):
        raise invalid("Points must be more than 0." if least is None else "Points must be 0 or more.")
    return _sum(value, 0)


def _enter(state: State, award: Document, kind: str, points: float) -> None:
    award["points"] = {"available": _sum(award["points"]["available"], points)}
    award["updatedAt"] = timestamp(state)
    state.collection("awards").put(award["_id"], award)
    entry = {"_id": new_id(state), "awardId": award["_id"], "kind": kind, "points": points, "at": award["updatedAt"]}
    state.collection("award_entries").put(str(entry["_id"]), entry)


def _sum(first: float, second: float) -> float:
    """Add to six decimals, so that 0.1 and 0.2 are 0.3; whole numbers stay whole."""
    total = round(first + second, 6)
    return int(total) if total == int(total) else total


def _record(
    state: State, award: Document, kind: str, points: float, *, user: Document, location: Document | None = None
) -> None:
    metadata = {"perkId": award["perkId"], "awardId": award["_id"], "points": points}
    record(state, award["tenantId"], kind, user=user, location=location, metadata=metadata)
