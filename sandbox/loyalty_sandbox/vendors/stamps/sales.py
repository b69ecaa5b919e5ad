"""Transactions: added, completed, changed, cancelled, previewed and listed. How many stamps a sale earns is the sandbox's own rule."""

from __future__ import annotations

from ...core.clock import parse_time
from ...core.documents import JSON, Document
from ...core.exchange import Refusal, Reply, Request
from ...core.state import State
from .base import stamps
from .errors import failure
from .ledger import CANCELED, CREATED, LIMIT, OPEN, TRANSACTION, log, open_lot, relog, take_back
from .members import find_asked, find_member, find_store, show_customer, show_membership
from .rewards import redeem_rewards
from .vouchers import issue, redeem_vouchers

PRICE = 10_000  # of one stamp
_KEPT = ("discount", "tax", "service_charge", "number_of_people", "type")


@stamps.operation("previewEarnings")
def preview(state: State, request: Request) -> JSON:
    """Compute what the sale would earn; nothing is stored."""
    body = request.members
    find_store(state, request)
    if "user" in body:
        find_member(state, request, body["user"])
    return {"stamps": _earned(body)}


@stamps.operation("addTransaction")
def add(state: State, request: Request) -> JSON:
    """Add a sale; without a customer it is open and earns nobody anything."""
    return _result(*_add(state, request))


@stamps.operation("addTransactionWithRedemptions")
def add_with_redemptions(state: State, request: Request) -> JSON:
    """Redeem first, then add the sale, then issue; all of it or nothing."""
    body = request.members
    if body.get("reward_redemptions") or body.get("voucher_redemptions") or "issue_voucher" in body:
        if "user" not in body:
            raise failure("user", "Without a customer nothing can be redeemed or issued.", "required")
        membership, user = find_member(state, request, body["user"])
        redeem_rewards(state, request, membership, body.get("reward_redemptions") or [])
        codes = [each["voucher_code"] for each in body.get("voucher_redemptions") or []]
        redeem_vouchers(state, membership, user, codes)
    sale, member = _add(state, request)
    shown: Document = {"transaction": sale}
    if member:
        shown["membership"] = show_membership(member[0])
        if "issue_voucher" in body:
            wanted = body["issue_voucher"]
            shown["issued_voucher"] = issue(state, member[1], wanted["template_id"], value=wanted.get("value"))
    return shown


@stamps.operation("addOrUpdateTransaction")
def add_or_update(state: State, request: Request) -> JSON:
    """Complete the items of a sale that has none, or add it; on which day it was is looked at where a time is sent."""
    body = request.members
    sales = state.collection("transactions").find(
        merchant_id=request.claims["merchant_id"], store_id=body["store"], invoice_number=body["invoice_number"]
    )
    day = body["created"][:10] if "created" in body else None
    sale = next((each for each in reversed(sales) if day in (None, each["day"])), None)
    if sale is None:
        missing = [name for name in ("total_value", "number_of_people", "created") if name not in body]
        if missing:
            raise failure(missing[0], "There is no such transaction, so it is needed to add one.", "required")
        return add(state, request)
    if sale["items"]:
        raise failure("invoice_number", "The items of this transaction are complete.", "invalid")
    total = sum(each.get("subtotal", each.get("price", 0)) for each in body["items"])
    if total != sale["value"]:
        detail = "The items do not sum up to the value of the transaction."
        raise Refusal("refused", reply=Reply({"error_code": "invalid_total_item_price", "detail": detail}, status=400))
    sale["items"] = body["items"]
    state.collection("transactions").put(sale["id"], sale)
    return _result(sale, _member_of(state, sale))


@stamps.operation("cancelTransaction")
def cancel(state: State, request: Request) -> JSON:
    """Take back what the sale has earned; the day is the one of its time as it was sent."""
    body = request.members
    sale = state.collection("transactions").first(
        merchant_id=request.claims["merchant_id"], invoice_number=body["invoice_number"], day=body["date"]
    )
    if sale is None:
        raise Refusal("not-found")
    if sale["status"] == CANCELED:
        raise failure("info", "The transaction is cancelled already.", "invalid_transaction")
    member = _member_of(state, sale)
    sale["status"] = CANCELED
    state.collection("transactions").put(sale["id"], sale)
    shown: Document = {"transaction": {**sale, "status": "Canceled"}}
    if member:
        take_back(state, member[0], _lot(sale), sale["stamps_earned"], status="Canceled")
        relog(state, sale["activity"], status=CANCELED)
        shown["membership"] = show_membership(member[0])
    return shown


