"""The codes of deals; deals themselves are derived from the spec."""

from __future__ import annotations

from datetime import timedelta

from ...core.clock import iso, parse_time
from ...core.exchange import invalid
from ...core.vendor import JSON, Document, Request, SandboxError, State
from . import OWNER, next_guid, own, stampede

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


@stampede.hook("code")
def add_code(state: State, body: Document) -> Document:
    """Put a code into a deal, found by its id or name; it ends with its days, or with the deal if that is earlier."""
    deal = state.collection("deal").get(body["deal"]) or state.collection("deal").first(name=body["deal"])
    if deal is None or state.collection("codes").first(code=body["code"]):
        raise SandboxError(f"There is no deal {body['deal'][:60]!r}, or there is a code {body['code'][:60]!r} already.")
    ends = [parse_time(deal["expires_at"])] if deal.get("expires_at") else []
    if deal.get("days_code_valid_for") is not None:
        ends.append(state.now + timedelta(days=min(deal["days_code_valid_for"], 36500)))
    state.collection("deal").put(deal["id"], deal | {"voucher_codes_count": deal["voucher_codes_count"] + 1})
    made: Document = {"id": next_guid(state, "code", prefix=0xE), OWNER: deal[OWNER], "voucher_id": deal["id"]}
    made |= {"code": body["code"], "sent_to_profile_id": body.get("profile_id"), **dict.fromkeys(_USES)}
    made |= {"expires_at": iso(min(ends)) if ends else None, "created_at": state.timestamp}
    return change_code(state, made, is_redeemed=False, is_revoked=False, is_revokable=True)


@stampede.hook("redemption")
def redeem_code(state: State, body: Document) -> Document:
    """Redeem a code, as the vendor's own apps do."""
    code = state.collection("codes").first(code=body["code"])
    if code is None or not code["is_revokable"]:
        raise SandboxError(f"The code {body['code'][:60]!r} is not there, revoked, or redeemed.")
    who = {"redeemed_by_profile_id": body.get("profile_id"), "redeemed_by_user_id": body.get("user_id")}
    return change_code(state, code, is_redeemed=True, redeemed_at=state.timestamp, **who)


def change_code(state: State, code: Document, **changes: JSON) -> Document:
    """Keep a code with changes; after any of them it cannot be revoked."""
    kept = {**code, "is_revokable": False, "updated_at": state.timestamp, **changes}
    return state.collection("codes").put(code["id"], kept)
