"""Referrals: users invite others by a code, and both get a perk if the merchant has set one."""

from __future__ import annotations

from datetime import timedelta

from ...documents import Document
from ...exchange import Reply, Request
from ...problems import SandboxError
from ...state import State
from .access import caller_user, tenant_id
from .base import TENANT, new_id, pepper, timestamp
from .errors import invalid, not_found
from .events import record
from .ledger import grant
from .seed import ADMIN
from .times import read_time

_LIFETIME = timedelta(days=30)
_FIRST_CODE = 100_001
_PERKS = {
    "type": "object",
    "required": ["tenantId"],
    "properties": {name: {"type": "string"} for name in ("tenantId", "refererPerkId", "refereePerkId")},
    "additionalProperties": False,
}


@pepper.operation("createReferral")
def create_referral(state: State, request: Request) -> Reply:
    """Make a code of the caller's, good for 30 days (PC-64)."""
    user = caller_user(state, request)
    code = state.next_number("referral", first=_FIRST_CODE)
    return Reply(_make(state, user["tenantId"], user["_id"], code, new_id(state)))


@pepper.operation("claimReferral")
def claim_referral(state: State, request: Request) -> Reply:
    """Link the caller to the user who invited, and give both their perk; refuses a second claim with 422 (PC-64)."""
    referee, referrals = caller_user(state, request), state.collection("referrals")
    referral = referrals.first(tenantId=tenant_id(request), key=str(request.path["code"]))
    if referral is None:
        raise not_found("referral")
    if referral["state"] != "CREATED":
        raise invalid("The referral is claimed already.")
    if referral["expires"] <= timestamp(state):
        raise invalid("The referral has expired.")
    if referral["refererId"] == referee["_id"]:
        raise invalid("Nobody can claim an own referral.")
    if referrals.first(refereeId=referee["_id"]) is not None:
        raise invalid("The user has claimed a referral already.")
    referral = referrals.put(referral["_id"], {**referral, "refereeId": referee["_id"], "state": "CLAIMED"})
    referer = state.collection("users").get(referral["refererId"])
    _reward(state, referral, referee, "refereePerkId", "REFERAL_CLAIMED_REFEREE")
    if referer is not None and not referer["deleted"]:
        _reward(state, referral, referer, "refererPerkId", "REFERAL_CLAIMED_REFERER")
    return Reply(_shown(referral))


@pepper.hook("referral-perks", _PERKS)
def set_perks(state: State, body: Document) -> Document:
    """Set the perks that a claimed referral gives to the one who invited and to the one who came (PC-64)."""
    for name in ("refererPerkId", "refereePerkId"):
        perk = state.collection("perks").get(body.get(name, ""))
        if name in body and (perk is None or perk["tenantId"] != body["tenantId"]):
            raise SandboxError(f"{name} {body[name][:40]!r} is no perk of this tenant; create it first.")
    return state.collection("settings").put(f"referral-perks {body['tenantId']}", body)


@pepper.seed
def seed_referral(state: State) -> None:
    """Let the administrator invite by the code 123456."""
    _make(state, TENANT, ADMIN, 123_456, "0000000000000000000000b3")


def _make(state: State, tenant: str, user_id: str, code: int, key: str) -> Document:
    referral: Document = {"_id": key, "tenantId": tenant, "refererId": user_id, "code": code, "key": str(code)}
    referral |= {"state": "CREATED", "created": timestamp(state)}
    referral["expires"] = read_time((state.now + _LIFETIME).isoformat(), "expires")
    return _shown(state.collection("referrals").put(key, referral))


def _reward(state: State, referral: Document, user: Document, member: str, kind: str) -> None:
    """Grant the perk that is set, unless it is disabled meanwhile, and record the action."""
    settings = state.collection("settings").get(f"referral-perks {referral['tenantId']}") or {}
    perk = state.collection("perks").get(settings.get(member, ""))
    if perk is not None and perk["enabled"]:
        grant(state, perk, user)
    record(state, referral["tenantId"], kind, user=user, metadata={"referralId": referral["_id"]})


def _shown(referral: Document) -> Document:
    return {name: value for name, value in referral.items() if name != "key"}
