"""Addresses of users, and the places that the sandbox knows."""

from __future__ import annotations

from ...documents import JSON, Document
from ...exchange import Reply, Request
from ...state import State
from .access import path_user
from .base import new_id, pepper
from .errors import error, not_found
from .geometry import distance
from .people import touch

_LINES = ("line1", "line2", "city", "region", "postalCode", "country")
_TEXT = {"type": "string"}
_PLACE = {
    "type": "object",
    "required": ["line1", "city", "country", "position"],
    "properties": {
        **dict.fromkeys(_LINES, _TEXT),
        "position": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    },
    "additionalProperties": False,
}


@pepper.operation("createUserAddress")
def create_address(state: State, request: Request) -> Reply:
    """Add an address and answer with all; each has an `_id`, since the other two calls need one (PC-32)."""
    user = path_user(state, request)
    user["addresses"] = [*user["addresses"], {"_id": new_id(state), **_members(request)}]
    return _changed(state, user)


@pepper.operation("updateUserAddress")
def update_address(state: State, request: Request) -> Reply:
    """Replace an address and answer with all."""
    user = path_user(state, request)
    place = _place(user, request)
    user["addresses"][place] = {"_id": user["addresses"][place]["_id"], **_members(request)}
    return _changed(state, user)


@pepper.operation("deleteUserAddress")
def delete_address(state: State, request: Request) -> Reply:
    """Remove an address and answer with those that are left."""
    user = path_user(state, request)
    del user["addresses"][_place(user, request)]
    return _changed(state, user)


@pepper.operation("suggestAddresses")
def suggest_addresses(state: State, request: Request) -> Reply:
    """Suggest up to 5 of the places that the sandbox knows: those with the text, or the nearest (PC-33)."""
    body, places = request.members, list(state.collection("places"))
    if "address" in body:
        text = body["address"].casefold()
        places = [place for place in places if text in _line(place)]
    if "position" in body:
        places.sort(key=lambda place: distance(place["position"], body["position"]))
    return Reply({"items": [{"address": _address(place), "position": place["position"]} for place in places[:5]]})


@pepper.operation("geocodeAddress")
def geocode_address(state: State, request: Request) -> Reply:
    """Find the position of a place that the sandbox knows; others are refused with 404 (PC-33)."""
    wanted = {name: str(value).casefold() for name, value in request.members.items() if name in _LINES and value}
    for place in state.collection("places"):
        if all(value == str(place.get(name, "")).casefold() for name, value in wanted.items()):
            return Reply({"position": place["position"]})
    raise error(404, "NotFound", "The sandbox knows no such place; make it with the hook `place`.")


@pepper.hook("place", _PLACE)
def add_place(state: State, body: Document) -> Document:
    """Make an address known to the sandbox's geocoder."""
    return state.collection("places").put(_line(body), body)


@pepper.seed
def fill(state: State) -> None:
    """Make the address of the effective spec's examples known, and one more."""
    london: Document = {"city": "London", "country": "GB"}
    add_place(state, {"line1": "1 Example Street", "postalCode": "W1D 0AA", **london, "position": [-0.1276, 51.5074]})
    add_place(state, {"line1": "2 Example Road", "postalCode": "E1 0AA", **london, "position": [-0.0715, 51.5150]})


def _members(request: Request) -> Document:
    return {
        name: request.members[name] for name in ("name", "address", "coordinates", "note") if name in request.members
    }


def _place(user: Document, request: Request) -> int:
    wanted = request.path["addressId"]
    place = next((place for place, address in enumerate(user["addresses"]) if address["_id"] == wanted), None)
    if place is None:
        raise not_found("address")
    return place


def _changed(state: State, user: Document) -> Reply:
    touch(state, user)
    addresses: list[JSON] = list(user["addresses"])
    return Reply(addresses)


def _address(place: Document) -> Document:
    return {name: place[name] for name in _LINES if name in place}


def _line(place: Document) -> str:
    return ", ".join(str(place[name]) for name in _LINES if place.get(name)).casefold()
