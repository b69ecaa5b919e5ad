"""The first state: merchants, stores and members; ids are chosen so that the vendor's printed calls give the printed answers."""

from __future__ import annotations

from ...core.documents import Document
from ...core.state import State
from ...core.tokens import keep_token
from .base import ACCESS_TOKEN, OTHER_TOKEN, STATIC_TOKEN, stamps

MERCHANT, OTHER_MERCHANT = 1, 2
_NUMBER = {"type": "integer", "minimum": 1}
_TEXT = {"type": "string", "minLength": 1}
_MEMBERS: Document = {"email": _TEXT, "id": _NUMBER, "membership_id": _NUMBER, "merchant": _NUMBER, "created": _TEXT}
_MEMBERS |= {
    "member_ids": {"type": "array", "items": _TEXT},
    "stamps": {"type": "integer", "minimum": 0, "maximum": 1_000_000_000},
}
_MEMBERS |= {"referral_code": _TEXT, "is_blocked": {"type": "boolean"}}
_CUSTOMER = {"type": "object", "required": ["email"], "properties": _MEMBERS, "additionalProperties": False}


@stamps.seed
def fill(state: State) -> None:
    """Make two merchants that share nothing, with stores, members and tokens; the first one's stamps are valid for a year."""
    for merchant, days, store in ((MERCHANT, 365, 2), (OTHER_MERCHANT, None, 9)):
        state.collection("merchants").put(merchant, {"id": merchant, "validity_days": days})
        state.collection("stores").put(store, {"id": store, "merchant_id": merchant})
    for secret, scheme, merchant in (
        (STATIC_TOKEN, "staticToken", MERCHANT),
        (ACCESS_TOKEN, "bearerToken", MERCHANT),
        (OTHER_TOKEN, "staticToken", OTHER_MERCHANT),
    ):
        keep_token(state, secret, schemes=[scheme], claims={"merchant_id": merchant}, credential=f"merchant {merchant}")
    sample = {"referral_code": "JJ3X1", "created": "2022-03-31"}
    for customer in (
        {"email": "customer@stamps.co.id", "id": 114807, "membership_id": 114806, "stamps": 8},
        {"email": "member@example.com", "id": 1865, "membership_id": 1864, "stamps": 8, **sample},
        {"email": "ada@example.com", "id": 2001, "membership_id": 2000, "member_ids": ["MEMBER-0001"], "stamps": 100},
        {"email": "blocked@example.com", "id": 2003, "membership_id": 2002, "stamps": 5, "is_blocked": True},
    ):
        add_customer(state, customer)


@stamps.hook("customer", _CUSTOMER)
def add_customer(state: State, body: Document) -> Document:
    """Make a customer with a membership and an opening balance."""
    user_id = body.get("id") or state.next_number("user", first=3001)
    user = {"id": user_id, "email": body["email"], "email_key": body["email"].casefold()}
    state.collection("users").put(user_id, user)
    for member_id in body.get("member_ids", []):
        state.collection("member_ids").put(member_id, {"member_id": member_id, "user_id": user_id})
    number, merchant = (
        body.get("membership_id") or state.next_number("membership", first=5001),
        body.get("merchant", MERCHANT),
    )
    membership: Document = {
        "id": number,
        "user_id": user_id,
        "merchant_id": merchant,
        "group_id": merchant,
        "balance": 0,
    }
    membership |= {"status": 100, "status_text": "Blue", "stamps": body.get("stamps", 0)}
    membership |= {
        "referral_code": body.get("referral_code", f"REF{number}"),
        "is_blocked": body.get("is_blocked", False),
    }
    membership["created"] = body.get("created", state.now.date().isoformat())
    state.collection("memberships").put(number, membership)
    if body.get("stamps"):
        award: Document = {
            "id": state.next_number("opening"),
            "membership_id": number,
            "status": "Created",
            "open": True,
        }
        award |= {"number_of_stamps": body["stamps"], "remaining": body["stamps"], "store": None, "expires_on": None}
        state.collection("awards").put(award["id"], {**award, "notes": "opening balance", "created": state.timestamp})
    return {"user": user_id, "membership": number, "stamps": body.get("stamps", 0)}