@stamps.operation("modifyTransaction")
def modify(state: State, request: Request) -> JSON:
    """Change value and stamps in the same proportion, and the items by the quantities that are sent."""
    body = request.members
    sale = _sale(state, request, body["id"])
    if sale is None:
        raise Refusal("not-found")
    if sale["status"] == CANCELED:
        raise failure("__all__", "The transaction is cancelled.", "invalid_transaction")
    known = {each["product_name"]: each for each in sale["items"]}
    for item in body["items"]:
        product = known.get(item["product_name"])
        if product is None:
            raise failure("product_name", "The transaction has no such product.", "product_not_found")
        product["quantity"] = product["quantity"] + item["quantity"]
    value = _amount("total_value", sale["value"] + body["total_value"])
    earned = int(sale["stamps_earned"] * value // sale["value"]) if sale["value"] else 0
    member = _member_of(state, sale)
    if member:
        _amount("total_value", earned)
        take_back(state, member[0], _lot(sale), sale["stamps_earned"] - earned)
        sale["stamps_earned"] = earned
        relog(state, sale["activity"], stamps=earned)
    sale |= {"value": value, "subtotal": (sale["subtotal"] or 0) + body["subtotal"]}
    state.collection("transactions").put(sale["id"], sale)
    return _result(sale, member)


@stamps.operation("getTransactionDetails")
def details(state: State, request: Request) -> JSON:
    """Show a sale with items and payments."""
    sale = _sale(state, request, request.query["transaction_id"])
    if sale is None:
        raise failure("transaction_id", "There is no such transaction.", "invalid_transaction")
    items = [{**each, "id": number, "name": each["product_name"]} for number, each in enumerate(sale["items"], 1)]
    payments = [
        {**each, "id": number, "payment_method_code": str(each["payment_method"])}
        for number, each in enumerate(sale["payments"], 1)
    ]
    status = {CREATED: "Created", CANCELED: "Canceled", OPEN: "Open"}[sale["status"]]
    more: Document = {"stamps": sale["stamps_earned"], "status": status, "items": items, "payments": payments}
    return {"transaction": {**sale, **more}}


@stamps.operation("listTransactions")
def list_sales(state: State, request: Request) -> JSON:
    """List a member's sales; how many a page holds is our own."""
    query = request.query
    membership, _ = find_asked(state, request)
    first, last = str(query.get("start_date", "")), str(query.get("end_date", "9999-12-31"))
    channels = query.get("channel")
    return [
        each
        for each in state.collection("transactions").find(membership_id=membership["id"])
        if first <= each["day"] <= last and (not isinstance(channels, list) or each["meta"].get("channel") in channels)
    ]


def _add(state: State, request: Request) -> tuple[Document, tuple[Document, Document] | None]:
    body, merchant = request.members, request.claims["merchant_id"]
    store, moment, day = find_store(state, request), parse_time(body["created"]), body["created"][:10]
    sales = state.collection("transactions")
    if sales.first(merchant_id=merchant, day=day, invoice_number=body["invoice_number"]) is not None:
        raise failure("invoice_number", "The day has this number already.", "invalid")
    member = find_member(state, request, body["user"]) if "user" in body else None
    sale: Document = {"id": state.next_number("transaction", first=1001), "merchant_id": merchant, "day": day}
    sale |= {"invoice_number": body["invoice_number"], "store_id": store["id"], "created": int(moment.timestamp())}
    sale |= {name: body[name] for name in _KEPT if name in body}
    sale |= {"value": _amount("total_value", body["total_value"]), "subtotal": body.get("sub_total")}
    sale |= {"items": body.get("items") or [], "payments": body.get("payments") or []}
    sale |= {"status": OPEN, "stamps_earned": 0, "store": store}
    sale["meta"] = {"channel": body["channel"]} if "channel" in body else {}
    if member:
        keep_earned(state, member[0], sale, _earned(body))
    sales.put(sale["id"], sale)
    return sale, member


def keep_earned(state: State, membership: Document, sale: Document, earned: int) -> None:
    """Give the customer what a sale earns, and note it in the sale."""
    open_lot(state, membership, _lot(sale), earned)
    part: Document = {"stamps": earned, "name": f"Transaction {sale['id']}", "status": CREATED}
    part["invoice_number"] = sale["invoice_number"]
    number = log(state, membership, TRANSACTION, transaction=part, store=sale["store"])
    sale |= {"membership_id": membership["id"], "status": CREATED, "stamps_earned": earned, "activity": number}


def _lot(sale: Document) -> str:
    return f"transaction {sale['id']}"


def _earned(body: Document) -> int:
    """Compute what a sale earns: what is asked for, else what its items that count say or cost, else a stamp for every 10,000."""
    if "stamps" in body:
        return int(_amount("stamps", body["stamps"]))
    if not body.get("items"):
        return int(_amount("total_value", body["total_value"]) // PRICE)
    counted = [each for each in body["items"] if each.get("eligible_for_stamps", True)]
    own = sum(each["stamps_subtotal"] for each in counted if "stamps_subtotal" in each)
    cost = sum(each.get("subtotal", each.get("price", 0)) for each in counted if "stamps_subtotal" not in each)
    return int(_amount("items", own) + _amount("items", cost) // PRICE)


def _amount(name: str, value: float) -> float:
    if not 0 <= value <= LIMIT:
        raise failure(name, "The number must not be negative, nor larger than a till can need.", "invalid")
    return value


def _member_of(state: State, sale: Document) -> tuple[Document, Document] | None:
    membership = state.collection("memberships").get(sale.get("membership_id", ""))
    user = state.collection("users").get(membership["user_id"]) if membership else None
    return (membership, user) if membership and user else None


def _sale(state: State, request: Request, key: JSON) -> Document | None:
    found = state.collection("transactions").get(str(key))
    return found if found and found["merchant_id"] == request.claims["merchant_id"] else None


def _result(sale: Document, member: tuple[Document, Document] | None) -> JSON:
    return {"transaction": sale, **({"customer": show_customer(*member)} if member else {})}
