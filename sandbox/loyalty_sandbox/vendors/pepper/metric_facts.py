"""What metrics are computed from: the recorded actions of users in a span of time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from ...clock import parse_time
from ...documents import JSON, Document
from ...problems import SandboxError
from ...state import State

_DURATION = re.compile(r"P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?")
_ORDER = "ORDER_COMPLETED"


def span_of(state: State, value: JSON) -> tuple[datetime | None, datetime | None]:
    """Read a period or range: `P30D` for the last 30 days, or an object with `from` and `to`; anything else is all time (PC-68)."""
    if isinstance(value, dict):
        return _time(value.get("from")), _time(value.get("to"))
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None or not any(found.groups()):
        return None, None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    try:
        return state.now - timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds), None
    except OverflowError:
        return None, None


def actions_of(state: State, user_ids: Iterable[str], kind: str, span: JSON) -> list[Document]:
    """List the actions of a type that users have done in a span of time, both ends included."""
    start, end = span_of(state, span)
    found = []
    for user_id in user_ids:
        for action in state.collection("actions").find(userId=user_id, type=kind):
            moment = parse_time(action["when"]["timestamp"])
            if (start is None or start <= moment) and (end is None or moment <= end):
                found.append(action)
    return found


def orders_fact(state: State, user_ids: Iterable[str], fact: str, span: JSON) -> float:
    """Compute ATV, TotalSpend or OrderCount from ORDER_COMPLETED actions and the `total` of their metadata (PC-68)."""
    totals = [amount(action, "total") for action in actions_of(state, user_ids, _ORDER, span)]
    if fact == "OrderCount":
        return len(totals)
    spend = round(sum(totals), 2)
    return spend if fact == "TotalSpend" else round(spend / len(totals), 2) if totals else 0


def amount(action: Document, name: str) -> float:
    """Return a number of an action's metadata, 0 for anything else."""
    value = action["metadata"].get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _time(value: JSON) -> datetime | None:
    try:
        return parse_time(value) if isinstance(value, str) else None
    except SandboxError:
        return None
