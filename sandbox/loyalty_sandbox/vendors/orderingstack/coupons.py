"""Coupons: checks, locks, unlocking, use."""

from __future__ import annotations

from datetime import timedelta

from ...clock import iso, parse_time
from ...documents import Document
from ...exchange import Reply, Request
from ...problems import SandboxError
from ...state import State
from .access import own_account_id, staff_tenant, tenant_of
from .base import orderingstack
from .errors import not_found
from .flow import count, is_active, move_on, position_of

LOCK = timedelta(minutes=15)  # OC-23


@orderingstack.operation("verifyCoupon")
def verify_coupon(state: State, request: Request) -> Reply:
    """Check a coupon of the caller's account."""
    return Reply(_check(state, tenant_of(request), str(request.query["coupon"]), own_account_id(request)))


@orderingstack.operation("verifyArbitraryAccountCoupon")
def verify_any_coupon(state: State, request: Request) -> Reply:
    """Check a coupon of an account, and lock it when it can be used and the call asks for that (O-32)."""
    tenant, code, account = staff_tenant(request), str(request.query["coupon"]), str(request.query["account"])
    checked = _check(state, tenant, code, account)
    if checked["valid"] and request.query.get("lock"):
        coupons = state.collection("coupons")
        coupon = coupons.get(f"{tenant}/{code}")
        assert coupon is not None  # noqa: S101 - it has been found valid
        until = iso(state.now + LOCK)
        coupons.put(f"{tenant}/{code}", {**coupon, "lockedUntil": until})
        checked |= {"locked": True, "lockedUntil": until}
    return Reply(checked)


@orderingstack.operation("unlockArbitraryAccountCoupon")
def unlock_coupon(state: State, request: Request) -> Reply:
    """Release the lock of a coupon; one without a lock stays as it is."""
    tenant, code, account = staff_tenant(request), str(request.query["coupon"]), str(request.query["account"])
    coupon = state.collection("coupons").get(f"{tenant}/{code}")
    if coupon is None or coupon["account"] != account:
        raise not_found("coupon of this account", code)
    state.collection("coupons").put(f"{tenant}/{code}", {**coupon, "lockedUntil": None})
    return Reply({"coupon": code, "account": account, "locked": False, "lockedUntil": None})


def use_coupon(state: State, tenant: str, code: str) -> Document:
    """Use a coupon once, locked or not, as the vendor's ordering service does with the lock's holder (OC-23)."""
    coupon = state.collection("coupons").get(f"{tenant}/{code}")
    reason = _obstacle(state, coupon) if coupon else "UNKNOWN"
    if coupon is None or reason not in (None, "LOCKED"):
        raise SandboxError(f"The coupon {code[:60]!r} cannot be used: {reason}.")
    coupon |= {"usedAt": state.timestamp, "lockedUntil": None}
    state.collection("coupons").put(f"{tenant}/{code}", coupon)
    campaign = state.collection("campaigns").get(f"{tenant}/{coupon['campaign']}")
    account = state.collection("accounts").get(f"{tenant}/{coupon['account']}")
    if campaign and account:
        count(state, campaign, "couponsUsed")
        position = position_of(state, campaign, account["id"])
        if position and not position["finished"] and position["state"] == coupon["state"]:
            move_on(state, campaign, position, account)  # OC-21
    return coupon


def _check(state: State, tenant: str, code: str, account: str) -> Document:
    """Say whether an account can use a coupon, and why not; somebody else's coupon is unknown (OC-22)."""
    coupon = state.collection("coupons").get(f"{tenant}/{code}")
    if coupon is not None and coupon["account"] != account:
        coupon = None
    reason = _obstacle(state, coupon) if coupon else "UNKNOWN"
    locked = coupon is not None and _is_locked(state, coupon)
    return {
        "coupon": code,
        "account": account,
        "valid": reason is None,
        "reason": reason,
        "campaign": coupon["campaign"] if coupon else None,
        "locked": locked,
        "lockedUntil": coupon["lockedUntil"] if coupon and locked else None,
    }


def _obstacle(state: State, coupon: Document) -> str | None:
    if coupon["usedAt"] is not None:
        return "USED"
    if coupon["campaign"] is not None:
        campaign = state.collection("campaigns").get(f"{coupon['tenant']}/{coupon['campaign']}")
        if campaign is None or not is_active(state, campaign):
            return "CAMPAIGN_ENDED"
    return "LOCKED" if _is_locked(state, coupon) else None


def _is_locked(state: State, coupon: Document) -> bool:
    return coupon["lockedUntil"] is not None and parse_time(coupon["lockedUntil"]) > state.now
