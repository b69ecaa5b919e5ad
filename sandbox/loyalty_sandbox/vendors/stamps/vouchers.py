"""Vouchers: issued, listed, and used."""

from __future__ import annotations

from ...core.vendor import JSON, Document, State
from . import failure, stamps
from .calls import Call, operation
from .ledger import Member, within

_END = "2099-12-31"


@operation("redeemVoucher", "deductVoucherValue", "redeemVoucherCode")
def redeem_voucher(call: Call) -> JSON:
    """Use a voucher of the customer once, or a part of its value; one without value has none to take."""
    given = call.given
    member = call.member("identifier" if "identifier" in given else "user")
    call.store()
    name = "voucher_code" if "voucher_code" in given else "voucher"
    voucher = find_voucher(call.state, name, given[name])
    if given.get("voucher_template", voucher["template"]["id"]) != voucher["template"]["id"]:
        raise failure("voucher_template", "The voucher is not made from it.")
    return member.answer(redemption=use_voucher(member, voucher, given.get("value")), voucher=voucher)


@operation("issueVoucher")
def issue_voucher(call: Call) -> JSON:
    """Make a voucher from a template."""
    body, member = call.given, call.member()
    within("quantity", body["quantity"], least=1)
    more = {name: body[name] for name in ("start_date", "quantity", "notes", "value") if name in body}
    return member.answer(voucher=issue(member, body["voucher_template"], **more))


@operation("validateVoucher")
def validate_voucher(call: Call) -> JSON:
    """Say whether a voucher can be used; of whom, is looked at when a customer is named."""
    voucher = find_voucher(call.state, "voucher_code", call.given["voucher_code"])
    if "user" in call.given:
        _check_owner(voucher, call.member())
    return {"is_redeemable": _is_usable(call.state, voucher), "voucher": voucher}


@operation("listVouchers", "countVouchers")
def list_vouchers(call: Call) -> JSON:
    """List or count the vouchers that the customer can use."""
    found = usable_vouchers(call.member())
    return {"vouchers": found, "count": len(found)}


def find_voucher(state: State, name: str, wanted: JSON) -> Document:
    """Find a voucher by its id or its code, which is sent under a name."""
    vouchers = state.collection("vouchers")
    found = vouchers.get(str(wanted)) if name == "voucher" else vouchers.first(code=wanted)
    if found is None:
        raise failure(name, "There is no such voucher.")
    return found


def use_voucher(member: Member, voucher: Document, value: float | None = None) -> Document:
    """Use a voucher, or a part of its value; returns the redemption."""
    _check_owner(voucher, member)
    if not _is_usable(member.state, voucher):
        raise failure("voucher", "The voucher cannot be used.")
    if value is None:
        voucher["quantity"] -= 1
    elif voucher["value"] is None or not 0 < value <= voucher["value"]:
        raise failure("value", "The voucher has no such value.")
    else:
        voucher["value"] -= value
    voucher["is_active"] = bool(voucher["quantity"]) and voucher["value"] != 0
    member.state.collection("vouchers").put(voucher["id"], voucher)
    used: JSON = [[voucher["template"]["id"], voucher["value"] if value is None else value]]
    return member.redeemed(voucher["name"], used=used)


def issue(member: Member, template: JSON, **more: JSON) -> Document:
    """Make a voucher from a template, for a customer."""
    number = member.state.next_number("voucher", first=1001)
    voucher: Document = {"id": number, "code": f"VC-{number}", "user_id": member.user["id"], "template": template}
    return keep_voucher(member.state, voucher | more)


@stamps.hook("voucher")
def keep_voucher(state: State, body: Document) -> Document:
    """Make a voucher from a template, for anybody or for a user."""
    template = state.collection("templates").get(body["template"])
    if template is None:
        raise failure("voucher_template", "There is no such template.")
    made: Document = {"name": template["name"], "type": "voucher", "user_id": None, "is_active": True, "notes": ""}
    made |= {"quantity": 1, "value": None, "start_date": _today(state), "end_date": _END, **body, "template": template}
    return state.collection("vouchers").put(body["id"], made)


def usable_vouchers(member: Member) -> list[JSON]:
    """List the vouchers of a person that can be used today."""
    found = member.state.collection("vouchers").find(user_id=member.user["id"])
    return [each for each in found if _is_usable(member.state, each)]


def _check_owner(voucher: Document, member: Member) -> None:
    if voucher["user_id"] not in (None, member.user["id"]):
        raise failure("user", "The voucher belongs to somebody else.", "invalid_voucher_owner")


def _is_usable(state: State, voucher: Document) -> bool:
    return bool(voucher["is_active"]) and str(voucher["start_date"]) <= _today(state) <= str(voucher["end_date"])


def _today(state: State) -> str:
    return state.now.date().isoformat()
