"""How memberships of segments end: once a day, those whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...clock import parse_time
from ...documents import Document
from ...state import State
from .base import pepper, timestamp
from .memberships import join, leave

_DAY = "segment-expiry"


@pepper.before_request
def expire(state: State) -> None:
    """End memberships on the first request of a day, days in UTC (PC-52)."""
    today = state.now.date().isoformat()
    last = state.collection("settings").get(_DAY)
    if last is not None and last["day"] == today:
        return
    state.collection("settings").put(_DAY, {"day": today})
    if last is not None:
        for membership in state.collection("segment_users"):
            _end(state, membership)


def extend(state: State, segment: Document, user: Document, expiry_date: str | None) -> bool:
    """Add a user without an action or extend the membership, and say whether the user is new.

    A date takes the place of the segment's horizon: for new members of SCHEDULED and ROLLING segments,
    and for old ones of ROLLING segments until they are added once more.
    """
    is_new = join(state, segment, user, emit=False)
    if expiry_date is not None and (is_new or segment["type"] == "ROLLING"):
        members = state.collection("segment_users")
        key = f"{segment['_id']} {user['_id']}"
        membership = members.get(key) or {}
        members.put(key, {**membership, "expiryDate": expiry_date, "datedAt": timestamp(state)})
    return is_new


def end_of(segment: Document, membership: Document) -> datetime | None:
    """Return when a membership ends, or None for never."""
    if segment["type"] == "PERSISTENT":
        return None
    start = membership["updated" if segment["type"] == "ROLLING" else "added"]
    if "expiryDate" in membership and membership["datedAt"] >= start:
        return parse_time(membership["expiryDate"])
    try:
        return parse_time(start) + timedelta(seconds=segment["expiryHorizon"])
    except (KeyError, OverflowError):  # no horizon, or one beyond the calendar
        return None


def _end(state: State, membership: Document) -> None:
    segment = state.collection("segments").get(membership["segmentId"])
    user = state.collection("users").get(membership["userId"])
    if segment is None or user is None:
        state.collection("segment_users").delete(f"{membership['segmentId']} {membership['userId']}")
        return
    end = end_of(segment, membership)
    if end is not None and end <= state.now:
        leave(state, segment, user)
