"""Transactions: added, completed, changed, cancelled, previewed and listed. How many stamps a sale earns is the sandbox's own rule."""

from __future__ import annotations

from ...core.clock import parse_time
from ...core.documents import JSON, Document
from ...core.exchange import Refusal, Reply
from .calls import Call, operation
from .errors import failure
from .ledger import CANCELED, CREATED, OPEN, TRANSACTION, Member, relog, within
from .rewards import redeem_rewards
from .vouchers import issue, redeem_vouchers

PRICE = 10_000  # of one stamp
_KEPT = ("discount", "tax", "service_charge", "number_of_people", "type")
_TEXTS = {CREATED: "Created", CANCELED: "Canceled", OPEN: "Open"}


@operation("previewEarnings")
def preview(call: Call) -> JSON:
    """Compute what the sale would earn; nothing is stored."""
    call.store()
    if "user" in call.given:
        call.member()
    return {"stamps": _earned(call.given)}


@operation("addTransaction")
def add(call: Call) -> JSON:
    """Add a sale; without a customer it is open and earns nobody anything."""
    return _answer(*_add(call))


@operation("addTransactionWithRedemptions")
def add_with_redemptions(call: Call) -> JSON:
    """Redeem first, then add the sale, then issue; all of it or nothing."""
    body = call.given
    rewards, codes = body.get("reward_redemptions"), body.get("voucher_redemptions")
    wanted = body.get("issue_voucher")
    if (rewards or codes or wanted) and "user" not in body:
        raise failure("user", "Without a customer nothing can be redeemed or issued.", "required")
    if rewards:
        redeem_rewards(call, call.member(), rewards)
    if codes:
        redeem_vouchers(call.member(), [each["voucher_code"] for each in codes])
    sale, member = _add(call)
    issued = issue(member, wanted["template_id"], value=wanted.get("value")) if member and wanted else None
    return _answer(sale, member) | ({"issued_voucher": issued} if issued else {})


@operation("addOrUpdateTransaction")
def add_or_update(call: Call) -> JSON:
    """Complete the items of a sale that has none, or add it; on which day it was is looked at where a time is sent."""
    body, names = call.given, {"store_id": call.given["store"], "invoice_number": call.given["invoice_number"]}
    day = body["created"][:10] if "created" in body else None
    sales = call.state.collection("transactions").find(merchant_id=call.merchant, **names)
    sale = next((each for each in reversed(sales) if day in (None, each["day"])), None)
    if sale is None:
        missing = [name for name in ("total_value", "number_of_people", "created") if name not in body]
        if missing:
            raise failure(missing[0], "There is no such transaction, so it is needed to add one.", "required")
        return add(call)
    if sale["items"]:
        raise failure("invoice_number", "The items of this transaction are complete.", "invalid")
    if sum(each.get("subtotal", each.get("price", 0)) for each in body["items"]) != sale["value"]:
        detail = "The items do not sum up to the value of the transaction."
        body = {"error_code": "invalid_total_item_price", "detail": detail}
        raise Refusal("refused", reply=Reply(body, status=400))
    return _keep(call, {**sale, "items": body["items"]})


@operation("cancelTransaction")
def cancel(call: Call) -> JSON:
    """Take back what the sale has earned; the day is the one of its time as it was sent."""
    names = {"invoice_number": call.given["invoice_number"], "day": call.given["date"]}
    sale = call.state.collection("transactions").first(merchant_id=call.merchant, **names)
    if sale is None:
        raise Refusal("not-found")
    if sale["status"] == CANCELED:
        raise failure("info", "The transaction is cancelled already.", "invalid_transaction")
    member = call.owner(sale)
    if member:
        member.take_back(_lot(sale), sale["stamps_earned"], status="Canceled")
        relog(call.state, sale["activity"], status=CANCELED)
    _keep(call, sale | {"status": CANCELED})
    return _answer({**sale, "status": "Canceled"}, member)


