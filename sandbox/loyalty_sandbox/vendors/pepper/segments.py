"""Segments and who is in them."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import find_own, get_own, path_user, require_admin, tenant_id
from .base import new_id, pepper, timestamp
from .errors import invalid
from .memberships import join, leave, segment_ids_of
from .pages import listed
from .segment_metrics import shown_figure

_MEMBERS = ("title", "description", "type", "expiryHorizon")
_EXPANDABLE = ("fullName", "firstName", "lastName", "state", "created", "updatedAt")


@pepper.operation("createSegment")
def create_segment(state: State, request: Request) -> Reply:
    """Create an empty segment."""
    require_admin(request)
    _check(request.members)
    now = timestamp(state)
    segment: Document = {"_id": new_id(state), "tenantId": tenant_id(request), "created": now, "updated": now}
    segment |= {name: request.members[name] for name in _MEMBERS if name in request.members}
    return Reply(state.collection("segments").put(segment["_id"], segment))


@pepper.operation("listSegments")
def list_segments(state: State, request: Request) -> Reply:
    """List the segments of the tenant; `include` adds the number of members and the computed figures."""
    require_admin(request)
    include = request.query.get("include") or []

    def show(segment: Document) -> Document:
        shown = dict(segment)
        if "count" in include:  # type: ignore[operator]
            shown["count"] = len(state.collection("segment_users").find(segmentId=segment["_id"]))
        if "metrics" in include:  # type: ignore[operator]
            figures = state.collection("segment_metrics").find(segmentId=segment["_id"])
            shown["metrics"] = [shown_figure(figure) for figure in figures]
        return shown

    return Reply(listed(request, state.collection("segments").find(tenantId=tenant_id(request)), show))


@pepper.operation("getSegment")
def get_segment(state: State, request: Request) -> Reply:
    """Read a segment."""
    return Reply(path_segment(state, request))


@pepper.operation("updateSegment")
def update_segment(state: State, request: Request) -> Reply:
    """Change the members that are given; a new type or horizon counts for those who are in it, too (PC-50)."""
    segment = path_segment(state, request)
    _check(request.members)
    segment |= {name: request.members[name] for name in _MEMBERS if name in request.members}
    segment["updated"] = timestamp(state)
    return Reply(state.collection("segments").put(segment["_id"], segment))


@pepper.operation("deleteSegment")
def delete_segment(state: State, request: Request) -> Reply:
    """Delete a segment with its memberships, the perks tied to it and its figures (PC-50)."""
    segment = path_segment(state, request)
    for membership in state.collection("segment_users").find(segmentId=segment["_id"]):
        user = state.collection("users").get(membership["userId"])
        if user is not None:
            leave(state, segment, user)
    for figure in state.collection("segment_metrics").find(segmentId=segment["_id"]):
        state.collection("segment_metrics").delete(figure["_id"])
    for tie in state.collection("segment_perks").find(segmentId=segment["_id"]):
        state.collection("segment_perks").delete(f"{tie['segmentId']} {tie['perkId']}")
    state.collection("segments").delete(segment["_id"])
    return Reply({})


@pepper.operation("addSegmentUsers")
def add_users(state: State, request: Request) -> Reply:
    """Add up to 100 users, all or none, and count the new ones; those who are in it start anew if it is ROLLING (PC-51)."""
    segment = path_segment(state, request)
    users = [find_own(state, request, "users", number) for number in _ids(request)]
    known = [user for user in users if user is not None and not user["deleted"]]
    if len(known) < len(users):
        raise invalid("There is no user with one of these ids.")
    return Reply({"added": sum(join(state, segment, user) for user in known)})


@pepper.operation("removeSegmentUsers")
def remove_users(state: State, request: Request) -> Reply:
    """Take up to 100 users out, and count those who were in it; strangers do no harm."""
    segment = path_segment(state, request)
    users = [find_own(state, request, "users", number) for number in _ids(request)]
    return Reply({"removed": sum(leave(state, segment, user) for user in users if user is not None)})


@pepper.operation("listSegmentUsers")
def list_users(state: State, request: Request) -> Reply:
    """List the members by `userId`, with the members of a user that `expand` names (PC-51)."""
    segment = path_segment(state, request)
    expand = [str(name).strip() for name in request.query.get("expand") or []]  # type: ignore[union-attr]
    if set(expand) - set(_EXPANDABLE):
        raise invalid(f"expand takes {', '.join(_EXPANDABLE)}.")

    def show(membership: Document) -> Document:
        user = state.collection("users").get(membership["userId"]) or {}
        return {"userId": membership["userId"], **{name: user[name] for name in expand if name in user}}

    members = state.collection("segment_users").find(segmentId=segment["_id"])
    return Reply(listed(request, members, show, key="userId"))


@pepper.operation("listSegmentsForUser")
def list_for_user(state: State, request: Request) -> Reply:
    """List the segments that a user is in."""
    found = (state.collection("segments").get(number) for number in segment_ids_of(state, path_user(state, request)))
    return Reply([segment for segment in found if segment is not None])


def path_segment(state: State, request: Request) -> Document:
    """Return the segment of the path; for administrators (PC-06), refuses with 403 and 404."""
    require_admin(request)
    return get_own(state, request, "segments", request.path["segmentId"], what="segment")


def _ids(request: Request) -> list[str]:
    """Read the ids of users, each once."""
    body = request.body if isinstance(request.body, list) else []
    return list(dict.fromkeys(str(number) for number in body))


def _check(body: Document) -> None:
    if body.get("expiryHorizon", 0) < 0:
        raise invalid("expiryHorizon must be 0 or more.")
