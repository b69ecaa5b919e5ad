"""Physical stamps of Pepper Solo: kept per location, with the imprints by which they are known."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import find_own, get_own, require_admin, tenant_id
from .base import TENANT, new_id, pepper
from .errors import conflict, invalid
from .seed import LOCATION, PERK

_MEMBERS = ("locationId", "stampId", "effects", "imprints")


@pepper.operation("createStamps")
def create_stamps(state: State, request: Request) -> Reply:
    """Create stamps, all or none; their locations must be known and their `stampId`s free (PC-66)."""
    require_admin(request)
    for body in request.body if isinstance(request.body, list) else []:
        stamp: Document = {"_id": new_id(state), "tenantId": tenant_id(request), "effects": {}, "imprints": []}
        _change(state, request, stamp, body if isinstance(body, dict) else {})
    return Reply(None)


@pepper.operation("listStamps")
def list_stamps(state: State, request: Request) -> Reply:
    """List all stamps of the tenant, as one page without a next one."""
    require_admin(request)
    stamps = state.collection("stamps").find(tenantId=tenant_id(request))
    return Reply({"items": list(stamps), "page": {"count": len(stamps), "limit": len(stamps)}})


@pepper.operation("getStamp")
def get_stamp(state: State, request: Request) -> Reply:
    """Read a stamp."""
    return Reply(_stamp(state, request))


@pepper.operation("updateStamp")
def update_stamp(state: State, request: Request) -> Reply:
    """Change the members that a stamp is created with; others are ignored (PC-66)."""
    stamp, body = _stamp(state, request), request.members
    forms = (("locationId", str), ("stampId", str), ("effects", dict), ("imprints", list))
    for name, form in forms:
        if name in body and not isinstance(body[name], form):
            raise invalid(f"{name} is not valid.")
    return Reply(_change(state, request, stamp, body))


@pepper.operation("deleteStamp")
def delete_stamp(state: State, request: Request) -> Reply:
    """Delete a stamp, and answer with it."""
    stamp = _stamp(state, request)
    state.collection("stamps").delete(stamp["_id"])
    return Reply(stamp)


@pepper.operation("updateStampImprints")
def update_imprints(state: State, request: Request) -> Reply:
    """Replace the imprints of a stamp."""
    stamp = _stamp(state, request)
    stamp["imprints"] = request.members.get("imprints", stamp["imprints"])
    return Reply(state.collection("stamps").put(stamp["_id"], stamp))


@pepper.seed
def seed_stamp(state: State) -> None:
    """Make a stamp with five points, for a point on the card of the seed."""
    stamp: Document = {"_id": "0000000000000000000000b6", "tenantId": TENANT, "locationId": LOCATION}
    imprint = [[0.0, 0.0], [40.0, 0.0], [10.0, 30.0], [35.0, 45.0], [5.0, 60.0]]
    effects = {"grantPerk": {"perkId": PERK, "points": 1}}
    state.collection("stamps").put(
        stamp["_id"], {**stamp, "stampId": "DEVSTMP1", "effects": effects, "imprints": [imprint]}
    )


def _change(state: State, request: Request, stamp: Document, body: Document) -> Document:
    stamp |= {name: body[name] for name in _MEMBERS if name in body}
    if find_own(state, request, "locations", stamp["locationId"]) is None:
        raise invalid("There is no location with this locationId.")
    known = state.collection("stamps").first(tenantId=stamp["tenantId"], stampId=stamp["stampId"])
    if known is not None and known["_id"] != stamp["_id"]:
        raise conflict("Another stamp has this stampId.")
    return state.collection("stamps").put(stamp["_id"], stamp)


def _stamp(state: State, request: Request) -> Document:
    require_admin(request)
    return get_own(state, request, "stamps", request.path["id"], what="stamp")
