"""Awards: list, grant, redeem, refund; those of the older schema are answered like the others (PC-27)."""

from __future__ import annotations

import operator
from collections.abc import Callable

from ...documents import JSON, Document
from ...exchange import Reply, Request
from ...state import State
from .access import find_own, get_own, is_admin, path_user, require_admin, tenant_id
from .base import pepper
from .errors import forbidden, invalid, not_found
from .ledger import grant, redeem, refund, require_enabled, set_points
from .pages import listed
from .times import read_time

_PERK = (
    *("template", "title", "terms", "priority", "redemptionMethod", "auto", "token", "maximumPointCashValue"),
    *("locationIds", "discount", "dateTimeRestriction", "basketQualification", "visualisation"),
    *("isDonatable", "isGlobal", "isTier"),
)
_FIELDS = {"_id", "tenantId", "userId", "loyaltyProvider", "perkId", "points", "updatedAt"}
_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "": operator.eq,
    ".eq": operator.eq,
    ".neq": operator.ne,
    ".gt": operator.gt,
    ".lte": operator.le,
}


@pepper.operation("listAwards")
def list_awards(state: State, request: Request) -> Reply:
    """List the caller's awards, or all of the merchant for administrators, who may narrow them by `userId`."""
    query = request.query
    user_id = query.get("userId", None if is_admin(request) else request.claims.get("user"))
    if not is_admin(request) and user_id != request.claims.get("user"):
        raise forbidden("userId is for administrators.")
    if user_id is None:
        tenant = state.collection("tenants").get(tenant_id(request)) or {}
        if tenant.get("loyaltyProvider") != "PEPPER":
            raise invalid("With an external loyalty system all awards cannot be listed; give a userId.")
        awards = state.collection("awards").find(tenantId=tenant_id(request))
    else:
        awards = state.collection("awards").find(tenantId=tenant_id(request), userId=str(user_id))
    for suffix, compare in _COMPARISONS.items():
        name = f"updatedAt{suffix}"
        if name in query:
            moment = read_time(query[name], name)
            awards = [award for award in awards if compare(award["updatedAt"], moment)]
    fields = {part.strip() for part in str(query.get("fields", "")).split(",") if part.strip()}
    if fields - _FIELDS:
        raise invalid(f"fields takes {', '.join(sorted(_FIELDS))}.")

    def show(award: Document) -> Document:
        shown = shown_award(state, award)
        return {name: value for name, value in shown.items() if name in fields} if fields else shown

    return Reply(listed(request, _visible(state, request, awards), show))


@pepper.operation("listAwardsForUser")
@pepper.operation("listPointAwardsForUser")
def list_for_user(state: State, request: Request) -> Reply:
    """List the awards of a user."""
    awards = state.collection("awards").find(userId=path_user(state, request)["_id"])
    return Reply({"awards": [shown_award(state, award) for award in _visible(state, request, awards)]})


@pepper.operation("grantPerk")
@pepper.operation("grantPointPerk")
def grant_perk(state: State, request: Request) -> Reply:
    """Create the user's award of a perk, or raise the points of the one that is there."""
    require_admin(request)
    perk, body = get_own(state, request, "perks", request.path["perkId"], what="perk"), request.members
    user = find_own(state, request, "users", body["userId"])
    if user is None or user["deleted"]:
        raise invalid("There is no user with this userId.")
    award = grant(state, perk, user, points=body.get("points"), location=_location(state, request))
    return Reply(shown_award(state, award))


@pepper.operation("redeemAward")
@pepper.operation("redeemPointAward")
def redeem_award(state: State, request: Request) -> Reply:
    """Take points off an award; a tier that a higher one suppresses cannot be redeemed (PC-23)."""
    user, award, perk = _award(state, request)
    require_enabled(perk)
    if perk.get("isTier") and award["_id"] in _suppressed(state, [award]):
        raise invalid("A tier of higher priority is active.")
    redeem(state, award, request.members["valueToRedeem"], user=user, location=_location(state, request))
    return Reply(shown_award(state, award))


@pepper.operation("refundPointAward")
def refund_award(state: State, request: Request) -> Reply:
    """Give redeemed points back; for administrators (PC-06)."""
    require_admin(request)
    user, award, _ = _award(state, request)
    return Reply(shown_award(state, refund(state, award, request.members["value"], user=user)))


@pepper.operation("updatePointAward")
def update_award(state: State, request: Request) -> Reply:
    """Set the points of an award without recording an action; for administrators (PC-06)."""
    require_admin(request)
    award = get_own(state, request, "awards", request.path["awardId"], what="award")
    points = request.members.get("points", {}).get("available")
    return Reply(shown_award(state, award if points is None else set_points(state, award, points)))


def shown_award(state: State, award: Document) -> Document:
    """Return an award as it is answered: what it takes from its perk, and its own members."""
    perk = state.collection("perks").get(award["perkId"]) or {}
    shown = {name: perk[name] for name in _PERK if name in perk}
    return {**{name: value for name, value in award.items() if name != "redeemed"}, **shown}


def _award(state: State, request: Request) -> tuple[Document, Document, Document]:
    user = path_user(state, request)
    award = state.collection("awards").get(str(request.path["awardId"]))
    perk = state.collection("perks").get(award["perkId"]) if award else None
    if award is None or perk is None or award["userId"] != user["_id"]:
        raise not_found("award")
    return user, award, perk


def _location(state: State, request: Request) -> Document | None:
    if "locationId" not in request.members:
        return None
    location = find_own(state, request, "locations", request.members["locationId"])
    if location is None:
        raise invalid("There is no location with this locationId.")
    return location


def _visible(state: State, request: Request, awards: list[Document]) -> list[Document]:
    """Leave out what is not asked for: disabled perks, those without visualisation, other locations, lower tiers (PC-28)."""
    query, hidden, found = request.query, _suppressed(state, awards), []
    for award in awards:
        perk = state.collection("perks").get(award["perkId"]) or {}
        if not perk.get("enabled", True) and not query.get("includeDisabled", False):
            continue
        if not perk.get("visualisation") and not query.get("includeUnvisualisedAwards", False):
            continue
        if not _is_for(perk, query.get("locationId")) or award["_id"] in hidden:
            continue
        found.append(award)
    return found


def _is_for(perk: Document, location_id: JSON) -> bool:
    return location_id is None or not perk.get("locationIds") or location_id in perk["locationIds"]


def _suppressed(state: State, awards: list[Document]) -> set[str]:
    """Name the awards of tiers that a tier of higher priority of the same user suppresses; the highest number wins."""
    tiers = {
        perk["_id"]: perk["priority"]
        for perk in state.collection("perks").find(isTier=True)
        if perk.get("enabled", True)
    }
    suppressed = set()
    for user_id in {award["userId"] for award in awards if award["perkId"] in tiers}:
        own = [award for award in state.collection("awards").find(userId=user_id) if award["perkId"] in tiers]
        top = max(tiers[award["perkId"]] for award in own)
        suppressed |= {award["_id"] for award in own if tiers[award["perkId"]] < top}
    return suppressed
