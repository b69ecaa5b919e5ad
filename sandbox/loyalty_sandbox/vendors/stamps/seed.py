"""The first state: merchants, stores and members; ids are chosen so that the vendor's printed calls give the printed answers."""

from __future__ import annotations

from ...core.documents import Document
from ...core.state import State
from .awards import add_award
from .base import MERCHANT, OTHER_MERCHANT, stamps
from .ledger import BALANCE, change, keep_redemption, log, spend
from .members import add_card, add_member
from .rewards import FLEXIBLE, VOUCHER_REWARD
from .sales import keep_earned
from .vouchers import keep_voucher

_NUMBER = {"type": "integer", "minimum": 1}
_TEXT = {"type": "string", "minLength": 1}
_MEMBERS: Document = {"email": _TEXT, "id": _NUMBER, "membership_id": _NUMBER, "merchant": _NUMBER, "created": _TEXT}
_MEMBERS |= {"member_ids": {"type": "array", "items": _TEXT}, "referral_code": _TEXT, "is_blocked": {"type": "boolean"}}
_MEMBERS |= {"stamps": {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}, "name": _TEXT, "phone": _TEXT}
_CUSTOMER = {"type": "object", "required": ["email"], "properties": _MEMBERS, "additionalProperties": False}


@stamps.seed
def fill(state: State) -> None:
    """Make two merchants that share nothing, with stores and members."""
    for merchant, number in ((MERCHANT, 2), (OTHER_MERCHANT, 9)):
        store = {"id": number, "merchant_id": merchant, "name": f"store-{number}"}
        state.collection("stores").put(number, store)
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
        add_card(state, user, member_id)
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
        reward |= {"is_active": True, "is_visible": True, "merchant_id": MERCHANT, "template": 3}
        state.collection("rewards").put(number, reward)
    state.collection("templates").put(3, {"id": 3, "name": "Half price", "type": 2, "merchant_id": MERCHANT})
    for number, code, owner in ((9, "VOUCHER-1", None), (10, "CODE-1", 2001)):
        voucher: Document = {"id": number, "code": code, "user_id": owner, "quantity": 5, "value": 50_000}
        keep_voucher(state, {**voucher, "start_date": "2001-01-01"}, 3)


def _fill_past(state: State) -> None:
    """Make a member with a sale, a redemption and a change of the balance, under the ids of the spec's examples."""
    grace = {"email": "grace@example.com", "id": 2005, "membership_id": 2004, "stamps": 10, "name": "Grace"}
    add_customer(state, grace)
    membership: Document = state.collection("memberships").get(2004) or {}
    sale: Document = {"id": 101, "merchant_id": MERCHANT, "store_id": 2, "invoice_number": "POS-0001", "value": 50_000}
    sale |= {"created": 1769904000, "day": "2026-02-01", "number_of_people": 2, "payments": [], "subtotal": None}
    sale |= {"items": [{"product_name": "Espresso", "quantity": 2, "subtotal": 50_000}], "meta": {}}
    sale["store"] = state.collection("stores").get(2)
    keep_earned(state, membership, sale, 5)
    state.collection("transactions").put(101, sale)
    spend(state, membership, 2)
    keep_redemption(state, membership, "One espresso", stamps_used=2, id=101)
    change(state, membership, balance=1000)
    part = {"transaction_number": "BAL-2", "amount": 1000, "status": 1}
    number = log(state, membership, BALANCE, balance_update=part)
    update: Document = {"id": 2, "membership_id": 2004, "change": 1000, "amount": 1000, "status": "Created"}
    state.collection("balance_updates").put(2, {**update, "activity": number})
