"""Vouchers: issued, listed, and used."""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.exchange import Reply, Request
from ...core.state import State
from .base import stamps
from .errors import HEADERS, failure
from .ledger import LIMIT
from .members import find_member, find_store, show_membership
from .redemptions import keep, show_holder, show_redemption

_END = "2099-12-31"


@stamps.operation("redeemVoucher")
def redeem_voucher(state: State, request: Request) -> Reply:
    """Use a voucher of the customer once."""
    return _use(state, request, None)


@stamps.operation("deductVoucherValue")
def deduct_value(state: State, request: Request) -> Reply:
    """Use a part of a voucher's value; one without value has none to take."""
    return _use(state, request, request.members["value"])


@stamps.operation("redeemVoucherCode")
def redeem_code(state: State, request: Request) -> Reply:
    """Use a voucher by its code."""
    body = request.members
    membership, user = find_member(state, request, body["identifier"], name="identifier")
    find_store(state, request)
    redemption = redeem_vouchers(state, membership, user, [body["voucher_code"]], template=body["voucher_template"])
    customer = show_holder(membership, user)
    return Reply({"redemption": {"id": redemption["id"], "status": "Created"}, "customer": customer}, headers=HEADERS)


@stamps.operation("issueVoucher")
def issue_voucher(state: State, request: Request) -> Reply:
    """Make a voucher from a template."""
    body = request.members
    _, user = find_member(state, request, body["user"])
    if not 0 < body["quantity"] <= LIMIT:
        raise failure("quantity", "The number must be 1 or more.", "invalid")
    more = {name: body[name] for name in ("start_date", "quantity", "notes") if name in body}
    voucher = issue(state, user, body["voucher_template"], value=body.get("value"), **more)
    names = ("id", "start_date", "end_date", "quantity", "notes", "value")
    shown = {name: voucher[name] for name in names if voucher.get(name) is not None}
    customer: Document = {"id": user["id"], **({"email": user["email"]} if user["email"] else {})}
    return Reply({"voucher": shown, "customer": customer}, headers=HEADERS)


@stamps.operation("validateVoucher")
def validate_voucher(state: State, request: Request) -> Reply:
    """Say whether a voucher can be used; of whom, is looked at when a customer is named."""
    voucher = _voucher(state, code=request.query["voucher_code"], name="voucher_code")
    if "user" in request.query:
        _, user = find_member(state, request, request.query["user"], name="user")
        _check_owner(voucher, user)
    shown: Document = {"id": voucher["id"], "name": template_of(state, voucher["template"])["name"]}
    shown |= {name: voucher[name] for name in ("start_date", "end_date", "value") if voucher[name] is not None}
    return Reply({"is_redeemable": _is_usable(state, voucher), "voucher": shown}, headers=HEADERS)


@stamps.operation("listVouchers")
def list_vouchers(state: State, request: Request) -> Reply:
    """List the vouchers that the customer can use."""
    _, user = find_member(state, request, request.query["user"], name="user", blocked=True)
    return Reply({"vouchers": [show_voucher(state, each) for each in usable_vouchers(state, user)]}, headers=HEADERS)


@stamps.operation("countVouchers")
def count_vouchers(state: State, request: Request) -> Reply:
    """Count the vouchers that the customer can use."""
    _, user = find_member(state, request, request.query["user"], name="user", blocked=True)
    return Reply({"count": len(usable_vouchers(state, user))}, headers=HEADERS)


@stamps.operation("getVoucherDetails")
def voucher_details(state: State, request: Request) -> Reply:
    """Show a voucher of the customer."""
    _, user = find_member(state, request, request.query["user"], name="user", blocked=True)
    voucher = _voucher(state, code=request.query["code"], name="code")
    _check_owner(voucher, user)
    return Reply(show_voucher(state, voucher), headers=HEADERS)


