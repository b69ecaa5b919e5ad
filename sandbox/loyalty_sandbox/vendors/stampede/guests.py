"""Guests in their three shapes (S-28)."""

from __future__ import annotations

import re
from functools import partial

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .base import stampede
from .errors import invalid
from .organisation import organisation_id, path_guest
from .pages import cursor_page

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_COMMON = (
    *("id", "organization_id", "profile_id", "last_interacted_at", "created_at"),
    *("data_opt_in_at", "sms_opt_in_at", "email_opt_in_at"),
)
_DETAILS = (
    *("email", "id", "verified", "first", "last", "phone", "lat", "lng"),
    *("birth_day", "birth_month", "postcode", "country", "gender"),
)


@stampede.operation("listGuests")
def list_guests(state: State, request: Request) -> Reply:
    """List guests, oldest first; `search` looks for parts of e-mail, names and phone without regard to case (SC-08)."""
    guests = state.collection("guests").find(organization_id=organisation_id(request))
    needle = str(request.query.get("search", "")).casefold()
    if needle:
        names = ("email", "first", "last", "phone")
        guests = [
            guest for guest in guests if any(needle in (guest["profile"][name] or "").casefold() for name in names)
        ]
    return Reply(cursor_page(request, guests, partial(_listed, state)))


@stampede.operation("createGuest")
def create_guest(state: State, request: Request) -> Reply:
    """Create a guest, or update the one with this e-mail address, compared without regard to case (SC-09)."""
    body = request.members
    email = str(body["email"]).strip()
    if not _ADDRESS.fullmatch(email):
        raise invalid(request, "email", "is not an e-mail address")
    guests, organisation = state.collection("guests"), organisation_id(request)
    guest = guests.first(organization_id=organisation, email_key=email.casefold()) or new_guest(
        state, organisation, email
    )
    for name in ("first", "last", "gender", "phone"):  # what an update leaves out stays as it is (SC-10)
        if name in body:
            guest["profile"][name] = body[name]
    privacy = body["privacy"]
    _consent(state, guest, "data_opt_in_at", given=privacy["data"])
    _consent(state, guest, "email_opt_in_at", given=privacy["marketing"]["email"])
    _consent(state, guest, "sms_opt_in_at", given=privacy["marketing"]["sms"])
    guest["last_interacted_at"] = state.timestamp
    guests.put(guest["id"], guest)
    profile = {name: guest["profile"][name] for name in ("first", "last", "email", "id")}  # no phone (S-31)
    return Reply({**_common(guest), "user_profile": profile})


@stampede.operation("getGuest")
def get_guest(state: State, request: Request) -> Reply:
    """Read one guest with the complete profile."""
    guest = path_guest(state, request)
    extras: Document = {"organization_registration_personalisation_choice": [], "custom_question_answers": []}
    return Reply({**_common(guest), "user_profile": {name: guest["profile"][name] for name in _DETAILS}, **extras})


def new_guest(state: State, organisation: str, email: str) -> Document:
    """Make a guest who is not stored yet; a person known to another organisation keeps the profile id (SC-09)."""
    profiles = state.collection("profiles")
    known = profiles.get(email.casefold())
    profile_id = known["id"] if known else state.next_number("profile", first=1001)
    profiles.put(email.casefold(), {"id": profile_id, "email": email})
    now = state.timestamp
    return {
        "id": state.next_guid("guest"),
        "organization_id": organisation,
        "profile_id": profile_id,
        "email_key": email.casefold(),
        "last_interacted_at": now,
        "created_at": now,
        "data_opt_in_at": None,
        "sms_opt_in_at": None,
        "email_opt_in_at": None,
        "profile": {**dict.fromkeys(_DETAILS), "email": email, "id": profile_id, "verified": 0},
    }


def _consent(state: State, guest: Document, name: str, *, given: bool) -> None:
    """Keep the time of the first consent; a withdrawn consent has no time (SC-11)."""
    guest[name] = (guest[name] or state.timestamp) if given else None


def _common(guest: Document) -> Document:
    return {name: guest[name] for name in _COMMON}


def _listed(state: State, guest: Document) -> Document:
    links = state.collection("guest_tags").find(organization_registration_id=guest["id"])
    profile = {name: guest["profile"][name] for name in ("email", "first", "id", "phone", "last")}
    return {**_common(guest), "user_profile": profile, "organization_profile_tags": links}
