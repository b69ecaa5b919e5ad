"""Subscriptions of users to schemes: they are paid every 30 days until they are cancelled (PC-59)."""

from __future__ import annotations

from datetime import timedelta

from ...clock import parse_time
from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import caller_user, find_own, get_own, is_admin, tenant_id
from .base import new_id, pepper, timestamp
from .errors import forbidden, invalid
from .events import record
from .ledger import grant
from .pages import listed
from .seed import ADA
from .subscription_schemes import SCHEME
from .times import read_time

_PERIOD = timedelta(days=30)
_MOST_PAYMENTS = 12


@pepper.operation("createSubscription")
def create_subscription(state: State, request: Request) -> Reply:
    """Start a subscription of the caller, or for administrators of `userId`, and grant the perks of its scheme (PC-60)."""
    body = request.members
    user = _named_user(state, request, body["userId"]) if "userId" in body else caller_user(state, request)
    scheme = find_own(state, request, "subscription_schemes", body["subscriptionSchemeId"])
    if scheme is None or not scheme["active"]:
        raise invalid("There is no active scheme with this subscriptionSchemeId.")
    prices = [price["id"] for price in scheme["pricing"]]
    price = body.get("priceId", prices[0] if prices else None)
    if "priceId" in body and price not in prices:
        raise invalid("The scheme has no price with this priceId.")
    subscription = _make(state, user, scheme, new_id(state), price)
    if "paymentMethodId" in body:
        subscription["paymentMethod"] = {"id": body["paymentMethodId"]}
        state.collection("subscriptions").put(subscription["_id"], subscription)
    for entry in scheme["perks"]:
        perk = find_own(state, request, "perks", entry.get("perkId"))
        if perk is not None and perk["enabled"]:
            grant(state, perk, user)
    _record(state, "SUBSCRIPTION_STARTED", subscription)
    return Reply(subscription)


@pepper.operation("listSubscriptions")
def list_subscriptions(state: State, request: Request) -> Reply:
    """List the caller's subscriptions, or all of the tenant for administrators (PC-06)."""
    own = {} if is_admin(request) else {"userId": caller_user(state, request)["_id"]}
    return Reply(listed(request, state.collection("subscriptions").find(tenantId=tenant_id(request), **own), dict))


@pepper.operation("getSubscription")
def get_subscription(state: State, request: Request) -> Reply:
    """Read a subscription, with its scheme when `expand` asks for it."""
    subscription = _subscription(state, request)
    if "subscriptionScheme" in (request.query.get("expand") or []):  # type: ignore[operator]
        scheme = state.collection("subscription_schemes").get(subscription["subscriptionSchemeId"])
        subscription["subscriptionScheme"] = scheme
    return Reply(subscription)


@pepper.operation("cancelSubscription")
def cancel_subscription(state: State, request: Request) -> Reply:
    """Let a subscription end when the next payment would be due; doing it again changes nothing (PC-60)."""
    subscription = _running(state, request)
    if "cancelAt" not in subscription:
        subscription["cancelAt"] = subscription["nextPaymentAt"]
        _record(state, "SUBSCRIPTION_CANCELLATION_REQUESTED", subscription, comment=request.members.get("comment"))
    return Reply(_keep(state, subscription))


@pepper.operation("resumeSubscription")
def resume_subscription(state: State, request: Request) -> Reply:
    """Take a cancellation back, as long as the subscription runs (PC-60)."""
    subscription = _running(state, request)
    subscription.pop("cancelAt", None)
    if "paymentMethodId" in request.members:
        subscription["paymentMethod"] = {"id": request.members["paymentMethodId"]}
    return Reply(_keep(state, subscription))


@pepper.before_request
def collect(state: State) -> None:
    """Collect the payments that are due, and end what is cancelled; of a long time at most 12 payments are recorded (PC-59)."""
    now = timestamp(state)
    for subscription in state.collection("subscriptions").find(active=True):
        if subscription["nextPaymentAt"] > now:
            continue
        if "cancelAt" in subscription:
            _keep(state, {**subscription, "active": False})
            _record(state, "SUBSCRIPTION_CANCELLED", subscription)
            continue
        due = parse_time(subscription["nextPaymentAt"])
        number = (state.now - due) // _PERIOD + 1
        for _ in range(min(number, _MOST_PAYMENTS)):
            _record(state, "SUBSCRIPTION_PAYMENT_RECEIVED", subscription)
        later = read_time((due + number * _PERIOD).isoformat(), "nextPaymentAt")
        _keep(state, {**subscription, "nextPaymentAt": later})


@pepper.seed
def seed_subscription(state: State) -> None:
    """Subscribe the user Ada, paid until 2099, so that moving the clock records nothing; without the perks."""
    ada, scheme = state.collection("users").get(ADA), state.collection("subscription_schemes").get(SCHEME)
    if ada is not None and scheme is not None:
        subscription = _make(state, ada, scheme, "0000000000000000000000f6", "example-price")
        _keep(state, {**subscription, "nextPaymentAt": "2099-12-31T00:00:00.000Z"})


def _named_user(state: State, request: Request, user_id: str) -> Document:
    if not is_admin(request):
        raise forbidden("userId is for administrators.")
    user = find_own(state, request, "users", user_id)
    if user is None or user["deleted"]:
        raise invalid("There is no user with this userId.")
    return user


def _make(state: State, user: Document, scheme: Document, key: str, price: str | None) -> Document:
    now = timestamp(state)
    subscription: Document = {"_id": key, "tenantId": user["tenantId"], "userId": user["_id"], "active": True}
    subscription |= {"subscriptionSchemeId": scheme["_id"], "stripe": {"priceId": price}, "createdAt": now}
    subscription["nextPaymentAt"] = read_time((state.now + _PERIOD).isoformat(), "nextPaymentAt")
    return _keep(state, subscription)


def _keep(state: State, subscription: Document) -> Document:
    subscription = {**subscription, "updatedAt": timestamp(state)}
    return state.collection("subscriptions").put(subscription["_id"], subscription)


def _subscription(state: State, request: Request) -> Document:
    found = get_own(state, request, "subscriptions", request.path["subscriptionId"], what="subscription")
    if not is_admin(request) and found["userId"] != request.claims.get("user"):
        raise forbidden("Only the user and administrators may do this.")
    return found


def _running(state: State, request: Request) -> Document:
    subscription = _subscription(state, request)
    if not subscription["active"]:
        raise invalid("The subscription has ended.")
    return subscription


def _record(state: State, kind: str, subscription: Document, *, comment: str | None = None) -> None:
    metadata = {"subscriptionId": subscription["_id"], "subscriptionSchemeId": subscription["subscriptionSchemeId"]}
    metadata |= {} if comment is None else {"comment": comment}
    user = state.collection("users").get(subscription["userId"])
    record(state, subscription["tenantId"], kind, user=user, metadata=metadata)
