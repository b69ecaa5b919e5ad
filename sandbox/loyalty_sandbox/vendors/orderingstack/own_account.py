"""What a caller changes about the own account: profile, properties and tags, confirmations."""

from __future__ import annotations

from ...documents import JSON, Document
from ...exchange import Refused, Reply, Request
from ...state import State
from .access import tenant_of
from .accounts import own_account, shown_account
from .base import orderingstack
from .campaigns import find_campaign
from .errors import bad_request, conflict, not_found
from .flow import account_changed, count, is_active, kind_of, move_on, position_of, state_of


@orderingstack.operation("setMyProfile")
def set_my_profile(state: State, request: Request) -> Reply:
    """Set what is given of name, birth date and sex; what is left out stays (OC-25)."""
    account = own_account(state, request)
    names = ("firstName", "lastName", "birthdate", "sex")
    account["header"] |= {name: request.members[name] for name in names if name in request.members}
    account_changed(state, account)
    return Reply(shown_account(state, account))


@orderingstack.operation("setMyProperties")
def set_my_properties(state: State, request: Request) -> Reply:
    """Set properties, then remove tags, then add tags; properties left out stay (OC-25)."""
    account = own_account(state, request)
    for name, value in request.members.get("properties", {}).items():
        text = _text(name, value)
        if text is None:
            account["properties"].pop(name, None)
        else:
            account["properties"][name] = text
    removed, added = request.members.get("removeTags", []), request.members.get("addTags", [])
    kept = [tag for tag in account["tags"] if tag not in removed]
    account["tags"] = list(dict.fromkeys([*kept, *added]))
    account_changed(state, account)
    return Reply(shown_account(state, account))


@orderingstack.operation("message")
def confirm_message(state: State, request: Request) -> Reply:
    """Mark a campaign's message as received; the account moves on to the next state (OC-20)."""
    return _confirm(state, request, "MESSAGE")


@orderingstack.operation("coupon")
def confirm_coupon(state: State, request: Request) -> Reply:
    """Mark a campaign's coupon as received; the account moves on and keeps the coupon (OC-34)."""
    return _confirm(state, request, "COUPON")


def _confirm(state: State, request: Request, kind: str) -> Reply:
    account = own_account(state, request)
    campaign = find_campaign(state, tenant_of(request), request.path["campaign"])
    position = position_of(state, campaign, account["id"])
    if position is None:
        raise not_found("campaign of this account", campaign["id"])
    if not is_active(state, campaign):
        raise conflict("campaign_not_running", "The campaign does not run now.")
    if position["finished"]:
        raise conflict("campaign_finished", "The account has gone through the campaign.")
    if kind_of(state_of(campaign, position)) not in (kind, ""):
        raise conflict(
            "other_state", f"The account is in the state {position['state']!r}, which waits for something else."
        )
    count(state, campaign, "messages" if kind == "MESSAGE" else "couponsConfirmed")
    move_on(state, campaign, position, account)
    return Reply(_shown_position(position))


def _shown_position(position: Document) -> Document:
    return {"id": position["campaign"], "state": position["state"], "finished": position["finished"]}


def _text(name: str, value: JSON) -> str | None:
    """Write a property as text, as an account has it; null removes one."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    raise _not_plain(name)


def _not_plain(name: str) -> Refused:
    return bad_request(f"properties: {name[:64]!r} is neither text nor a number.")
