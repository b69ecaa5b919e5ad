"""Checkins: one location at a time, for 30 minutes."""

from __future__ import annotations

from ...documents import JSON, Document
from ...exchange import Reply, Request
from ...state import State
from .access import caller_user, find_own, get_own, is_admin, path_user, require_admin
from .base import new_id, pepper, timestamp
from .errors import conflict, forbidden, invalid
from .events import record
from .pages import numbered
from .people import age

_LIFETIME = 1800.0  # seconds
_CHOICES = {
    "type": ("AUTO", "MANUAL", "CFD", "OFFLINE", "UNKNOWN"),
    "trigger": ("GEO", "BEACON", "CODE", "POS", "UNKNOWN"),
}


@pepper.before_request
def end_checkins(state: State) -> None:
    """Delete checkins that are 30 minutes old; a change does not prolong them (PC-36)."""
    checkins = state.collection("checkins")
    while (oldest := checkins.first()) is not None and age(state, oldest["created"]) >= _LIFETIME:
        checkins.delete(oldest["_id"])


@pepper.operation("createCheckinForUser")
def check_user_in(state: State, request: Request) -> Reply:
    """Check a user in at a location."""
    return Reply(_check_in(state, request, path_user(state, request)))


@pepper.operation("createCheckin")
def check_in(state: State, request: Request) -> Reply:
    """Check the caller in; the body is taken like that of the call for a user (PC-36)."""
    return Reply(_check_in(state, request, caller_user(state, request)))


@pepper.operation("listCheckinsForUser")
def list_for_user(state: State, request: Request) -> Reply:
    """List the checkins of a user: one or none."""
    user = path_user(state, request)
    return _page(request, state.collection("checkins").find(userId=user["_id"]))


@pepper.operation("listCheckins")
def list_own(state: State, request: Request) -> Reply:
    """List the checkins of the caller."""
    user = caller_user(state, request)
    return _page(request, state.collection("checkins").find(userId=user["_id"]))


@pepper.operation("listLocationCheckins")
def list_for_location(state: State, request: Request) -> Reply:
    """List who is at a location; for administrators (PC-06)."""
    require_admin(request)
    location = get_own(state, request, "locations", request.path["locationId"], what="location")
    return _page(request, state.collection("checkins").find(locationId=location["_id"]))


@pepper.operation("updateCheckin")
def update_checkin(state: State, request: Request) -> Reply:
    """Change `type` and `trigger` of a checkin; other members are ignored (PC-36)."""
    checkin = get_own(state, request, "checkins", request.path["checkinId"], what="checkin")
    if not is_admin(request) and checkin["userId"] != request.claims.get("user"):
        raise forbidden("Only the user and administrators may do this.")
    checkin |= {**_choices(request.members), "updated": timestamp(state)}
    return Reply(state.collection("checkins").put(checkin["_id"], checkin))


def _check_in(state: State, request: Request, user: Document) -> Document:
    """Check in: without a profile photo 422, at the same location 409; other checkins of the user are deleted."""
    if not user["hasProfilePhoto"]:
        raise invalid("The user has no profile photo.")
    location = find_own(state, request, "locations", request.members.get("locationId"))
    if location is None:
        raise invalid("There is no location with this locationId.")  # PC-36
    checkins = state.collection("checkins")
    for known in checkins.find(userId=user["_id"]):
        if known["locationId"] == location["_id"]:
            raise conflict("The user is checked in there already.")
        checkins.delete(known["_id"])
    now = timestamp(state)
    checkin: Document = {
        "_id": new_id(state),
        "tenantId": user["tenantId"],
        "userId": user["_id"],
        "userFullName": user["fullName"],
        "locationId": location["_id"],
        "locationTitle": location["title"],
        "type": "UNKNOWN",
        "trigger": "UNKNOWN",
        "created": now,
        "updated": now,
        **_choices(request.members),
    }
    record(state, user["tenantId"], "CHECKIN", user=user, location=location)
    return checkins.put(checkin["_id"], checkin)


def _choices(body: Document) -> dict[str, JSON]:
    chosen = {name: body[name] for name in _CHOICES if name in body}
    for name, value in chosen.items():
        if value not in _CHOICES[name]:
            raise invalid(f"{name} takes {', '.join(_CHOICES[name])}.")
    return chosen


def _page(request: Request, checkins: list[Document]) -> Reply:
    shown, summary = numbered(request, checkins)
    return Reply({"checkins": list(shown), "summary": summary})
