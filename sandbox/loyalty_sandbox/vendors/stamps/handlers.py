"""The three calls of the effective spec."""

from __future__ import annotations

from datetime import date

from ...core.clock import iso
from ...core.documents import Document
from ...core.exchange import Reply, Request
from ...core.state import State
from .base import stamps
from .errors import HEADERS, failure
from .ledger import cancel_award, deduct, expire_awards, open_award

stamps.tickers.append(expire_awards)
_MEMBERSHIP = ("id", "group_id", "status", "status_text", "stamps", "balance", "referral_code", "is_blocked", "created")


@stamps.operation("addStamps")
def add_stamps(state: State, request: Request) -> Reply:
    """Raise the balance by an award, and tell the customer by e-mail unless that is switched off."""
    body = request.members
    membership, user = _member(state, request)
    store = state.collection("stores").get(body["store"])
    if store is None or store["merchant_id"] != membership["merchant_id"]:
        raise failure("store", "There is no such store.", "invalid_store")
    amount = _positive(body, "number_of_stamps")
    expires_on = body.get("expiration_date")
    if expires_on is not None and date.fromisoformat(expires_on) < state.now.date():
        raise failure("expiration_date", "The day is over.", "invalid")
    award = open_award(state, membership, amount, store=store["id"], notes=body.get("notes", ""), expires_on=expires_on)
    if body.get("require_email_notification", True):
        state.send("email", user["email"], subject="You have new stamps", stamps=amount)
    return _award_reply(membership, award)


@stamps.operation("cancelAward")
def cancel(state: State, request: Request) -> Reply:
    """Lower the balance by an award, which keeps its amount and becomes `Canceled`; an extra `store` is ignored (T-02)."""
    membership, _ = _member(state, request)
    award = state.collection("awards").get(request.members["id"])
    if award is None or award["membership_id"] != membership["id"]:
        raise failure("id", "There is no such award.", "invalid_award")
    if award["status"] != "Created":
        raise failure("id", f"The award is {award['status'].lower()} already.", "invalid_award")
    if membership["stamps"] < award["number_of_stamps"]:
        raise failure("info", "The customer has fewer stamps than the award.", "invalid_data")
    cancel_award(state, membership, award)
    return _award_reply(membership, award)


@stamps.operation("deductStamps")
def deduct_stamps(state: State, request: Request) -> Reply:
    """Lower the balance and record the deduction with both forms of its time."""
    body = request.members
    membership, _ = _member(state, request)
    amount = _positive(body, "stamps")
    if membership["stamps"] < amount:
        raise failure("info", "The customer has fewer stamps than that.", "invalid_data")
    deduct(state, membership, amount)
    number = state.next_number("deduction", first=9)
    deduction: Document = {"id": number, "stamps": amount, "notes": body["notes"], "status": 1}
    deduction |= {"created": iso(state.now).replace("Z", "+00:00"), "created_timestamp": int(state.now.timestamp())}
    state.collection("deductions").put(number, {**deduction, "membership_id": membership["id"]})
    shown = {name: membership[name] for name in _MEMBERSHIP}
    return Reply({"membership": shown, "stamps_deduction": deduction}, headers=HEADERS)


def _member(state: State, request: Request) -> tuple[Document, Document]:
    """Find the customer's membership with the merchant of the token; text is an e-mail address or Member ID, a number the primary key."""
    identifier = request.members["user"]
    users = state.collection("users")
    if isinstance(identifier, str):
        card = state.collection("member_ids").get(identifier)
        user = users.get(card["user_id"]) if card else users.first(email_key=identifier.casefold())
    else:
        user = users.get(int(identifier))
    if user is None:
        raise failure("__all__", "There is no such customer.", "invalid_data")
    membership = state.collection("memberships").first(user_id=user["id"], merchant_id=request.claims["merchant_id"])
    if membership is None:
        raise failure("__all__", "The customer is not a member here.", "user_has_no_membership")
    if membership["is_blocked"]:
        raise failure("__all__", "The membership is blocked.", "invalid_user")
    return membership, user


def _positive(body: Document, name: str) -> int:
    amount = int(body[name])
    if amount < 1:
        raise failure(name, "The number must be 1 or more.", "invalid")
    return amount


def _award_reply(membership: Document, award: Document) -> Reply:
    shown = {"id": award["id"], "number_of_stamps": award["number_of_stamps"]}
    if award["status"] == "Canceled":
        shown["status"] = "Canceled"  # T-11: absent before
    customer = {"id": membership["user_id"], "stamps": membership["stamps"], "status": membership["status_text"]}
    return Reply({"customer": customer, "award": shown}, headers=HEADERS)
