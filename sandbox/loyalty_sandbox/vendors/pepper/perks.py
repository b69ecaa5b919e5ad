"""Perks; those of the older schema are answered like the others, since nothing is known of their form (PC-27)."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import get_own, is_admin, require_admin, tenant_id
from .base import new_id, pepper
from .ledger import award_of, grant, revoke
from .pages import listed

_MEMBERS = (
    *("template", "title", "internalTitle", "terms", "priority", "redemptionMethod", "auto", "token"),
    *("maximumPointCashValue", "locationIds", "points", "discount", "dateTimeRestriction", "basketQualification"),
    *("visualisation", "isDonatable", "isGlobal", "isTier", "enabled", "physicalStampsEnabled", "excludeDiscountIds"),
)


@pepper.operation("createPerk")
def create_perk(state: State, request: Request) -> Reply:
    """Create a perk, enabled unless the request says otherwise; one that is global is granted to all users (PC-25)."""
    require_admin(request)
    perk: Document = {"_id": new_id(state), "tenantId": tenant_id(request), "enabled": True}
    perk |= {name: request.members[name] for name in _MEMBERS if name in request.members}
    state.collection("perks").put(perk["_id"], perk)
    _grant_to_all(state, perk)
    return Reply(perk)


@pepper.operation("listPerks")
def list_perks(state: State, request: Request) -> Reply:
    """List the perks of the tenant; users see those that are enabled (PC-06)."""
    perks = state.collection("perks").find(tenantId=tenant_id(request))
    return Reply(listed(request, [perk for perk in perks if is_admin(request) or perk["enabled"]], dict))


@pepper.operation("getPerk")
def get_perk(state: State, request: Request) -> Reply:
    """Read a perk, with the number of its awards when that is asked for."""
    perk = _perk(state, request)
    if "awardCount" in (request.query.get("include") or []):  # type: ignore[operator]
        perk["awardCount"] = len(state.collection("awards").find(perkId=perk["_id"]))
    return Reply(perk)


@pepper.operation("updatePerk")
@pepper.operation("updatePointPerk")
def update_perk(state: State, request: Request) -> Reply:
    """Change the members that are given; a perk that becomes global is granted to all users."""
    require_admin(request)
    perk = _perk(state, request)
    perk |= {name: request.members[name] for name in _MEMBERS if name in request.members}
    state.collection("perks").put(perk["_id"], perk)
    _grant_to_all(state, perk)
    return Reply(perk)


@pepper.operation("deletePerk")
@pepper.operation("deletePointPerk")
def delete_perk(state: State, request: Request) -> Reply:
    """Delete a perk with its awards (PC-27)."""
    require_admin(request)
    perk = _perk(state, request)
    for award in state.collection("awards").find(perkId=perk["_id"]):
        revoke(state, award)
    state.collection("perks").delete(perk["_id"])
    return Reply({})


def _perk(state: State, request: Request) -> Document:
    return get_own(state, request, "perks", request.path["perkId"], what="perk")


def _grant_to_all(state: State, perk: Document) -> None:
    if not perk["isGlobal"] or not perk["enabled"]:
        return
    for user in state.collection("users").find(tenantId=perk["tenantId"], deleted=False):
        if "USER" in user["roles"] and award_of(state, perk, user) is None:
            grant(state, perk, user)