def redeem_vouchers(
    state: State, membership: Document, user: Document, codes: list[str], template: JSON = None
) -> Document:
    """Use vouchers by their codes; returns the last redemption."""
    redemption: Document = {}
    for code in codes:
        voucher = _voucher(state, code=code, name="voucher_code")
        if template is not None and voucher["template"] != template:
            raise failure("voucher_template", "The voucher is not made from it.", "invalid")
        redemption = _take(state, membership, user, voucher, None)
    return redemption


def issue(
    state: State, user: Document, template: JSON, *, value: JSON = None, quantity: int = 1, **more: JSON
) -> Document:
    """Make a voucher from a template, for a customer."""
    found = template_of(state, template)
    number = state.next_number("voucher", first=1001)
    voucher: Document = {"id": number, "code": f"VC-{number}", "template": found["id"], "user_id": user["id"]}
    voucher |= {"quantity": int(quantity), "value": value, "is_active": True, "notes": ""}
    voucher |= {"start_date": state.now.date().isoformat(), "end_date": _END, **more}
    return state.collection("vouchers").put(number, voucher)


def show_voucher(state: State, voucher: Document) -> Document:
    """Show a voucher with its template."""
    names = ("id", "code", "is_active", "quantity", "value", "notes", "start_date", "end_date")
    return {name: voucher[name] for name in names} | {"template": template_of(state, voucher["template"])}


def usable_vouchers(state: State, user: Document) -> list[Document]:
    return [each for each in state.collection("vouchers").find(user_id=user["id"]) if _is_usable(state, each)]


def template_of(state: State, number: JSON) -> Document:
    found = state.collection("templates").get(str(number))
    if found is None:
        raise failure("voucher_template", "There is no such template.", "invalid")
    return found


def show_redeemed(state: State, voucher: Document) -> Document:
    names = ("id", "code", "is_active", "start_date", "end_date", "value")
    name = template_of(state, voucher["template"])["name"]
    return {each: voucher[each] for each in names} | {"name": name, "type": "voucher"}


def _use(state: State, request: Request, value: float | None) -> Reply:
    body = request.members
    membership, user = find_member(state, request, body["user"])
    find_store(state, request)
    voucher = _voucher(state, number=body["voucher"], name="voucher")
    redemption = _take(state, membership, user, voucher, value)
    shown = {"redemption": show_redemption(redemption), "voucher": show_redeemed(state, voucher)}
    return Reply({**shown, "membership": show_membership(membership)}, headers=HEADERS)


def _take(state: State, membership: Document, user: Document, voucher: Document, value: float | None) -> Document:
    _check_owner(voucher, user)
    if not _is_usable(state, voucher):
        raise failure("voucher", "The voucher cannot be used.", "invalid")
    if value is None:
        voucher["quantity"] -= 1
    elif voucher["value"] is None or not 0 < value <= voucher["value"]:
        raise failure("value", "The voucher has no such value.", "invalid")
    else:
        voucher["value"] -= value
    if not voucher["quantity"] or voucher["value"] == 0:
        voucher["is_active"] = False
    state.collection("vouchers").put(voucher["id"], voucher)
    name = template_of(state, voucher["template"])["name"]
    return keep(state, membership, name, used=[[voucher["template"], voucher["value"] if value is None else value]])


def _voucher(state: State, *, name: str, code: JSON = None, number: JSON = None) -> Document:
    vouchers = state.collection("vouchers")
    found = vouchers.get(str(number)) if code is None else vouchers.first(code=code)
    if found is None:
        raise failure(name, "There is no such voucher.", "invalid")
    return found


def _check_owner(voucher: Document, user: Document) -> None:
    if voucher["user_id"] not in (None, user["id"]):
        raise failure("user", "The voucher belongs to somebody else.", "invalid_voucher_owner")


def _is_usable(state: State, voucher: Document) -> bool:
    today = state.now.date().isoformat()
    return bool(voucher["is_active"]) and str(voucher["start_date"]) <= today <= str(voucher["end_date"])
