"""Vouchers: issued, listed, and used."""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.exchange import Request
from ...core.state import State
from .base import stamps
from .errors import failure
from .ledger import LIMIT, keep_redemption
from .members import find_asked, find_member, find_store, show_customer, show_membership

_END = "2099-12-31"


@stamps.operation("redeemVoucher")
def redeem_voucher(state: State, request: Request) -> JSON:
    """Use a voucher of the customer once."""
    return _use(state, request, None)


@stamps.operation("deductVoucherValue")
def deduct_value(state: State, request: Request) -> JSON:
    """Use a part of a voucher's value; one without value has none to take."""
    return _use(state, request, request.members["value"])


@stamps.operation("redeemVoucherCode")
def redeem_code(state: State, request: Request) -> JSON:
    """Use a voucher by its code."""
    body = request.members
    membership, user = find_member(state, request, body["identifier"], name="identifier")
    find_store(state, request)
    redemption = redeem_vouchers(state, membership, user, [body["voucher_code"]], template=body["voucher_template"])
    return {"redemption": redemption, "customer": show_customer(membership, user)}


@stamps.operation("issueVoucher")
def issue_voucher(state: State, request: Request) -> JSON:
    """Make a voucher from a template."""
    body = request.members
    _, user = find_member(state, request, body["user"])
    if not 0 < body["quantity"] <= LIMIT:
        raise failure("quantity", "The number must be 1 or more.", "invalid")
    more = {name: body[name] for name in ("start_date", "quantity", "notes") if name in body}
    voucher = issue(state, user, body["voucher_template"], value=body.get("value"), **more)
    return {"voucher": voucher, "customer": user}


@stamps.operation("validateVoucher")
def validate_voucher(state: State, request: Request) -> JSON:
    """Say whether a voucher can be used; of whom, is looked at when a customer is named."""
    voucher = _voucher(state, code=request.query["voucher_code"], name="voucher_code")
    if "user" in request.query:
        _, user = find_member(state, request, request.query["user"], name="user")
        _check_owner(voucher, user)
    return {"is_redeemable": _is_usable(state, voucher), "voucher": voucher}


@stamps.operation("listVouchers")
def list_vouchers(state: State, request: Request) -> JSON:
    """List the vouchers that the customer can use."""
    _, user = find_asked(state, request)
    return {"vouchers": usable_vouchers(state, user)}


@stamps.operation("countVouchers")
def count_vouchers(state: State, request: Request) -> JSON:
    """Count the vouchers that the customer can use."""
    _, user = find_asked(state, request)
    return {"count": len(usable_vouchers(state, user))}


@stamps.operation("getVoucherDetails")
def voucher_details(state: State, request: Request) -> JSON:
    """Show a voucher of the customer."""
    _, user = find_asked(state, request)
    voucher = _voucher(state, code=request.query["code"], name="code")
    _check_owner(voucher, user)
    return voucher


def redeem_vouchers(
    state: State, membership: Document, user: Document, codes: list[str], template: JSON = None
) -> Document:
    """Use vouchers by their codes; returns the last redemption."""
    redemption: Document = {}
    for code in codes:
        voucher = _voucher(state, code=code, name="voucher_code")
        if template is not None and voucher["template"]["id"] != template:
            raise failure("voucher_template", "The voucher is not made from it.", "invalid")
        redemption = _take(state, membership, user, voucher, None)
    return redemption


def issue(
    state: State, user: Document, template: JSON, *, value: JSON = None, quantity: int = 1, **more: JSON
) -> Document:
    """Make a voucher from a template, for a customer."""
    number = state.next_number("voucher", first=1001)
    voucher: Document = {"id": number, "code": f"VC-{number}", "user_id": user["id"], "start_date": _today(state)}
    return keep_voucher(state, {**voucher, "quantity": int(quantity), "value": value, **more}, template)


def keep_voucher(state: State, voucher: Document, template: JSON) -> Document:
    """Put a new voucher beside the others, with the template that it is made from."""
    found = state.collection("templates").get(str(template))
    if found is None:
        raise failure("voucher_template", "There is no such template.", "invalid")
    made: Document = {"name": found["name"], "type": "voucher", "template": found, "is_active": True, "notes": ""}
    return state.collection("vouchers").put(voucher["id"], {**made, "end_date": _END, **voucher})


def usable_vouchers(state: State, user: Document) -> list[JSON]:
    """List the vouchers of a person that can be used today."""
    return [each for each in state.collection("vouchers").find(user_id=user["id"]) if _is_usable(state, each)]


def _use(state: State, request: Request, value: float | None) -> JSON:
    body = request.members
    membership, user = find_member(state, request, body["user"])
    find_store(state, request)
    voucher = _voucher(state, number=body["voucher"], name="voucher")
    redemption = _take(state, membership, user, voucher, value)
    return {"redemption": redemption, "voucher": voucher, "membership": show_membership(membership)}


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
    used: JSON = [[voucher["template"]["id"], voucher["value"] if value is None else value]]
    return keep_redemption(state, membership, voucher["name"], used=used)


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
    return bool(voucher["is_active"]) and str(voucher["start_date"]) <= _today(state) <= str(voucher["end_date"])


def _today(state: State) -> str:
    return state.now.date().isoformat()
