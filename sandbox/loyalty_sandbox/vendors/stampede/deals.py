"""Deals and their codes."""

from __future__ import annotations

from datetime import timedelta

from ...core.clock import iso, parse_time
from ...core.documents import JSON, Document
from ...core.exchange import Request, invalid
from ...core.state import State
from .base import organisation_id, own_all, stampede

_DEAL = ("description", "cash_value_amount", "cash_value_currency", "days_code_valid_for")
_USES = ("redeemed_by_profile_id", "redeemed_by_user_id", "redeemed_at", "revoked_at")


@stampede.operation("listDeals")
def list_deals(state: State, request: Request) -> JSON:
    """List the organisation's deals."""
    return [_shown(state, deal) for deal in own_all(state, request, "deals")]


@stampede.operation("createDeal")
def create_deal(state: State, request: Request) -> JSON:
    """Create a deal without codes; it is active unless the request says otherwise."""
    body, now = request.members, state.timestamp
    ends = body.get("expires_at")
    deal: Document = {"id": state.next_guid("deal", prefix=0xD), "organization_id": organisation_id(request)}
    deal |= {"active": body.get("active", True), "name": body["name"], **{name: body.get(name) for name in _DEAL}}
    deal |= {"expires_at": iso(parse_time(ends)) if ends else None, "created_at": now, "updated_at": now}
    state.collection("deals").put(deal["id"], deal)
    return {"message": "The deal is created.", "voucher": _shown(state, deal)}


@stampede.operation("searchCode")
def search_code(state: State, request: Request) -> JSON:
    """Find codes that hold a text, without regard to case."""
    needle = str(request.query["code"]).casefold()
    found = [code for code in own_all(state, request, "codes") if needle in code["code"].casefold()]
    deals = {deal["id"]: _shown(state, deal) for deal in own_all(state, request, "deals")}
    return [{**code, "voucher": deals[code["voucher_id"]], "sent_to_profile_data": None} for code in found]


@stampede.operation("revokeCode")
def revoke_code(state: State, request: Request) -> JSON:
    """Take a code out of use; an unknown, redeemed or revoked one is refused."""
    codes = state.collection("codes")
    code = codes.first(organization_id=organisation_id(request), code=str(request.query["code"]))
    if code is None:
        raise invalid("code", "is not known", "query")
    if not code["is_revokable"]:
        raise invalid("code", "is redeemed or revoked already", "query")
    code |= {"is_revoked": True, "is_revokable": False, "revoked_at": state.timestamp, "updated_at": state.timestamp}
    codes.put(code["id"], code)
    return {"message": "The code is revoked.", "voucher_code": code}


def make_code(state: State, deal: Document, code: str, profile_id: int | None) -> Document:
    """Put a code into a deal; it ends with its days, or with the deal if that is earlier."""
    ends = [parse_time(deal["expires_at"])] if deal["expires_at"] else []
    if deal["days_code_valid_for"] is not None:
        ends.append(state.now + timedelta(days=min(deal["days_code_valid_for"], 36500)))
    made: Document = {"id": state.next_guid("code", prefix=0xE), "organization_id": deal["organization_id"]}
    made |= {"voucher_id": deal["id"], "code": code, "sent_to_profile_id": profile_id, **dict.fromkeys(_USES)}
    made |= {"is_redeemed": False, "is_revoked": False, "is_revokable": True}
    made |= {"expires_at": iso(min(ends)) if ends else None}
    made |= {"created_at": state.timestamp, "updated_at": state.timestamp}
    return state.collection("codes").put(made["id"], made)


def _shown(state: State, deal: Document) -> Document:
    return {**deal, "voucher_codes_count": len(state.collection("codes").find(voucher_id=deal["id"]))}
