"""Awards and deductions: stamps that are given and taken without a sale."""

from __future__ import annotations

from datetime import date

from ...core.clock import iso
from ...core.documents import JSON, Document
from ...core.exchange import Request
from ...core.state import State
from .base import stamps
from .errors import failure
from .ledger import AWARD, CANCELED, CREATED, DEDUCTION, LIMIT, log, open_lot, relog, spend, take_back
from .members import find_member, find_store, show_customer, show_membership


@stamps.operation("addStamps")
def add_stamps(state: State, request: Request) -> JSON:
    """Raise the balance by an award, and tell the customer by e-mail unless that is switched off."""
    body = request.members
    membership, user = find_member(state, request, body["user"])
    store, amount, expires_on = (
        find_store(state, request),
        _positive(body, "number_of_stamps"),
        body.get("expiration_date"),
    )
    if expires_on is not None and date.fromisoformat(expires_on) < state.now.date():
        raise failure("expiration_date", "The day is over.", "invalid")
    award = add_award(state, membership, amount, store=store["id"], notes=body.get("notes", ""), expires_on=expires_on)
    if body.get("require_email_notification", True) and user["email"]:
        state.send("email", user["email"], subject="You have new stamps", stamps=amount)
    return {"customer": show_customer(membership, user), "award": {**award, "status": None}}  # T-11: absent before


@stamps.operation("cancelAward")
def cancel(state: State, request: Request) -> JSON:
    """Lower the balance by an award, which keeps its amount and becomes `Canceled`; an extra `store` is ignored (T-02)."""
    membership, user = find_member(state, request, request.members["user"])
    award = state.collection("awards").get(request.members["id"])
    if award is None or award["membership_id"] != membership["id"]:
        raise failure("id", "There is no such award.", "invalid_award")
    if award["status"] != "Created":
        raise failure("id", f"The award is {award['status'].lower()} already.", "invalid_award")
    award = take_back(state, membership, award["id"], award["number_of_stamps"], status="Canceled")
    relog(state, award["activity"], status=CANCELED)
    return {"customer": show_customer(membership, user), "award": award}


@stamps.operation("deductStamps")
def deduct_stamps(state: State, request: Request) -> JSON:
    """Lower the balance and record the deduction with both forms of its time."""
    body = request.members
    membership, _ = find_member(state, request, body["user"])
    amount = _positive(body, "stamps")
    spend(state, membership, amount)
    number = state.next_number("deduction", first=9)
    deduction: Document = {"id": number, "stamps": amount, "notes": body["notes"], "status": CREATED}
    deduction |= {"created": iso(state.now).replace("Z", "+00:00"), "created_timestamp": int(state.now.timestamp())}
    state.collection("deductions").put(number, {**deduction, "membership_id": membership["id"]})
    log(state, membership, DEDUCTION, stamps_deduction=deduction)
    return {"membership": show_membership(membership), "stamps_deduction": deduction}


def add_award(
    state: State, membership: Document, amount: int, *, store: int | None, notes: str, expires_on: str | None = None
) -> Document:
    """Give stamps as an award."""
    number = state.next_number("award", first=1010) if store else state.next_number("opening")
    part: Document = {"stamps": amount, "name": notes, "status": CREATED}
    activity = log(state, membership, AWARD, award=part)
    more: Document = {"store": store, "notes": notes, "expires_on": expires_on, "activity": activity}
    return open_lot(state, membership, number, amount, **more)


def _positive(body: Document, name: str) -> int:
    amount = int(body[name])
    if not 1 <= amount <= LIMIT:
        raise failure(name, "The number must be 1 or more, and no more than a till can need.", "invalid")
    return amount
