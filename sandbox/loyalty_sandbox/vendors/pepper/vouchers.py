"""Vouchers: codes that can be redeemed so often by one user, so often in all, and between two times.

Every redemption is a document of its own; both limits are compared with their number in the transaction of the request.
"""

from __future__ import annotations

from datetime import timedelta

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import caller_user, get_own, require_admin, tenant_id
from .base import TENANT, new_id, pepper, timestamp
from .errors import conflict, invalid
from .events import record
from .pages import listed, sort
from .times import read_time

_MEMBERS = ("title", "code", "voucherSchemeId", "numRedemptionsPerUser", "numGlobalRedemptions")
_TIMES = ("startDate", "endDate")
_SORTS = ("startDate", "endDate", "code")


@pepper.operation("createVoucher")
def create_voucher(state: State, request: Request) -> Reply:
    """Create a voucher; its code must be free and its end not before its start (PC-56)."""
    require_admin(request)
    voucher: Document = {"_id": new_id(state), "tenantId": tenant_id(request)}
    return Reply(_shown(_change(state, voucher, request.members)))


@pepper.operation("listVouchers")
def list_vouchers(state: State, request: Request) -> Reply:
    """List the vouchers of the tenant, or of one scheme."""
    require_admin(request)
    scheme = request.query.get("voucherSchemeId")
    narrowed = {} if scheme is None else {"voucherSchemeId": str(scheme)}
    found = state.collection("vouchers").find(tenantId=tenant_id(request), **narrowed)
    return Reply(listed(request, sort(request, found, _SORTS), _shown))


@pepper.operation("getVoucher")
def get_voucher(state: State, request: Request) -> Reply:
    """Read a voucher, with the number of its redemptions."""
    voucher = _voucher(state, request)
    return Reply({**_shown(voucher), "numRedemptions": len(_redemptions(state, voucher))})


@pepper.operation("updateVoucher")
def update_voucher(state: State, request: Request) -> Reply:
    """Change the members that are given, at least one; redemptions that a lower limit would not allow stay (PC-56)."""
    voucher = _voucher(state, request)
    if not request.members.keys() & {*_MEMBERS, *_TIMES}:
        raise invalid("Give at least one member to change.")
    return Reply(_shown(_change(state, voucher, request.members)))


@pepper.operation("redeemVoucher")
def redeem_voucher(state: State, request: Request) -> Reply:
    """Redeem a code for the caller; refuses with 422 what is unknown, too early, too late or used up (PC-57)."""
    user = caller_user(state, request)
    voucher = _by_code(state, tenant_id(request), request.members["code"])
    if voucher is None:
        raise invalid("There is no voucher with this code.")
    now = timestamp(state)
    if not voucher["startDate"] <= now <= voucher["endDate"]:
        raise invalid("The voucher is not valid now.")
    if len(_redemptions(state, voucher)) >= voucher["numGlobalRedemptions"]:
        raise invalid("The voucher is used up.")
    if len(_redemptions(state, voucher, userId=user["_id"])) >= voucher["numRedemptionsPerUser"]:
        raise invalid("The user has redeemed the voucher often enough.")
    redemption: Document = {"_id": new_id(state), "tenantId": voucher["tenantId"], "userId": user["_id"]}
    redemption |= {"voucherId": voucher["_id"], "dateRedeemed": now}
    state.collection("voucher_redemptions").put(redemption["_id"], redemption)
    metadata = {"voucherId": voucher["_id"], "code": voucher["code"]}
    record(state, voucher["tenantId"], "VOUCHER_REDEEMED", user=user, metadata=metadata)
    return Reply(redemption)


@pepper.seed
def seed_voucher(state: State) -> None:
    """Make a voucher for the year to come."""
    voucher: Document = {"_id": "0000000000000000000000f4", "tenantId": TENANT}
    body: Document = {"title": "Summer voucher", "code": "SUMMER26", "voucherSchemeId": "0000000000000000000000f3"}
    body |= {"startDate": timestamp(state), "endDate": (state.now + timedelta(days=365)).isoformat()}
    _change(state, voucher, {**body, "numRedemptionsPerUser": 1, "numGlobalRedemptions": 100})


def _change(state: State, voucher: Document, body: Document) -> Document:
    if "code" in body:
        known = _by_code(state, voucher["tenantId"], body["code"])
        if known is not None and known["_id"] != voucher["_id"]:
            raise conflict("Another voucher has this code.")
    voucher |= {name: body[name] for name in _MEMBERS if name in body}
    voucher |= {name: read_time(body[name], name) for name in _TIMES if name in body}
    if voucher["endDate"] < voucher["startDate"]:
        raise invalid("endDate is before startDate.")
    voucher["key"] = voucher["code"].casefold()
    return state.collection("vouchers").put(voucher["_id"], voucher)


def _by_code(state: State, tenant: str, code: str) -> Document | None:
    """Find a voucher by its code, in any case (PC-56)."""
    return state.collection("vouchers").first(tenantId=tenant, key=code.casefold())


def _redemptions(state: State, voucher: Document, **members: str) -> list[Document]:
    return state.collection("voucher_redemptions").find(voucherId=voucher["_id"], **members)


def _voucher(state: State, request: Request) -> Document:
    require_admin(request)
    return get_own(state, request, "vouchers", request.path["voucherId"], what="voucher")


def _shown(voucher: Document) -> Document:
    return {name: value for name, value in voucher.items() if name != "key"}
