"""The first state: merchants, stores and members; ids are chosen so that the vendor's printed calls give the printed answers."""

from __future__ import annotations

from ...core.documents import Document
from ...core.state import State
from ...core.tokens import keep_token
from .base import ACCESS_TOKEN, OTHER_TOKEN, STATIC_TOKEN, stamps
from .ledger import keep_award

MERCHANT, OTHER_MERCHANT = 1, 2
_NUMBER = {"type": "integer", "minimum": 1}
_TEXT = {"type": "string", "minLength": 1}
_MEMBERS: Document = {"email": _TEXT, "id": _NUMBER, "membership_id": _NUMBER, "merchant": _NUMBER, "created": _TEXT}
_MEMBERS |= {"member_ids": {"type": "array", "items": _TEXT}, "referral_code": _TEXT, "is_blocked": {"type": "boolean"}}
_MEMBERS |= {"stamps": {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}}
_CUSTOMER = {"type": "object", "required": ["email"], "properties": _MEMBERS, "additionalProperties": False}


@stamps.seed
def fill(state: State) -> None:
    """Make two merchants that share nothing, with stores, members and tokens."""
    for merchant, store in ((MERCHANT, 2), (OTHER_MERCHANT, 9)):
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
    number = body.get("membership_id") or state.next_number("membership", first=5001)
    merchant, balance = body.get("merchant", MERCHANT), body.get("stamps", 0)
    membership: Document = {"id": number, "user_id": user_id, "merchant_id": merchant, "group_id": merchant}
    membership |= {"balance": 0, "status": 100, "status_text": "Blue", "stamps": balance}
    membership |= {"referral_code": f"REF{number}", "is_blocked": False, "created": state.now.date().isoformat()}
    membership |= {name: body[name] for name in ("referral_code", "is_blocked", "created") if name in body}
    state.collection("memberships").put(number, membership)
    if balance:
        award: Document = {"id": state.next_number("opening"), "membership_id": number, "number_of_stamps": balance}
        keep_award(state, {**award, "store": None, "notes": "opening balance", "expires_on": None})
    return {"user": user_id, "membership": number, "stamps": balance}
