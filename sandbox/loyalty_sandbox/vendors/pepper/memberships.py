"""Who is in a segment, and the perks that come and go with it."""

from __future__ import annotations

from ...documents import Document
from ...problems import SandboxError
from ...state import State
from .base import pepper, timestamp
from .events import record
from .ledger import award_of, grant, revoke

_TIE = {
    "type": "object",
    "required": ["segmentId", "perkId"],
    "properties": {"segmentId": {"type": "string"}, "perkId": {"type": "string"}},
    "additionalProperties": False,
}


def join(state: State, segment: Document, user: Document, *, emit: bool = True) -> bool:
    """Add a user to a segment and say whether that was new; `updated` of a membership counts for expiry (PC-30)."""
    members = state.collection("segment_users")
    key = f"{segment['_id']} {user['_id']}"
    known = members.get(key)
    now = timestamp(state)
    membership = {"segmentId": segment["_id"], "userId": user["_id"], "tenantId": segment["tenantId"], "added": now}
    members.put(key, {**membership, **(known or {}), "updated": now})
    if known is not None:
        return False
    for perk in _tied_perks(state, segment):
        if perk.get("enabled", True) and award_of(state, perk, user) is None:
            grant(state, perk, user, emit=emit)
    if emit:
        record(state, segment["tenantId"], "MEMBER_ADDED", user=user, metadata={"segmentId": segment["_id"]})
    return True


def leave(state: State, segment: Document, user: Document, *, emit: bool = True) -> bool:
    """Take a user out of a segment and say whether the user was in it."""
    if not state.collection("segment_users").delete(f"{segment['_id']} {user['_id']}"):
        return False
    for perk in _tied_perks(state, segment):
        award = award_of(state, perk, user)
        if award is not None:
            revoke(state, award)
    if emit:
        record(state, segment["tenantId"], "MEMBER_REMOVED", user=user, metadata={"segmentId": segment["_id"]})
    return True


def segment_ids_of(state: State, user: Document) -> list[str]:
    """List the segments of a user."""
    return [membership["segmentId"] for membership in state.collection("segment_users").find(userId=user["_id"])]


def _tied_perks(state: State, segment: Document) -> list[Document]:
    perks = (
        state.collection("perks").get(tie["perkId"])
        for tie in state.collection("segment_perks").find(segmentId=segment["_id"])
    )
    return [perk for perk in perks if perk is not None]


@pepper.hook("segment-perk", _TIE)
def tie_perk(state: State, body: Document) -> Document:
    """Tie a CLUB or LEVEL perk to a segment: its members get the perk, and lose it when they leave (PC-31)."""
    perk, segment = state.collection("perks").get(body["perkId"]), state.collection("segments").get(body["segmentId"])
    if perk is None or segment is None or perk["tenantId"] != segment["tenantId"]:
        raise SandboxError("The segment and the perk must be there, in one tenant; create them first.")
    if perk["template"] not in ("CLUB", "LEVEL"):
        raise SandboxError(f"The perk is of template {perk['template']}; only CLUB and LEVEL follow segments.")
    return state.collection("segment_perks").put(f"{body['segmentId']} {body['perkId']}", body)
