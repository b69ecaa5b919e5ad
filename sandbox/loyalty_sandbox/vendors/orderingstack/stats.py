"""Statistics of campaigns and segments; what they hold is the sandbox's own (OC-31)."""

from __future__ import annotations

from datetime import date

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import STATS_ROLE, staff_tenant, tenant_of
from .base import orderingstack
from .campaigns import find_campaign
from .errors import bad_request
from .pushes import shown_push

_FIGURES = ("joined", "completed", "messages", "clicks", "coupons", "couponsConfirmed", "couponsUsed")


@orderingstack.operation("globalCampaignStats")
def read_overall_stats(state: State, request: Request) -> Reply:
    """Answer where the accounts of a campaign stand, its coupons and the clicks on its pushes."""
    campaign = find_campaign(state, staff_tenant(request, STATS_ROLE), request.query["name"])
    owner = {"tenant": campaign["tenant"], "campaign": campaign["id"]}
    positions = state.collection("positions").find(**owner)
    coupons = state.collection("coupons").find(**owner)
    states = [
        {
            "id": each["id"],
            "accounts": sum(position["state"] == each["id"] and not position["finished"] for position in positions),
            "completed": sum(each["id"] in position["done"] for position in positions),
        }
        for each in campaign["states"]
    ]
    return Reply(
        {
            "campaign": campaign["id"],
            "initialized": campaign["initialized"],
            "accounts": len(positions),
            "finished": sum(position["finished"] for position in positions),
            "states": states,
            "coupons": {"issued": len(coupons), "used": sum(coupon["usedAt"] is not None for coupon in coupons)},
            "pushes": [shown_push(push) for push in state.collection("pushes").find(**owner)],
        }
    )


@orderingstack.operation("campaignStats")
def read_campaign_stats(state: State, request: Request) -> Reply:
    """Answer what happened in a campaign, day by day and in all."""
    first, last = _range(request)
    campaign = find_campaign(state, staff_tenant(request, STATS_ROLE), request.query["name"])
    found = state.collection("days").find(tenant=campaign["tenant"], campaign=campaign["id"])
    days = [
        {"date": day["date"], **{name: day.get(name, 0) for name in _FIGURES}}
        for day in sorted(found, key=lambda day: str(day["date"]))
        if first <= day["date"] <= last
    ]
    total = {name: sum(day[name] for day in days) for name in _FIGURES}
    return Reply({"campaign": campaign["id"], "days": days, "total": total})


@orderingstack.operation("segmentStats")
def read_segment_stats(state: State, request: Request) -> Reply:
    """Answer how many accounts each segment has now, and how many came into it on the days asked for."""
    first, last = _range(request)
    tenant = tenant_of(request)
    accounts = state.collection("accounts").find(tenant=tenant)
    entries = [
        each for each in state.collection("segment_entries").find(tenant=tenant) if first <= each["date"] <= last
    ]
    names = dict.fromkeys([account["segment"] for account in accounts] + [each["segment"] for each in entries])
    segments: list[Document] = [
        {
            "segment": name,
            "accounts": sum(account["segment"] == name for account in accounts),
            "entered": sum(each["accounts"] for each in entries if each["segment"] == name),
        }
        for name in names
    ]
    return Reply({"segments": segments})


def _range(request: Request) -> tuple[str, str]:
    """Return the first and the last day, both included and in UTC; all days by default."""
    first, last = str(request.query.get("from", date.min)), str(request.query.get("to", date.max))
    if first > last:
        raise bad_request("from is later than to.")
    return first, last
