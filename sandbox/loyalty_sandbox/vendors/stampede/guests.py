"""Guests in their three shapes (S-28), their tags, and the forms they send."""

from __future__ import annotations

import re
from functools import partial

from ...core.documents import Document
from ...core.exchange import Reply, Request
from ...core.state import State
from .base import organisation_id, own, stampede
from .errors import invalid, not_found
from .pages import cursor_page

_TIMES = ("data_opt_in_at", "sms_opt_in_at", "email_opt_in_at")
_COMMON = ("id", "organization_id", "profile_id", "last_interacted_at", "created_at", *_TIMES)
_DETAILS = [
    "email",
    "id",
    "verified",
    "first",
    "last",
    "phone",
    "lat",
    "lng",
    "birth_day",
    "birth_month",
    "postcode",
    "country",
    "gender",
]


@stampede.operation("listVenues")
def list_venues(state: State, request: Request) -> Reply:
    """List the organisation's venues."""
    return Reply(cursor_page(request, state.collection("venues").find(organization_id=organisation_id(request))))


@stampede.operation("listGuests")
def list_guests(state: State, request: Request) -> Reply:
    """List guests, oldest first; `search` looks for parts of e-mail, names and phone without regard to case."""
    guests = state.collection("guests").find(organization_id=organisation_id(request))
    needle = str(request.query.get("search", "")).casefold()
    names = ("email", "first", "last", "phone")
    found = [guest for guest in guests if any(needle in (guest["profile"][name] or "").casefold() for name in names)]
    return Reply(cursor_page(request, found, partial(_listed, state)))


@stampede.operation("createGuest")
def create_guest(state: State, request: Request) -> Reply:
    """Create a guest, or update the one with this e-mail address; consents become the times of their first statement."""
    body, organisation = request.members, organisation_id(request)
    email = str(body["email"]).strip()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise invalid(request, "email", "is not an e-mail address")
    known = state.collection("guests").first(organization_id=organisation, email_key=email.casefold())
    guest = known or new_guest(state, organisation, email)
    guest["profile"] |= {name: body[name] for name in ("first", "last", "gender", "phone") if name in body}
    privacy = body["privacy"]
    given = (privacy["data"], privacy["marketing"]["sms"], privacy["marketing"]["email"])
    for name, consent in zip(_TIMES, given, strict=True):
        guest[name] = (guest[name] or state.timestamp) if consent else None
    touch(state, guest)
    profile = {name: guest["profile"][name] for name in ("first", "last", "email", "id")}  # no phone (S-31)
    return Reply({**_common(guest), "user_profile": profile})


@stampede.operation("getGuest")
def get_guest(state: State, request: Request) -> Reply:
    """Read one guest with the complete profile."""
    guest = _path_guest(state, request)
    extras: Document = {"organization_registration_personalisation_choice": [], "custom_question_answers": []}
    return Reply({**_common(guest), "user_profile": {name: guest["profile"][name] for name in _DETAILS}, **extras})


@stampede.operation("listGuestTags")
def list_guest_tags(state: State, request: Request) -> Reply:
    """List the tags of a guest with their names."""
    tags = [state.collection("tags").get(link["tag_id"]) for link in _links(state, _path_guest(state, request))]
    return Reply({"data": [{"id": tag["id"], "name": tag["name"]} for tag in tags if tag]})


@stampede.operation("addGuestTag")
def add_guest_tag(state: State, request: Request) -> Reply:
    """Attach a tag, which a new name creates; a second time changes nothing."""
    guest, organisation = _path_guest(state, request), organisation_id(request)
    name = str(request.members["name"]).strip()
    if not 1 <= len(name) <= 255:
        raise invalid(request, "name", "must have 1 to 255 characters")
    tag = state.collection("tags").first(organization_id=organisation, name=name)
    if tag is None:
        tag = {"id": state.next_guid("tag", prefix=0xC), "organization_id": organisation, "name": name}
        state.collection("tags").put(tag["id"], tag)
    if not any(link["tag_id"] == tag["id"] for link in _links(state, guest)):
        link = {"id": state.next_guid("guest tag", prefix=0xB), "tag_id": tag["id"]}
        state.collection("guest_tags").put(link["id"], {**link, "organization_registration_id": guest["id"]})
    touch(state, guest)
    return Reply({"id": tag["id"], "name": tag["name"]})


@stampede.operation("deleteGuestTagByName")
def delete_guest_tag(state: State, request: Request) -> Reply:
    """Detach a tag; the answer says whether the guest had it."""
    guest = _path_guest(state, request)
    tag = state.collection("tags").first(organization_id=organisation_id(request), name=request.members["tag_name"])
    link = next((link for link in _links(state, guest) if tag and link["tag_id"] == tag["id"]), None)
    if link is None:
        return Reply({"message": "Tag not found on customer profile"})
    state.collection("guest_tags").delete(link["id"])
    touch(state, guest)
    return Reply({"message": "Tag removed from customer profile"})


@stampede.operation("createFormSubmission")
def create_form_submission(state: State, request: Request) -> Reply:
    """Record a form with what the server adds: organisation, guest, and the defaults of two members."""
    guest, body = _path_guest(state, request), request.members
    if own(state, request, "venues", body["venue_id"]) is None:
        raise invalid(request, "venue_id", "is not known")
    touch(state, guest)
    form = {"id": state.next_guid("form", prefix=0xF), "venue_id": body["venue_id"], "guest_id": guest["id"]}
    form |= {"source": body.get("source", "web"), "form_id": body.get("form_id"), "created_at": state.timestamp}
    return Reply({**form, "organisation_id": organisation_id(request)})  # this page writes it with s (S-54)


def new_guest(state: State, organisation: str, email: str) -> Document:
    """Make a guest who is not stored yet."""
    profile_id, now = state.next_number("profile", first=1001), state.timestamp
    guest: Document = {"id": state.next_guid("guest"), "organization_id": organisation, "profile_id": profile_id}
    guest |= {"email_key": email.casefold(), "last_interacted_at": now, "created_at": now, **dict.fromkeys(_TIMES)}
    return {**guest, "profile": {**dict.fromkeys(_DETAILS), "email": email, "id": profile_id, "verified": 0}}


def touch(state: State, guest: Document) -> None:
    """Store a guest, who was active now."""
    guest["last_interacted_at"] = state.timestamp
    state.collection("guests").put(guest["id"], guest)


def _path_guest(state: State, request: Request) -> Document:
    guest = own(state, request, "guests", request.path["guest_id"])
    if guest is None:
        raise not_found(request)
    return guest


def _links(state: State, guest: Document) -> list[Document]:
    return state.collection("guest_tags").find(organization_registration_id=guest["id"])


def _common(guest: Document) -> Document:
    return {name: guest[name] for name in _COMMON}


def _listed(state: State, guest: Document) -> Document:
    profile = {name: guest["profile"][name] for name in ("email", "first", "id", "phone", "last")}
    return {**_common(guest), "user_profile": profile, "organization_profile_tags": _links(state, guest)}
