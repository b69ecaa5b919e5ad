"""Awards and deductions: stamps that are given and taken without a sale."""

from __future__ import annotations

from datetime import date

from ...core.clock import iso
from ...core.vendor import JSON, Document
from . import failure
from .calls import Call, operation
from .ledger import AWARD, CREATED, DEDUCTION, Member, within


@operation("addStamps")
def add_stamps(call: Call) -> JSON:
    """Raise the balance by an award, and tell the customer by e-mail unless that is switched off."""
    body, state, member = call.given, call.state, call.member()
    call.store()
    amount, expires_on = int(within("number_of_stamps", body["number_of_stamps"], least=1)), body.get("expiration_date")
    if expires_on is not None and date.fromisoformat(expires_on) < state.now.date():
        raise failure("expiration_date", "The day is over.")
    award = add_award(member, state.next_number("award", first=1010), amount, body.get("notes", ""), expires_on)
    if body.get("require_email_notification", True) and member.user["email"]:
        message: Document = {
            "id": state.next_number("$message"),
            "at": state.timestamp,
            "kind": "email",
            "stamps": amount,
        }
        call.keep("$outbox", message | {"to": member.user["email"], "subject": "You have new stamps"})
    return member.answer(award={**award, "status": None})  # T-11: absent before


@operation("cancelAward")
def cancel(call: Call) -> JSON:
    """Lower the balance by an award, which keeps its amount and becomes `Canceled`; an extra `store` is ignored (T-02)."""
    member = call.member()
    award = call.state.collection("awards").get(call.given["id"])
    if award is None or award["membership_id"] != member.membership["id"]:
        raise failure("id", "There is no such award.", "invalid_award")
    member.spend(award["number_of_stamps"], first=award["id"])
    kept = call.state.collection("awards").get(award["id"]) or {}
    return member.answer(award=call.cancelled("awards", kept, "invalid_award"))


@operation("deductStamps")
def deduct_stamps(call: Call) -> JSON:
    """Lower the balance and record the deduction with both forms of its time."""
    body, state, member = call.given, call.state, call.member()
    amount = int(within("stamps", body["stamps"], least=1))
    member.spend(amount)
    number = state.next_number("deduction", first=9)
    deduction: Document = {"id": number, "stamps": amount, "notes": body["notes"], "status": CREATED}
    deduction |= {"created": iso(state.now).replace("Z", "+00:00"), "created_timestamp": int(state.now.timestamp())}
    call.keep("deductions", {**deduction, "membership_id": member.membership["id"]})
    member.log(DEDUCTION, stamps_deduction=deduction)
    return member.answer(stamps_deduction=deduction)


def add_award(member: Member, key: str | int, amount: int, notes: str, expires_on: str | None = None) -> Document:
    """Give stamps as an award."""
    activity = member.log(AWARD, award={"stamps": amount, "name": notes, "status": CREATED})
    return member.give(key, amount, notes=notes, expires_on=expires_on, activity=activity)
