"""The codes of deals; deals themselves are derived from the spec."""

from __future__ import annotations

from datetime import timedelta

from ...core.vendor import JSON, Document, Request, State, invalid, iso, parse_time
from .base import OWNER, next_guid, own, stampede

_USES = ("redeemed_by_profile_id", "redeemed_by_user_id", "redeemed_at", "revoked_at")


@stampede.operation("searchCode")
def search_code(state: State, request: Request) -> JSON:
    """Find codes that hold a text, without regard to case."""
    needle = str(request.query["code"]).casefold()
    found = [code for code in own(state, request, "codes") if needle in code["code"].casefold()]
    deals = {deal["id"]: deal for deal in own(state, request, "deal")}
    return [{**code, "voucher": deals[code["voucher_id"]], "sent_to_profile_data": None} for code in found]


@stampede.operation("revokeCode")
def revoke_code(state: State, request: Request) -> JSON:
    """Take a code out of use; an unknown, redeemed or revoked one is refused."""
    for code in own(state, request, "codes", code=str(request.query["code"])):
        if not code["is_revokable"]:
            raise invalid("code", "is redeemed or revoked already", "query")
        changed = change_code(state, code, is_revoked=True, revoked_at=state.timestamp)
        return {"message": "The code is revoked.", "voucher_code": changed}
    raise invalid("code", "is not known", "query")


def make_code(state: State, deal: Document, code: str, profile_id: int | None) -> Document:
    """Put a code into a deal; it ends with its days, or with the deal if that is earlier."""
    ends = [parse_time(deal["expires_at"])] if deal.get("expires_at") else []
    if deal.get("days_code_valid_for") is not None:
        ends.append(state.now + timedelta(days=min(deal["days_code_valid_for"], 36500)))
    deal["voucher_codes_count"] = deal.get("voucher_codes_count", 0) + 1
    state.collection("deal").put(deal["id"], deal)
    made: Document = {"id": next_guid(state, "code", prefix=0xE), OWNER: deal[OWNER], "voucher_id": deal["id"]}
    made |= {"code": code, "sent_to_profile_id": profile_id, "expires_at": iso(min(ends)) if ends else None}
    made |= {**dict.fromkeys(_USES), "created_at": state.timestamp, "is_redeemed": False, "is_revoked": False}
    return change_code(state, made, is_revokable=True)


def change_code(state: State, code: Document, **changes: JSON) -> Document:
    """Keep a code with changes; after any of them it cannot be revoked."""
    kept = {**code, "is_revokable": False, "updated_at": state.timestamp, **changes}
    return state.collection("codes").put(code["id"], kept)
