"""Where locations deliver: inside an include boundary and outside of all exclude boundaries."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import get_own, tenant_id
from .base import new_id, pepper
from .errors import invalid, not_found
from .geometry import contains, is_point
from .locations import included, own_location, shown_location


@pepper.operation("createDeliveryBoundary")
def create_boundary(state: State, request: Request) -> Reply:
    """Add a boundary and answer with all of the location."""
    location = own_location(state, request)
    number = new_id(state)
    state.collection("boundaries").put(number, _boundary(request, location, number))
    return _all(state, location)


@pepper.operation("updateDeliveryBoundary")
def update_boundary(state: State, request: Request) -> Reply:
    """Replace a boundary and answer with all of the location."""
    location = own_location(state, request)
    known = _known(state, request, location)
    state.collection("boundaries").put(known["_id"], _boundary(request, location, known["_id"]))
    return _all(state, location)


@pepper.operation("deleteDeliveryBoundary")
def delete_boundary(state: State, request: Request) -> Reply:
    """Delete a boundary and answer with those that are left."""
    location = own_location(state, request)
    state.collection("boundaries").delete(_known(state, request, location)["_id"])
    return _all(state, location)


@pepper.operation("listDeliveryLocations")
def list_delivery_locations(state: State, request: Request) -> Reply:
    """List the active locations that deliver to a point; a boundary that is no known form holds none (PC-34)."""
    point = [request.query["long"], request.query["lat"]]
    if not is_point(point):
        raise invalid("lat and long are degrees.")
    include, found = included(request), []
    for location in state.collection("locations").find(tenantId=tenant_id(request), state="ACTIVE"):
        boundaries = state.collection("boundaries").find(locationId=location["_id"])
        holding = {boundary["filter"] for boundary in boundaries if contains(boundary["boundary"], point)}
        if holding == {"include"}:
            found.append(shown_location(location, include))
    return Reply({"items": list(found)})


def _boundary(request: Request, location: Document, number: str) -> Document:
    return {
        "_id": number,
        "tenantId": location["tenantId"],
        "locationId": location["_id"],
        "filter": request.members["filter"],
        "boundary": request.members["deliveryBoundary"],
    }


def _known(state: State, request: Request, location: Document) -> Document:
    known = get_own(state, request, "boundaries", request.path["deliveryBoundaryId"], what="delivery boundary")
    if known["locationId"] != location["_id"]:
        raise not_found("delivery boundary")
    return known


def _all(state: State, location: Document) -> Reply:
    """Answer in the two members that the page prints, one of them misspelt (P-59); every boundary has an `_id` (PC-34)."""
    boundaries = state.collection("boundaries").find(locationId=location["_id"])

    def of(kind: str) -> list[Document]:
        return [{**each["boundary"], "_id": each["_id"]} for each in boundaries if each["filter"] == kind]

    return Reply({"include": of("include"), "exlude": of("exclude")})
