"""Deals and their codes."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from ...clock import iso, parse_time
from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .base import stampede
from .errors import invalid
from .organisation import organisation_id
from .pages import numbered_page

_CODE = (
    *("id", "voucher_id", "code", "sent_to_profile_id", "redeemed_by_profile_id", "redeemed_by_user_id", "redeemed_at"),
    *("is_redeemed", "revoked_at", "is_revoked", "is_revokable", "expires_at", "created_at", "updated_at"),
)


@stampede.operation("listDeals")
def list_deals(state: State, request: Request) -> Reply:
    """List the organisation's deals in numbered pages."""
    deals = state.collection("deals").find(organization_id=organisation_id(request))
    return Reply(numbered_page(request, deals, "/v1/deal", partial(_shown_deal, state)))


@stampede.operation("createDeal")
def create_deal(state: State, request: Request) -> Reply:
    """Create a deal without codes; it is active unless the request says otherwise (SC-17)."""
    body = request.members
    if not str(body["name"]).strip():
        raise invalid(request, "name", "must not be blank")
    expires_at = body.get("expires_at")
    deal = {
        "id": state.next_guid("deal", prefix=0xD),
        "organization_id": organisation_id(request),
        "active": body.get("active", True),
        "name": body["name"],
        "description": body.get("description"),
        "expires_at": iso(parse_time(expires_at)) if expires_at else None,
        "created_at": state.timestamp,
        "updated_at": state.timestamp,
        "cash_value_amount": body.get("cash_value_amount"),
        "cash_value_currency": body.get("cash_value_currency"),
        "days_code_valid_for": body.get("days_code_valid_for"),
    }
    state.collection("deals").put(deal["id"], deal)
    return Reply({"message": "The deal is created.", "voucher": _shown_deal(state, deal)})


@stampede.operation("searchCode")
def search_code(state: State, request: Request) -> Reply:
    """Find codes that hold a text, without regard to case (SC-18)."""
    needle = _code_text(request).casefold()
    codes = state.collection("codes").find(organization_id=organisation_id(request))
    found = [code for code in codes if needle in code["code"].casefold()]
    return Reply(numbered_page(request, found, "/v1/code/search", partial(_found_code, state)))


@stampede.operation("revokeCode")
def revoke_code(state: State, request: Request) -> Reply:
    """Take a code out of use; an unknown, redeemed or revoked one is refused with 422 (SC-19)."""
    codes = state.collection("codes")
    code = codes.first(organization_id=organisation_id(request), code=_code_text(request))
    if code is None:
        raise invalid(request, "code", "is not known")
    if not code["is_revokable"]:
        raise invalid(request, "code", "is redeemed already" if code["is_redeemed"] else "is revoked already")
    code |= {"is_revoked": True, "is_revokable": False, "revoked_at": state.timestamp, "updated_at": state.timestamp}
    codes.put(code["id"], code)
    return Reply({"message": "The code is revoked.", "voucher_code": {name: code[name] for name in _CODE}})


def make_code(state: State, deal: Document, code: str, *, profile_id: int | None) -> Document:
    """Put a code into a deal; it ends with its days, or with the deal if that is earlier (SC-20)."""
    ends = [parse_time(deal["expires_at"])] if deal["expires_at"] else []
    if deal["days_code_valid_for"] is not None:
        ends.append(_plus_days(state.now, deal["days_code_valid_for"]))
    number = state.next_guid("code", prefix=0xE)
    made = {
        "id": number,
        "organization_id": deal["organization_id"],
        "voucher_id": deal["id"],
        "code": code,
        "sent_to_profile_id": profile_id,
        "redeemed_by_profile_id": None,
        "redeemed_by_user_id": None,
        "redeemed_at": None,
        "is_redeemed": False,
        "revoked_at": None,
        "is_revoked": False,
        "is_revokable": True,
        "expires_at": iso(min(ends)) if ends else None,
        "created_at": state.timestamp,
        "updated_at": state.timestamp,
    }
    return state.collection("codes").put(number, made)


def _plus_days(moment: datetime, days: int) -> datetime:
    try:
        return moment + timedelta(days=days)
    except OverflowError:
        return datetime.max.replace(tzinfo=moment.tzinfo)


def _shown_deal(state: State, deal: Document) -> Document:
    shown = {name: value for name, value in deal.items() if name != "organization_id"}
    return {**shown, "voucher_codes_count": len(state.collection("codes").find(voucher_id=deal["id"]))}


def _found_code(state: State, code: Document) -> Document:
    """Show a code with its deal; a null that the search does not allow is left out (S-46)."""
    deal = state.collection("deals").get(code["voucher_id"])
    shown = {name: code[name] for name in _CODE}
    return {**shown, "voucher": _shown_deal(state, deal), "sent_to_profile_data": None} if deal else shown


def _code_text(request: Request) -> str:
    text = str(request.query["code"]).strip()
    if not text:
        raise invalid(request, "code", "is required")
    return text