@operation("modifyTransaction")
def modify(call: Call) -> JSON:
    """Change value and stamps in the same proportion, and the items by the quantities that are sent."""
    body, sale = call.given, _sale(call, call.given["id"])
    if sale is None:
        raise Refusal("not-found")
    if sale["status"] == CANCELED:
        raise failure("__all__", "The transaction is cancelled.", "invalid_transaction")
    known = {each["product_name"]: each for each in sale["items"]}
    for item in body["items"]:
        if item["product_name"] not in known:
            raise failure("product_name", "The transaction has no such product.", "product_not_found")
        known[item["product_name"]]["quantity"] += item["quantity"]
    value = within("total_value", sale["value"] + body["total_value"])
    member = call.owner(sale)
    if member:
        earned = int(within("total_value", sale["stamps_earned"] * value // sale["value"] if sale["value"] else 0))
        member.take_back(_lot(sale), sale["stamps_earned"] - earned)
        relog(call.state, sale["activity"], stamps=earned)
        sale["stamps_earned"] = earned
    return _keep(call, sale | {"value": value, "subtotal": (sale["subtotal"] or 0) + body["subtotal"]})


@operation("getTransactionDetails")
def details(call: Call) -> JSON:
    """Show a sale with items and payments."""
    sale = _sale(call, call.given["transaction_id"])
    if sale is None:
        raise failure("transaction_id", "There is no such transaction.", "invalid_transaction")
    more: Document = {"stamps": sale["stamps_earned"], "status": _TEXTS[sale["status"]]}
    more["items"] = [{**each, "id": at, "name": each["product_name"]} for at, each in enumerate(sale["items"], 1)]
    paid = [{**each, "payment_method_code": str(each["payment_method"])} for each in sale["payments"]]
    more["payments"] = [{**each, "id": at} for at, each in enumerate(paid, 1)]
    return {"transaction": {**sale, **more}}


@operation("listTransactions")
def list_sales(call: Call) -> JSON:
    """List a member's sales; how many a page holds is our own."""
    given = call.given
    first, last, channels = given.get("start_date", ""), given.get("end_date", "9999-12-31"), given.get("channel")
    sales = call.state.collection("transactions").find(membership_id=call.member().membership["id"])
    found = [each for each in sales if first <= each["day"] <= last]
    return [each for each in found if channels is None or each["meta"].get("channel") in channels]


def _add(call: Call) -> tuple[Document, Member | None]:
    body, state, sales = call.given, call.state, call.state.collection("transactions")
    store, day, number = call.store(), body["created"][:10], body["invoice_number"]
    if sales.first(merchant_id=call.merchant, day=day, invoice_number=number) is not None:
        raise failure("invoice_number", "The day has this number already.", "invalid")
    member = call.member() if "user" in body else None
    sale: Document = {"id": state.next_number("transaction", first=101), "merchant_id": call.merchant, "day": day}
    sale |= {"invoice_number": number, "store_id": store["id"], "store": store, "status": OPEN, "stamps_earned": 0}
    sale |= {name: body[name] for name in _KEPT if name in body}
    sale |= {"value": within("total_value", body["total_value"]), "subtotal": body.get("sub_total")}
    sale |= {"items": body.get("items") or [], "payments": body.get("payments") or []}
    sale |= {"created": int(parse_time(body["created"]).timestamp())}
    sale["meta"] = {"channel": body["channel"]} if "channel" in body else {}
    if member:
        earned = _earned(body)
        member.give(_lot(sale), earned)
        part: Document = {"stamps": earned, "name": f"Transaction {sale['id']}", "status": CREATED}
        activity = member.log(TRANSACTION, transaction={**part, "invoice_number": number}, store=store)
        sale |= {"membership_id": member.membership["id"], "status": CREATED, "stamps_earned": earned}
        sale["activity"] = activity
    sales.put(sale["id"], sale)
    return sale, member


def _earned(body: Document) -> int:
    """Compute what a sale earns: what is asked for, else what its items that count say or cost, else a stamp for every 10,000."""
    if "stamps" in body:
        return int(within("stamps", body["stamps"]))
    if not body.get("items"):
        return int(within("total_value", body["total_value"]) // PRICE)
    counted = [each for each in body["items"] if each.get("eligible_for_stamps", True)]
    own = sum(each["stamps_subtotal"] for each in counted if "stamps_subtotal" in each)
    cost = sum(each.get("subtotal", each.get("price", 0)) for each in counted if "stamps_subtotal" not in each)
    return int(within("items", own) + within("items", cost) // PRICE)


def _lot(sale: Document) -> str:
    return f"transaction {sale['id']}"


def _sale(call: Call, key: JSON) -> Document | None:
    found = call.state.collection("transactions").get(str(key))
    return found if found and found["merchant_id"] == call.merchant else None


def _keep(call: Call, sale: Document) -> JSON:
    call.state.collection("transactions").put(sale["id"], sale)
    return _answer(sale, call.owner(sale))


def _answer(sale: Document, member: Member | None) -> Document:
    return member.answer(transaction=sale) if member else {"transaction": sale}
