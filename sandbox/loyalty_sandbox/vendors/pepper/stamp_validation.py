"""Pressing a stamp on a screen: a nonce of 120 seconds, then an impression that is checked and acted on."""

from __future__ import annotations

import hashlib

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import caller_user, find_own, tenant_id
from .base import new_id, pepper, timestamp
from .errors import invalid
from .impressions import decrypt, is_like, read_points
from .ledger import award_of, grant, redeem
from .people import age

_LIFETIME = 120.0  # seconds


@pepper.operation("createStampNonce")
def create_nonce(state: State, request: Request) -> Reply:
    """Make a nonce for the caller, and the key for one impression (PC-65)."""
    user = caller_user(state, request)
    number = new_id(state)
    key = hashlib.sha256(f"example stamp key {number}".encode()).hexdigest()
    nonce: Document = {"_id": f"example-nonce-{number}", "userId": user["_id"], "created": timestamp(state)}
    state.collection("nonces").put(nonce["_id"], {**nonce, "key": key})
    return Reply({"nonce": nonce["_id"], "key": key})


@pepper.operation("validateStampImpression")
def validate(state: State, request: Request) -> Reply:
    """Check an impression against the caller's open nonces and the tenant's imprints, and do what the stamp is for (PC-67)."""
    user = caller_user(state, request)
    points = _use_nonce(state, user, request.members.get("impression", ""))
    stamps = state.collection("stamps").find(tenantId=tenant_id(request))
    pressed = [stamp for stamp in stamps if any(is_like(points, read_points(known)) for known in stamp["imprints"])]
    if len(pressed) != 1:
        raise invalid("The impression is not that of one stamp.")
    stamp = pressed[0]
    location = find_own(state, request, "locations", stamp["locationId"])
    kind = _wanted(stamp, request.members.get("effect"))
    effect = stamp["effects"][kind] if isinstance(stamp["effects"][kind], dict) else {}
    result: Document = {"stampId": stamp["stampId"], "effect": kind}
    if kind in ("grantPerk", "redeemPerk"):
        perk = find_own(state, request, "perks", effect.get("perkId"))
        if perk is None:
            raise invalid("The stamp's perk is not there.")
        if kind == "grantPerk":
            award = grant(state, perk, user, points=effect.get("points"), location=location)
        else:
            award = award_of(state, perk, user) or {"points": {"available": 0}}
            redeem(state, award, effect.get("points"), user=user, location=location)
        result |= {"awardId": award["_id"], "points": award["points"]}
    return Reply({"result": result})


@pepper.before_request
def forget_nonces(state: State) -> None:
    """Forget nonces after 120 seconds."""
    nonces = state.collection("nonces")
    while (oldest := nonces.first()) is not None and age(state, oldest["created"]) >= _LIFETIME:
        nonces.delete(oldest["_id"])


def _use_nonce(state: State, user: Document, impression: str) -> list[list[float]]:
    """Decrypt an impression with the key of a nonce, use the nonce up, and return the points."""
    for nonce in state.collection("nonces").find(userId=user["_id"]):
        content = decrypt(nonce["key"], impression)
        if content is not None and content.get("nonce") == nonce["_id"]:
            state.collection("nonces").delete(nonce["_id"])
            return read_points(content.get("points"))
    raise invalid("The impression cannot be decrypted, or its nonce is used or older than 120 seconds.")


def _wanted(stamp: Document, effect: Document | None) -> str:
    """Choose the effect: the one that the request names, or the only one of the stamp (PC-67)."""
    names = [str(name) for name in (stamp["effects"] if effect is None else effect)]
    if len(names) != 1 or names[0] not in stamp["effects"]:
        raise invalid("effect must name one effect of the stamp.")
    return names[0]
