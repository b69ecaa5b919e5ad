"""Guests in their three shapes (S-28), their tags, and the forms they send."""

from __future__ import annotations

from ...core.exchange import invalid
from ...core.vendor import JSON, Document, Refusal, Request, State
from . import ORGANISATION, OWNER, next_guid, own, stampede

_TIMES = ("data_opt_in_at", "sms_opt_in_at", "email_opt_in_at")
_NAMES = ("email", "first", "last", "phone")
_DETAILS = (*_NAMES, "verified", "lat", "lng", "birth_day", "birth_month", "postcode", "country", "gender", "id")


@stampede.operation("listGuests")
def list_guests(state: State, request: Request) -> JSON:
    """List guests, oldest first; `search` looks for parts of e-mail, names and phone without regard to case."""
    guests, needle = own(state, request, "guests"), str(request.query.get("search", "")).casefold()
    found = [
        guest for guest in guests if any(needle in (guest["user_profile"][name] or "").casefold() for name in _NAMES)
    ]
    return [{**each, "organization_profile_tags": _links(state, each)} for each in found]


@stampede.operation("createGuest")
def create_guest(state: State, request: Request) -> JSON:
    """Create a guest, or update the one with this e-mail address; consents become the times of their first statement."""
    body = request.members
    known = own(state, request, "guests", email_key=body["email"].casefold())
    guest = known[0] if known else new_guest(state, request.claims[OWNER], body["email"])
    guest["user_profile"] |= {name: body[name] for name in ("first", "last", "gender", "phone") if name in body}
    privacy = body["privacy"]
    given = (privacy["data"], privacy["marketing"]["sms"], privacy["marketing"]["email"])
    for name, consent in zip(_TIMES, given, strict=True):
        guest[name] = (guest[name] or state.timestamp) if consent else None
    return touch(state, guest)


@stampede.operation("listGuestTags")
def list_guest_tags(state: State, request: Request) -> JSON:
    """List the tags of a guest with their names."""
    links = _links(state, _path_guest(state, request))
    return {"data": [state.collection("tags").get(link["tag_id"]) for link in links]}


@stampede.operation("addGuestTag")
def add_guest_tag(state: State, request: Request) -> JSON:
    """Attach a tag, which a new name creates; a second time changes nothing."""
    guest, name = _path_guest(state, request), request.members["name"]
    known = own(state, request, "tags", name=name)
    tag = known[0] if known else {"id": next_guid(state, "tag", 0xC), OWNER: request.claims[OWNER], "name": name}
    state.collection("tags").put(tag["id"], tag)
    if not any(link["tag_id"] == tag["id"] for link in _links(state, guest)):
        link = {"id": next_guid(state, "guest tag", 0xB), "tag_id": tag["id"]}
        state.collection("guest_tags").put(link["id"], {**link, "organization_registration_id": guest["id"]})
    touch(state, guest)
    return tag


@stampede.operation("deleteGuestTagByName")
def delete_guest_tag(state: State, request: Request) -> JSON:
    """Detach a tag; the answer says whether the guest had it."""
    guest = _path_guest(state, request)
    tags = {tag["id"] for tag in own(state, request, "tags", name=request.members["tag_name"])}
    for link in _links(state, guest):
        if link["tag_id"] in tags:
            state.collection("guest_tags").delete(link["id"])
            touch(state, guest)
            return {"message": "Tag removed from customer profile"}
    return {"message": "Tag not found on customer profile"}


@stampede.operation("createFormSubmission")
def create_form_submission(state: State, request: Request) -> JSON:
    """Record a form with what the server adds: organisation, guest, and the defaults of two members."""
    guest, body = _path_guest(state, request), request.members
    if not own(state, request, "venues", id=body["venue_id"]):
        raise invalid("venue_id", "is not known")
    touch(state, guest)
    form = {"id": next_guid(state, "form", 0xF), "venue_id": body["venue_id"], "guest_id": guest["id"]}
    form |= {"source": body.get("source", "web"), "form_id": body.get("form_id"), "created_at": state.timestamp}
    return {**form, "organisation_id": request.claims[OWNER]}  # this page writes it with s (S-54)


@stampede.hook("venue")
def add_venue(state: State, body: Document) -> Document:
    """Make a venue."""
    colors = {"headerColor": "#102030", "interfaceColor": "#405060", "background": "#ffffff"}
    branding = {"headerImage": "https://images.example/header.png", **colors, "backgroundImage": None}
    venue = {"name": None, OWNER: ORGANISATION, **body, "branding_settings": branding}
    return state.collection("venues").put(body["id"], venue)


@stampede.hook("guest")
def add_guest(state: State, body: Document) -> Document:
    """Make a guest who has consented to everything, under an id if there is one."""
    guest: Document = {**new_guest(state, ORGANISATION, body["email"]), **dict.fromkeys(_TIMES, state.timestamp)}
    profile = {**guest["user_profile"], **body, "id": guest["profile_id"]}
    guest |= {"id": body.get("id", guest["id"]), "user_profile": profile}
    return touch(state, guest)


def new_guest(state: State, organisation: str, email: str) -> Document:
    """Make a guest who is not stored yet."""
    profile_id, now = state.next_number("profile", first=1001), state.timestamp
    guest: Document = {"id": next_guid(state, "guest"), OWNER: organisation, "profile_id": profile_id}
    guest |= {"email_key": email.casefold(), "last_interacted_at": now, "created_at": now, **dict.fromkeys(_TIMES)}
    return {**guest, "user_profile": {**dict.fromkeys(_DETAILS), "email": email, "id": profile_id, "verified": 0}}


def touch(state: State, guest: Document) -> Document:
    """Store and return a guest, who was active now."""
    return state.collection("guests").put(guest["id"], {**guest, "last_interacted_at": state.timestamp})


def _path_guest(state: State, request: Request) -> Document:
    for guest in own(state, request, "guests", id=request.path["guest_id"]):
        return guest
    raise Refusal("not-found", "Not Found")


def _links(state: State, guest: Document) -> list[Document]:
    return state.collection("guest_tags").find(organization_registration_id=guest["id"])
