"""Transactions: added, cancelled and listed. How many stamps a sale earns is the sandbox's own rule."""

from __future__ import annotations

from ...core.clock import parse_time
from ...core.vendor import JSON, Document, Refusal
from . import failure
from .calls import Call, operation
from .ledger import CANCELED, CREATED, OPEN, TRANSACTION, Member, within

PRICE = 10_000  # of one stamp, unless the call says how many it earns
_KEPT = ("discount", "tax", "service_charge", "number_of_people", "type")
_TEXTS = {CREATED: "Created", CANCELED: "Canceled", OPEN: "Open"}


@operation("previewEarnings")
def preview(call: Call) -> JSON:
    """Compute what the sale would earn; nothing is stored."""
    call.store()
    return {"stamps": _earned(call.given)}


@operation("addTransaction")
def add(call: Call) -> JSON:
    """Add a sale; without a customer it is open and earns nobody anything."""
    return _answer(*_add(call))


@operation("cancelTransaction")
def cancel(call: Call) -> JSON:
    """Take back what the sale has earned; the day is the one of its time as it was sent."""
    names = {"invoice_number": call.given["invoice_number"], "day": call.given["date"]}
    sale = call.state.collection("transactions").first(merchant_id=call.merchant, **names)
    if sale is None:
        raise Refusal("not-found")
    sale, member = (
        call.cancelled("transactions", sale, "invalid_transaction", name="info", word=CANCELED),
        call.owner(sale),
    )
    if member:
        member.spend(sale["stamps_earned"], first=f"transaction {sale['id']}")
    return _answer({**sale, "status": "Canceled"}, member)


@operation("listTransactions")
def list_sales(call: Call) -> JSON:
    """List a member's sales; how many a page holds is our own."""
    given = call.given
    first, last, channels = given.get("start_date", ""), given.get("end_date", "9999-12-31"), given.get("channel")
    sales = call.state.collection("transactions").find(membership_id=call.member().membership["id"])
    found = [each for each in sales if first <= each["day"] <= last]
    return [each for each in found if channels is None or each["meta"].get("channel") in channels]


def _add(call: Call) -> tuple[Document, Member | None]:
    body, state = call.given, call.state
    store, day, number = call.store(), body["created"][:10], body["invoice_number"]
    if state.collection("transactions").first(merchant_id=call.merchant, day=day, invoice_number=number):
        raise failure("invoice_number", "The day has this number already.")
    member = call.member() if "user" in body else None
    sale: Document = {"id": state.next_number("transaction", first=101), "merchant_id": call.merchant, "day": day}
    sale |= {"invoice_number": number, "store_id": store["id"], "store": store, "status": CREATED if member else OPEN}
    sale |= {name: body[name] for name in _KEPT if name in body}
    sale |= {"value": within("total_value", body["total_value"]), "subtotal": body.get("sub_total")}
    sale["created"] = int(parse_time(body["created"]).timestamp())
    sale |= {"items": body.get("items") or [], "payments": body.get("payments") or []}
    sale |= {"meta": {"channel": body["channel"]} if "channel" in body else {}, "stamps_earned": 0}
    if member:
        earned = _earned(body)
        member.give(f"transaction {sale['id']}", earned)
        part: Document = {"stamps": earned, "name": f"Transaction {sale['id']}", "status": CREATED}
        activity = member.log(TRANSACTION, transaction={**part, "invoice_number": number}, store=store)
        sale |= {"membership_id": member.membership["id"], "stamps_earned": earned, "activity": activity}
    return call.keep("transactions", sale), member


def _earned(body: Document) -> int:
    return int(
        within("stamps", body["stamps"]) if "stamps" in body else within("total_value", body["total_value"]) // PRICE
    )


def _answer(sale: Document, member: Member | None) -> Document:
    return member.answer(transaction=sale) if member else {"transaction": sale}
