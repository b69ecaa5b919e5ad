"""Push messages of campaigns, and the clicks on them (OC-24)."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import CAMPAIGN_ROLE, own_account_id, staff_tenant, tenant_of
from .base import orderingstack
from .campaigns import find_campaign
from .errors import not_found
from .flow import count


@orderingstack.operation("registerPushV2")
def register_push_v2(state: State, request: Request) -> Reply:
    """Attach a push message with a title."""
    return _register(state, request, request.members["pushId"], {"title": request.members.get("title")})


@orderingstack.operation("registerPush")
def register_push(state: State, request: Request) -> Reply:
    """Attach a push message by its id alone."""
    return _register(state, request, str(request.body), {})


@orderingstack.operation("pushClick")
def push_click(state: State, request: Request) -> Reply:
    """Count a click of the caller's account, also when it has clicked before or takes no part in the campaign."""
    account = own_account_id(request)
    campaign = find_campaign(state, tenant_of(request), request.path["campaign"])
    pushes = state.collection("pushes")
    key = f"{campaign['tenant']}/{campaign['id']}/{request.body}"
    push = pushes.get(key)
    if push is None:
        raise not_found("push of this campaign", request.body)
    accounts = list(dict.fromkeys([*push["accounts"], account]))
    count(state, campaign, "clicks")
    return Reply(shown_push(pushes.put(key, {**push, "clicks": push["clicks"] + 1, "accounts": accounts})))


def shown_push(push: Document) -> Document:
    """Return the figures of a push: clicks, and how many accounts they came from."""
    return {
        "pushId": push["pushId"],
        "title": push["title"],
        "clicks": push["clicks"],
        "accounts": len(push["accounts"]),
    }


def _register(state: State, request: Request, push_id: str, members: Document) -> Reply:
    """Make a push, or change the title of one that is there; its clicks stay."""
    campaign = find_campaign(state, staff_tenant(request, CAMPAIGN_ROLE), request.path["campaign"])
    key = f"{campaign['tenant']}/{campaign['id']}/{push_id}"
    owner = {"tenant": campaign["tenant"], "campaign": campaign["id"], "pushId": push_id}
    fresh: Document = {**owner, "title": None, "clicks": 0, "accounts": []}
    return Reply(
        shown_push(state.collection("pushes").put(key, {**(state.collection("pushes").get(key) or fresh), **members}))
    )
