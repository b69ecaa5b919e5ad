"""Actions: the list of what happened, to which other modules append."""

from __future__ import annotations

from ...documents import Document
from ...state import State
from .base import new_id, timestamp

_DAYPARTS = ((6, "NIGHT"), (11, "MORNING"), (14, "LUNCH"), (18, "AFTERNOON"), (24, "EVENING"))


def record(
    state: State,
    tenant: str,
    kind: str,
    *,
    user: Document | None = None,
    location: Document | None = None,
    metadata: Document | None = None,
) -> Document:
    """Append an action; its types are those of the event list, and its context has what the call knew (PC-09)."""
    now = state.now
    owner = state.collection("tenants").get(tenant)
    context: Document = {"tenant": {"_id": tenant, "title": owner["title"] if owner else ""}}
    if user is not None:
        context["user"] = {"_id": user["_id"], "name": user["fullName"], "primaryPlatform": user["primaryPlatform"]}
    if location is not None:
        context["location"] = {"_id": location["_id"], "title": location["title"]}
    action: Document = {
        "_id": new_id(state),
        "type": kind,
        "tenantId": tenant,
        "when": {
            "timestamp": timestamp(state),
            "monthofyear": now.month,
            "weekofyear": now.isocalendar().week,
            "dayofmonth": now.day,
            "dayofweek": now.isoweekday(),
            "daypart": next(name for end, name in _DAYPARTS if now.hour < end),
        },
        "metadata": metadata or {},
        "context": context,
        "userId": user["_id"] if user else None,
        "locationId": location["_id"] if location else None,
    }
    return state.collection("actions").put(action["_id"], action)
