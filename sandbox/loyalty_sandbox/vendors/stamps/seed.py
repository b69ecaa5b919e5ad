"""The first state: merchants, stores and members; ids are chosen so that the vendor's printed calls give the printed answers."""

from __future__ import annotations

from ...documents import Document
from ...state import State
from ...tokens import keep_token
from .base import ACCESS_TOKEN, OTHER_TOKEN, STATIC_TOKEN, stamps

MERCHANT, OTHER_MERCHANT = 1, 2
_CUSTOMER = {
    "type": "object",
    "required": ["email"],
    "properties": {
        "email": {"type": "string", "minLength": 3},
        "id": {"type": "integer", "minimum": 1},
        "membership_id": {"type": "integer", "minimum": 1},
        "member_ids": {"type": "array", "items": {"type": "string"}},
        "stamps": {"type": "integer", "minimum": 0},
        "referral_code": {"type": "string"},
        "created": {"type": "string"},
        "is_blocked": {"type": "boolean"},
        "merchant": {"type": "integer"},
    },
    "additionalProperties": False,
}
_STORE = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "merchant": {"type": "integer"}},
    "additionalProperties": False,
}


@stamps.seed
def fill(state: State) -> None:
    """Make two merchants that share nothing, with stores, members and tokens."""
    for merchant, days in ((MERCHANT, 365), (OTHER_MERCHANT, None)):  # TC-05
        state.collection("merchants").put(
            merchant, {"id": merchant, "name": f"Example merchant {merchant}", "validity_days": days}
        )
    keep_token(state, STATIC_TOKEN, schemes=["staticToken"], claims={"merchant_id": MERCHANT}, credential="merchant 1")
    keep_token(
        state, ACCESS_TOKEN, schemes=["bearerToken"], claims={"merchant_id": MERCHANT}, credential="merchant 1"
    )  # TC-04
    keep_token(
        state, OTHER_TOKEN, schemes=["staticToken"], claims={"merchant_id": OTHER_MERCHANT}, credential="merchant 2"
    )
    add_store(state, {"id": 2, "name": "Example store"})
    add_store(state, {"id": 9, "name": "Store of the other merchant", "merchant": OTHER_MERCHANT})
    sample = {"referral_code": "JJ3X1", "created": "2022-03-31"}
    add_customer(state, {"email": "customer@stamps.co.id", "id": 114807, "membership_id": 114806, "stamps": 8})
    add_customer(state, {"email": "member@example.com", "id": 1865, "membership_id": 1864, "stamps": 8, **sample})
    add_customer(
        state,
        {"email": "ada@example.com", "id": 2001, "membership_id": 2000, "member_ids": ["MEMBER-0001"], "stamps": 100},
    )
    add_customer(
        state, {"email": "blocked@example.com", "id": 2003, "membership_id": 2002, "stamps": 5, "is_blocked": True}
    )


@stamps.hook("customer", _CUSTOMER)
def add_customer(state: State, body: Document) -> Document:
    """Make a customer with a membership and an opening balance."""
    users, memberships = state.collection("users"), state.collection("memberships")
    user_id = body.get("id") or state.next_number("user", first=3001)
    users.put(
        user_id,
        {
            "id": user_id,
            "email": body["email"],
            "email_key": body["email"].casefold(),
            "member_ids": body.get("member_ids", []),
        },
    )
    for member_id in body.get("member_ids", []):
        state.collection("member_ids").put(member_id, {"member_id": member_id, "user_id": user_id})
    membership_id = body.get("membership_id") or state.next_number("membership", first=5001)
    membership = {
        "id": membership_id,
        "user_id": user_id,
        "merchant_id": body.get("merchant", MERCHANT),
        "group_id": body.get("merchant", MERCHANT),
        "status": 100,
        "status_text": "Blue",
        "stamps": 0,
        "balance": 0,
        "referral_code": body.get("referral_code", f"REF{membership_id}"),
        "is_blocked": body.get("is_blocked", False),
        "created": body.get("created", state.now.date().isoformat()),
    }
    memberships.put(membership_id, membership)
    if body.get("stamps"):
        number = state.next_number("opening", first=1)
        award = {
            "id": number,
            "membership_id": membership_id,
            "number_of_stamps": body["stamps"],
            "remaining": body["stamps"],
            "open": True,
        }
        state.collection("awards").put(
            number,
            {
                **award,
                "store": None,
                "notes": "opening balance",
                "expires_on": None,
                "status": "Created",
                "created": state.timestamp,
            },
        )
        memberships.put(membership_id, {**membership, "stamps": body["stamps"]})
    return {"user": user_id, "membership": membership_id, "stamps": body.get("stamps", 0)}


@stamps.hook("store", _STORE)
def add_store(state: State, body: Document) -> Document:
    """Make a store of a merchant."""
    store = {
        "id": body["id"],
        "name": body.get("name", f"Store {body['id']}"),
        "merchant_id": body.get("merchant", MERCHANT),
    }
    return state.collection("stores").put(body["id"], store)
