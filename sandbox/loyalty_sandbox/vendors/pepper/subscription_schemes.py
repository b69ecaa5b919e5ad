"""Subscription schemes: plans with prices and perks."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import get_own, is_admin, require_admin, tenant_id
from .base import TENANT, new_id, pepper, timestamp
from .errors import invalid
from .pages import listed
from .seed import PERK

SCHEME = "0000000000000000000000f2"
_MEMBERS = ("perks", "active", "title", "terms", "visualisation")


@pepper.operation("createSubscriptionScheme")
def create_scheme(state: State, request: Request) -> Reply:
    """Create a scheme, active unless the request says otherwise; prices get an `id` where they have none (PC-58)."""
    require_admin(request)
    return Reply(_make(state, tenant_id(request), request.members, new_id(state)))


@pepper.operation("listSubscriptionSchemes")
def list_schemes(state: State, request: Request) -> Reply:
    """List the schemes that are not deleted; users see the active ones (PC-58)."""
    found = state.collection("subscription_schemes").find(tenantId=tenant_id(request), deletedAt=None)
    return Reply(listed(request, [scheme for scheme in found if is_admin(request) or scheme["active"]], dict))


@pepper.operation("getSubscriptionScheme")
def get_scheme(state: State, request: Request) -> Reply:
    """Read a scheme, also one that is deleted, since subscriptions to it may still run (PC-58)."""
    return Reply(_scheme(state, request))


@pepper.operation("updateSubscriptionScheme")
def update_scheme(state: State, request: Request) -> Reply:
    """Change the members that are given; prices that differ are refused with 422, and so is a deleted scheme (PC-58)."""
    require_admin(request)
    scheme, body = _scheme(state, request), request.members
    if "deletedAt" in scheme:
        raise invalid("The scheme is deleted.")
    if body.get("pricing", scheme["pricing"]) != scheme["pricing"]:
        raise invalid("The prices of a scheme cannot be changed.")
    scheme |= {name: body[name] for name in _MEMBERS if name in body}
    return Reply(_keep(state, scheme))


@pepper.operation("deleteSubscriptionScheme")
def delete_scheme(state: State, request: Request) -> Reply:
    """Mark a scheme as deleted; subscriptions to it go on (PC-58)."""
    require_admin(request)
    scheme = _scheme(state, request)
    if "deletedAt" not in scheme:
        _keep(state, {**scheme, "active": False, "deletedAt": timestamp(state)})
    return Reply({})


@pepper.seed
def seed_scheme(state: State) -> None:
    """Make a scheme with one price, and with the perk of the seed."""
    body: Document = {"title": "Coffee club", "terms": "One coffee a day.", "pricing": [{"id": "example-price"}]}
    _make(state, TENANT, {**body, "perks": [{"perkId": PERK}]}, SCHEME)


def _make(state: State, tenant: str, body: Document, key: str) -> Document:
    scheme: Document = {"_id": key, "tenantId": tenant, "active": True, "createdAt": timestamp(state)}
    scheme |= {name: body[name] for name in _MEMBERS if name in body}
    prices = [price if price.get("id") else {**price, "id": f"price-{new_id(state)}"} for price in body["pricing"]]
    return _keep(state, {**scheme, "pricing": prices})


def _keep(state: State, scheme: Document) -> Document:
    return state.collection("subscription_schemes").put(scheme["_id"], {**scheme, "updatedAt": timestamp(state)})


def _scheme(state: State, request: Request) -> Document:
    number = request.path["schemeId"]
    return get_own(state, request, "subscription_schemes", number, what="subscription scheme")
