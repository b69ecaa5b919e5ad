"""Locations: list, read, create, change, delete."""

from __future__ import annotations

from ...documents import JSON, Document
from ...exchange import Reply, Request
from ...state import State
from .access import find_own, get_own, is_admin, require_admin, tenant_id
from .base import new_id, pepper, timestamp
from .errors import invalid
from .geometry import distance, is_point
from .pages import listed

MEMBERS = (
    *(
        "title",
        "description",
        "state",
        "mainImageUrl",
        "listingImageUrl",
        "openingHours",
        "alternativeOpeningHoursText",
    ),
    *("facilities", "services", "buttons", "links", "VATnumber", "address", "contacts", "beacons", "ordering", "geo"),
    *("regions", "tags", "mapPinImageUrl", "timezone", "zones"),
)
OPTIONAL = {
    *("created", "updated", "state", "mainImageUrl", "alternativeOpeningHoursText", "buttons", "links", "description"),
    *("ordering", "VATnumber", "regions", "address", "tags", "zones"),
}
_STATES = ("PENDING", "ACTIVE", "RETIRED")
_PARTS = ("registers", "boundaries", "checkins")


@pepper.operation("listLocations")
def list_locations(state: State, request: Request) -> Reply:
    """List locations: with a position the nearest first; without a version all of them in the form of old (PC-02)."""
    locations = [location for location in _seen(state, request) if _matches(state, request, location)]
    lat, long = request.query.get("lat"), request.query.get("long")
    if (lat is None) != (long is None):
        raise invalid("lat and long go together.")
    if lat is not None:
        point = [long, lat]
        if not is_point(point):
            raise invalid("lat and long are degrees.")
        locations.sort(key=lambda location: distance(location["geo"], point))
    if "x-api-version" not in request.headers:
        return Reply({"locations": [shown_location(location, OPTIONAL) for location in locations]})
    include = included(request)
    return Reply(listed(request, locations, lambda location: shown_location(location, include)))


@pepper.operation("createLocation")
def create_location(state: State, request: Request) -> Reply:
    """Create a location, PENDING unless the request says otherwise (PC-37)."""
    require_admin(request)
    return Reply(shown_location(new_location(state, tenant_id(request), _members(request)), OPTIONAL))


@pepper.operation("getLocation")
def get_location(state: State, request: Request) -> Reply:
    """Read a location whole."""
    location = get_own(state, request, "locations", request.path["locationId"], what="location")
    return Reply(shown_location(location, OPTIONAL))


@pepper.operation("updateLocation")
def update_location(state: State, request: Request) -> Reply:
    """Replace the members that are given, arrays and maps whole; the others stay."""
    location = own_location(state, request)
    return Reply(shown_location(change_location(state, location, _members(request)), OPTIONAL))


@pepper.operation("deleteLocation")
def delete_location(state: State, request: Request) -> Reply:
    """Delete a location with its registers, delivery boundaries and checkins (PC-37)."""
    location = own_location(state, request)
    for kind in _PARTS:
        for part in state.collection(kind).find(locationId=location["_id"]):
            state.collection(kind).delete(part["_id"])
    state.collection("locations").delete(location["_id"])
    return Reply({})


def own_location(state: State, request: Request) -> Document:
    """Return the location of the path for an administrator; refuses with 403 and 404."""
    require_admin(request)
    return get_own(state, request, "locations", request.path["locationId"], what="location")


def new_location(state: State, tenant: str, body: Document) -> Document:
    """Make and store a location."""
    now = timestamp(state)
    location: Document = {"_id": new_id(state), "tenantId": tenant, "created": now, "updated": now, "state": "PENDING"}
    return state.collection("locations").put(location["_id"], {**location, **body})


def change_location(state: State, location: Document, body: Document) -> Document:
    """Store changed members of a location."""
    return state.collection("locations").put(location["_id"], {**location, **body, "updated": timestamp(state)})


def included(request: Request) -> set[str]:
    """Return the optional members that a request asks for."""
    found = request.query.get("include")
    return {str(name) for name in found} if isinstance(found, list) else set()


def shown_location(location: Document, include: set[str]) -> Document:
    """Return a location as it is answered, optional members as far as they are included."""
    return {name: value for name, value in location.items() if name not in OPTIONAL or name in include}


def _members(request: Request) -> Document:
    members = {name: request.members[name] for name in MEMBERS if name in request.members}
    if "geo" in members and not is_point(members["geo"]):
        raise invalid("geo is longitude and latitude in degrees.")
    return members


def _seen(state: State, request: Request) -> list[Document]:
    """List what a caller may see: active locations, and for administrators all (PC-37)."""
    locations = state.collection("locations").find(tenantId=tenant_id(request))
    return locations if is_admin(request) else [location for location in locations if location["state"] == "ACTIVE"]


def _matches(state: State, request: Request, location: Document) -> bool:
    """Compare with the filters: parts of titles in any case, one of the states, all of the tags and services (PC-37)."""
    query, title = request.query, location["title"].casefold()
    states = _names(query.get("state"))
    if set(states) - set(_STATES):
        raise invalid(f"state takes {', '.join(_STATES)}.")
    services = location.get("services", {})
    return (
        (not states or location["state"] in states)
        and ("search" not in query or any(part.casefold() in title for part in _names(query["search"])))
        and ("title" not in query or str(query["title"]).casefold() in title)
        and all(tag in location.get("tags", []) for tag in _names(query.get("tags")))
        and all(services.get(name) for name in _names(query.get("services")))
        and (not query.get("favourites") or location["_id"] in _favourites(state, request))
    )


def _favourites(state: State, request: Request) -> list[str]:
    user = find_own(state, request, "users", request.claims.get("user"))
    return list(user["favouriteLocations"]) if user else []


def _names(value: JSON) -> list[str]:
    return [part.strip() for part in str(value).split(",") if part.strip()] if value is not None else []
