"""The first state: merchants, stores and members; ids are chosen so that the vendor's printed calls give the printed answers."""

from __future__ import annotations

from ...core.vendor import Caller, Document, Inbound, Request, State
from .awards import add_award
from .base import MERCHANT, OTHER_MERCHANT, stamps
from .members import add_card, add_member
from .rewards import FLEXIBLE, VOUCHER_REWARD
from .vouchers import keep_voucher

_NUMBER = {"type": "integer", "minimum": 1}
_TEXT = {"type": "string", "minLength": 1}
_MEMBERS: Document = dict.fromkeys(("email", "created", "referral_code", "name", "phone"), _TEXT)
_MEMBERS |= dict.fromkeys(("id", "membership_id", "merchant"), _NUMBER)
_MEMBERS |= {"member_ids": {"type": "array", "items": _TEXT}, "is_blocked": {"type": "boolean"}}
_MEMBERS |= {"stamps": {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}}
_CUSTOMER = {"type": "object", "required": ["email"], "properties": _MEMBERS, "additionalProperties": False}
_SALE = {"invoice_number": "POS-0001", "total_value": 50_000, "created": "2026-02-01T00:00:00Z", "number_of_people": 2}


@stamps.seed
def fill(state: State) -> None:
    """Make two merchants that share nothing, with stores, offers and members; one has bought, redeemed and paid in before."""
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
        {"email": "grace@example.com", "id": 2005, "membership_id": 2004, "stamps": 10, "name": "Grace"},
    ):
        add_customer(state, customer)
    _fill_offers(state)
    items = [{"product_name": "Espresso", "quantity": 2, "subtotal": 50_000}]
    for name, body in (  # the ids that they get are those of the spec's examples
        ("addTransaction", {**_SALE, "items": items}),
        ("redeemReward", {"reward": 6}),
        ("creditBalance", {"amount": 1000}),
    ):
        caller = Caller("seed", "token", {"merchant_id": MERCHANT})
        inbound = Inbound("POST", "", "", {}, b"", "")
        stamps.handlers[name](state, Request({}, {}, {"user": 2005, "store": 2, **body}, {}, caller, inbound))


@stamps.hook("customer", _CUSTOMER)
def add_customer(state: State, body: Document) -> Document:
    """Make a customer with a membership and an opening balance."""
    member = add_member(state, {"merchant": MERCHANT, **body})
    number = member.membership["id"]
    for member_id in body.get("member_ids", []):
        add_card(member, member_id)
    if body.get("stamps"):
        add_award(member, f"opening {number}", body["stamps"], "opening balance")
    return {"user": member.user["id"], "membership": number, "stamps": member.membership["stamps"]}


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
