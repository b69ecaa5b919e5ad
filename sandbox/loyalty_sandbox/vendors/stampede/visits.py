"""What guests do in venues: WiFi, orders, bookings, forms. All answers are 200 with the record as stored (SC-13)."""

from __future__ import annotations

import re

from ...clock import parse_time
from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .base import stampede
from .errors import invalid, not_found
from .organisation import organisation_id, own, path_guest, touch
from .pages import cursor_page

_MAC = re.compile(r"[0-9A-F]{12}")


@stampede.operation("findGuestByDevice")
def find_guest_by_device(state: State, request: Request) -> Reply:
    """Find the guest who used a device last; a name that is not known is an empty text (SC-14)."""
    device = state.collection("devices").get(f"{organisation_id(request)} {_mac(request, request.query['mac'])}")
    guest = own(state, request, "guests", device["guest_id"]) if device else None
    if guest is None:
        raise not_found(request)
    profile = guest["profile"]
    return Reply(
        {"id": guest["id"], "email": profile["email"], "first": profile["first"] or "", "last": profile["last"] or ""}
    )


@stampede.operation("createWifiSession")
def create_wifi_session(state: State, request: Request) -> Reply:
    """Record a session, which ties the device to the guest."""
    guest = path_guest(state, request)
    body = request.members
    mac = _mac(request, body["mac"])
    _venue(state, request, "venue_id", body["venue_id"])
    organisation = organisation_id(request)
    state.collection("devices").put(
        f"{organisation} {mac}", {"organization_id": organisation, "mac": mac, "guest_id": guest["id"]}
    )
    return Reply(_record(state, request, guest, "wifi_sessions", {**body, "mac": mac}))


@stampede.operation("createGuestOrder")
def create_order(state: State, request: Request) -> Reply:
    """Record an order; repeating the call records a second one, whatever its `event_id` (SC-15)."""
    guest = path_guest(state, request)
    for venue_id in request.members.get("venue_ids", []):
        _venue(state, request, "venue_ids", venue_id)
    defaults: Document = {"currency": None, "venue_ids": [], "event_id": None, "in_venue": None}
    return Reply(_record(state, request, guest, "orders", {**defaults, **request.members}))


@stampede.operation("listGuestOrders")
def list_orders(state: State, request: Request) -> Reply:
    """List a guest's orders in pages by cursor; `search` looks in `event_id` (SC-15)."""
    guest = path_guest(state, request)
    needle = str(request.query.get("search", "")).casefold()
    orders = state.collection("orders").find(guest_id=guest["id"])
    return Reply(cursor_page(request, [order for order in orders if needle in (order["event_id"] or "").casefold()]))


@stampede.operation("createGuestBooking")
def save_booking(state: State, request: Request) -> Reply:
    """Create a booking, or replace the organisation's booking with this `event_id` (SC-16)."""
    guest = path_guest(state, request)
    body = request.members
    _venue(state, request, "venue_id", body["venue_id"])
    if body["party_size"] < 1:
        raise invalid(request, "party_size", "must be 1 or more")
    if parse_time(body["ends_at"]) < parse_time(body["starts_at"]):
        raise invalid(request, "ends_at", "must not be before starts_at")
    known = state.collection("bookings").first(organization_id=organisation_id(request), event_id=body["event_id"])
    return Reply(_record(state, request, guest, "bookings", body, known=known))


@stampede.operation("createFormSubmission")
def create_form_submission(state: State, request: Request) -> Reply:
    """Record a form with what the server adds: organisation, guest, and the defaults of two members."""
    guest = path_guest(state, request)
    body = request.members
    if own(state, request, "venues", body["venue_id"]) is None:
        raise invalid(request, "venue_id", "is not known")
    number = state.next_guid("form", prefix=0xF)
    touch(state, guest)
    form = {
        "id": number,
        "venue_id": body["venue_id"],
        "source": body.get("source", "web"),
        "form_id": body.get("form_id"),
        "organisation_id": organisation_id(request),  # this page writes it with s (S-54)
        "guest_id": guest["id"],
        "created_at": state.timestamp,
    }
    return Reply(state.collection("forms").put(number, form))


def _record(
    state: State, request: Request, guest: Document, kind: str, body: Document, *, known: Document | None = None
) -> Document:
    touch(state, guest)
    owner = {"id": known["id"] if known else state.next_guid(kind), "organization_id": organisation_id(request)}
    times = {"recorded_at": known["recorded_at"] if known else state.timestamp, "changed_at": state.timestamp}
    return state.collection(kind).put(owner["id"], {**body, **owner, "guest_id": guest["id"], **times})


def _venue(state: State, request: Request, name: str, venue_id: str) -> None:
    if own(state, request, "venues", venue_id) is None:
        raise invalid(request, name, "is not a venue of the organisation")


def _mac(request: Request, text: object) -> str:
    """Write a MAC address with colons and capitals; any of the usual separators is taken (SC-14)."""
    digits = re.sub(r"[:.\- ]", "", str(text)).upper()
    if not _MAC.fullmatch(digits):
        raise invalid(request, "mac", "is not a MAC address")
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))
