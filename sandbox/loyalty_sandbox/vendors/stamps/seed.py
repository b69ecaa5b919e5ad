"""The first state: merchants, stores and members; ids are chosen so that the vendor's printed calls give the printed answers."""

from __future__ import annotations

from ...core.documents import Document
from ...core.state import State
from ...core.tokens import keep_token
from .base import ACCESS_TOKEN, MERCHANT_TOKEN, OTHER_TOKEN, STATIC_TOKEN, STORE_TOKEN, stamps
from .handlers import add_award
from .ledger import BALANCE, REDEMPTION, log, spend
from .members import add_member
from .rewards import FLEXIBLE, VOUCHER_REWARD
from .sales import keep_earned

MERCHANT, OTHER_MERCHANT = 1, 2
_NUMBER = {"type": "integer", "minimum": 1}
_TEXT = {"type": "string", "minLength": 1}
_MEMBERS: Document = {"email": _TEXT, "id": _NUMBER, "membership_id": _NUMBER, "merchant": _NUMBER, "created": _TEXT}
_MEMBERS |= {"member_ids": {"type": "array", "items": _TEXT}, "referral_code": _TEXT, "is_blocked": {"type": "boolean"}}
_MEMBERS |= {"stamps": {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}, "name": _TEXT, "phone": _TEXT}
_CUSTOMER = {"type": "object", "required": ["email"], "properties": _MEMBERS, "additionalProperties": False}


@stamps.seed
def fill(state: State) -> None:
    """Make two merchants that share nothing, with stores, members and tokens."""
    for merchant, store in ((MERCHANT, 2), (OTHER_MERCHANT, 9)):
        state.collection("stores").put(store, {"id": store, "merchant_id": merchant})
    for secret, scheme, merchant in (
        (STATIC_TOKEN, "staticToken", MERCHANT),
        (STORE_TOKEN, "storeToken", MERCHANT),
        (MERCHANT_TOKEN, "merchantToken", MERCHANT),
        (ACCESS_TOKEN, "bearerToken", MERCHANT),
        (OTHER_TOKEN, "staticToken", OTHER_MERCHANT),
    ):
        keep_token(state, secret, schemes=[scheme], claims={"merchant_id": merchant}, credential=f"merchant {merchant}")
    sample = {"referral_code": "JJ3X1", "created": "2022-03-31"}
    ada = {"email": "ada@example.com", "id": 2001, "membership_id": 2000, "member_ids": ["MEMBER-0001"], "stamps": 100}
    for customer in (
        {"email": "customer@stamps.co.id", "id": 114807, "membership_id": 114806, "stamps": 8},
        {"email": "member@example.com", "id": 1865, "membership_id": 1864, "stamps": 8, **sample},
        {**ada, "name": "Ada Lovelace", "phone": "+442079460000"},
        {"email": "blocked@example.com", "id": 2003, "membership_id": 2002, "stamps": 5, "is_blocked": True},
    ):
        add_customer(state, customer)
    _fill_offers(state)
    _fill_past(state)


@stamps.hook("customer", _CUSTOMER)
def add_customer(state: State, body: Document) -> Document:
    """Make a customer with a membership and an opening balance."""
    membership, user = add_member(state, {"merchant": MERCHANT, **body})
    user |= {name: body[name] for name in ("name", "phone") if name in body}
    state.collection("users").put(user["id"], user)
    for member_id in body.get("member_ids", []):
        state.collection("member_ids").put(member_id, {"member_id": member_id, "user_id": user["id"]})
    if body.get("stamps"):
        add_award(state, membership, body["stamps"], store=None, notes="opening balance")
    return {"user": user["id"], "membership": membership["id"], "stamps": membership["stamps"]}


def _fill_offers(state: State) -> None:
    """Make three rewards, a template, and two vouchers: VOUCHER-1 is anybody's, CODE-1 is Ada's."""
    for number, code, name, kind, price in (
        (6, "CODE-1", "One espresso", 1, 2),
        (7, "HALF", "Half price", VOUCHER_REWARD, 20),
        (8, "FLEX", "Any amount", FLEXIBLE, 1),
    ):
        reward: Document = {"id": number, "code": code, "name": name, "type": kind, "stamps_to_redeem": price}
        state.collection("rewards").put(number, {**reward, "merchant_id": MERCHANT, "template": 3})
    state.collection("templates").put(3, {"id": 3, "name": "Half price", "type": 2, "merchant_id": MERCHANT})
    for number, code, owner in ((9, "VOUCHER-1", None), (10, "CODE-1", 2001)):
        voucher: Document = {
            "id": number,
            "code": code,
            "template": 3,
            "user_id": owner,
            "quantity": 5,
            "value": 50_000,
        }
        voucher |= {"is_active": True, "notes": "", "start_date": "2001-01-01", "end_date": "2099-12-31"}
        state.collection("vouchers").put(number, voucher)


def _fill_past(state: State) -> None:
    """Make a member with a sale, a redemption and a change of the balance, under the ids of the spec's examples."""
    add_customer(
        state, {"email": "grace@example.com", "id": 2005, "membership_id": 2004, "stamps": 10, "name": "Grace"}
    )
    membership: Document = state.collection("memberships").get(2004) or {}
    sale: Document = {
        "id": 101,
        "merchant_id": MERCHANT,
        "store_id": 2,
        "invoice_number": "POS-0001",
        "day": "2026-02-01",
    }
    sale |= {"created": 1769904000, "total_value": 50_000, "number_of_people": 2, "payments": []}
    sale["items"] = [{"product_name": "Espresso", "quantity": 2, "subtotal": 50_000}]
    keep_earned(state, membership, sale, 5)
    state.collection("transactions").put(101, sale)
    spend(state, membership, 2)
    number = log(state, membership, REDEMPTION, redemption={"stamps": 2, "name": "One espresso", "status": 1})
    redemption: Document = {
        "id": 101,
        "reward": "One espresso",
        "status": "Created",
        "stamps_used": 2,
        "activity": number,
    }
    state.collection("redemptions").put(101, {**redemption, "membership_id": 2004, "made": [], "used": []})
    membership["balance"] = 1000
    state.collection("memberships").put(2004, membership)
    number = log(
        state, membership, BALANCE, balance_update={"transaction_number": "BAL-2", "amount": 1000, "status": 1}
    )
    update: Document = {"id": 2, "membership_id": 2004, "change": 1000, "status": "Created", "activity": number}
    state.collection("balance_updates").put(2, update)
