"""Guests in their three shapes (S-28), their tags, and the forms they send."""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.exchange import Refusal, Request, invalid
from ...core.state import State
from .base import organisation_id, own, own_all, stampede

_TIMES = ("data_opt_in_at", "sms_opt_in_at", "email_opt_in_at")
_NAMES = ("email", "first", "last", "phone")
_DETAILS = (*_NAMES, "verified", "lat", "lng", "birth_day", "birth_month", "postcode", "country", "gender", "id")


@stampede.operation("listVenues")
def list_venues(state: State, request: Request) -> JSON:
    """List the organisation's venues."""
    return [*own_all(state, request, "venues")]


@stampede.operation("listGuests")
def list_guests(state: State, request: Request) -> JSON:
    """List guests, oldest first; `search` looks for parts of e-mail, names and phone without regard to case."""
    guests, needle = own_all(state, request, "guests"), str(request.query.get("search", "")).casefold()
    found = [
        guest for guest in guests if any(needle in (guest["user_profile"][name] or "").casefold() for name in _NAMES)
    ]
    return [{**each, "organization_profile_tags": _links(state, each)} for each in found]


@stampede.operation("createGuest")
def create_guest(state: State, request: Request) -> JSON:
    """Create a guest, or update the one with this e-mail address; consents become the times of their first statement."""
    body, organisation = request.members, organisation_id(request)
    known = state.collection("guests").first(organization_id=organisation, email_key=body["email"].casefold())
    guest = known or new_guest(state, organisation, body["email"])
    guest["user_profile"] |= {name: body[name] for name in ("first", "last", "gender", "phone") if name in body}
    privacy = body["privacy"]
    given = (privacy["data"], privacy["marketing"]["sms"], privacy["marketing"]["email"])
    for name, consent in zip(_TIMES, given, strict=True):
        guest[name] = (guest[name] or state.timestamp) if consent else None
    return touch(state, guest)


@stampede.operation("getGuest")
def get_guest(state: State, request: Request) -> JSON:
    """Read one guest with the complete profile."""
    return _path_guest(state, request)


@stampede.operation("listGuestTags")
def list_guest_tags(state: State, request: Request) -> JSON:
    """List the tags of a guest with their names."""
    tags = [state.collection("tags").get(link["tag_id"]) for link in _links(state, _path_guest(state, request))]
    return {"data": [{"id": tag["id"], "name": tag["name"]} for tag in tags if tag]}


@stampede.operation("addGuestTag")
def add_guest_tag(state: State, request: Request) -> JSON:
    """Attach a tag, which a new name creates; a second time changes nothing."""
    guest, organisation, name = _path_guest(state, request), organisation_id(request), request.members["name"]
    tag = state.collection("tags").first(organization_id=organisation, name=name)
    if tag is None:
        tag = {"id": state.next_guid("tag", prefix=0xC), "organization_id": organisation, "name": name}
        state.collection("tags").put(tag["id"], tag)
    if not any(link["tag_id"] == tag["id"] for link in _links(state, guest)):
        link = {"id": state.next_guid("guest tag", prefix=0xB), "tag_id": tag["id"]}
        state.collection("guest_tags").put(link["id"], {**link, "organization_registration_id": guest["id"]})
    touch(state, guest)
    return {"id": tag["id"], "name": tag["name"]}


@stampede.operation("deleteGuestTagByName")
def delete_guest_tag(state: State, request: Request) -> JSON:
    """Detach a tag; the answer says whether the guest had it."""
    guest = _path_guest(state, request)
    tag = state.collection("tags").first(organization_id=organisation_id(request), name=request.members["tag_name"])
    link = next((link for link in _links(state, guest) if tag and link["tag_id"] == tag["id"]), None)
    if link is None:
        return {"message": "Tag not found on customer profile"}
    state.collection("guest_tags").delete(link["id"])
    touch(state, guest)
    return {"message": "Tag removed from customer profile"}


@stampede.operation("createFormSubmission")
def create_form_submission(state: State, request: Request) -> JSON:
    """Record a form with what the server adds: organisation, guest, and the defaults of two members."""
    guest, body = _path_guest(state, request), request.members
    if own(state, request, "venues", body["venue_id"]) is None:
        raise invalid("venue_id", "is not known")
    touch(state, guest)
    form = {"id": state.next_guid("form", prefix=0xF), "venue_id": body["venue_id"], "guest_id": guest["id"]}
    form |= {"source": body.get("source", "web"), "form_id": body.get("form_id"), "created_at": state.timestamp}
    return {**form, "organisation_id": organisation_id(request)}  # this page writes it with s (S-54)


def new_guest(state: State, organisation: str, email: str) -> Document:
    """Make a guest who is not stored yet."""
    profile_id, now = state.next_number("profile", first=1001), state.timestamp
    guest: Document = {"id": state.next_guid("guest"), "organization_id": organisation, "profile_id": profile_id}
    guest |= {"email_key": email.casefold(), "last_interacted_at": now, "created_at": now, **dict.fromkeys(_TIMES)}
    return {**guest, "user_profile": {**dict.fromkeys(_DETAILS), "email": email, "id": profile_id, "verified": 0}}


def touch(state: State, guest: Document) -> Document:
    """Store and return a guest, who was active now."""
    return state.collection("guests").put(guest["id"], {**guest, "last_interacted_at": state.timestamp})


def _path_guest(state: State, request: Request) -> Document:
    guest = own(state, request, "guests", request.path["guest_id"])
    if guest is None:
        raise Refusal("not-found", "Not Found")
    return guest


def _links(state: State, guest: Document) -> list[Document]:
    return state.collection("guest_tags").find(organization_registration_id=guest["id"])
