"""Pepper: subscription schemes, and subscriptions that are paid, cancelled, resumed and end."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from loyalty_runtime import NotFoundError, PermissionDeniedError
from loyalty_sandbox.vendors.pepper.seed import ADA, ADMIN, PERK
from loyalty_sandbox.vendors.pepper.subscription_schemes import SCHEME
from pepper_client import Pepper
from tests.sandbox.pepper.refusals import refused
from tests.sandbox.pepper.test_awards import kinds, perk_of, points
from tests.sandbox.serving import Sandbox

BODY: dict[str, Any] = {"title": "Tea club", "pricing": [{"amount": 5}, {"id": "year"}], "perks": []}


def subscription_types(admin: Pepper) -> list[str]:
    """Return the types of actions about subscriptions, the oldest first."""
    return [kind.removeprefix("SUBSCRIPTION_") for kind in kinds(admin)[::-1] if kind.startswith("SUBSCRIPTION_")]


def test_schemes_are_kept(admin: Pepper, ada: Pepper) -> None:
    """Created, read, changed, listed; prices stay as they are."""
    scheme = admin.subscription_schemes.create(BODY)
    number, prices = str(scheme.id), [price.to_dict() for price in scheme.pricing]
    assert (True, "year") == (scheme.active, prices[1]["id"])
    admin.subscription_schemes.update(number, title="Green tea club", active=False)
    assert "Green tea club" == ada.subscription_schemes.get(number).title
    assert [SCHEME, number] == [one.id for one in admin.subscription_schemes.list()]
    assert [SCHEME] == [one.id for one in ada.subscription_schemes.list()]
    admin.subscription_schemes.update(number, {"pricing": prices})
    with refused("prices"):
        admin.subscription_schemes.update(number, {"pricing": []})
    with pytest.raises(PermissionDeniedError):
        ada.subscription_schemes.create(BODY)


def test_a_deleted_scheme_takes_nothing_new(admin: Pepper, ada: Pepper) -> None:
    """It leaves the list and has `deletedAt`; subscriptions to it go on."""
    before = ada.subscriptions.create(subscription_scheme_id=SCHEME)
    admin.subscription_schemes.delete(SCHEME)
    first = admin.subscription_schemes.get(SCHEME).deleted_at
    admin.subscription_schemes.delete(SCHEME)
    assert [] == list(admin.subscription_schemes.list())
    assert first == admin.subscription_schemes.get(SCHEME).deleted_at
    assert ada.subscriptions.get(str(before.id)).active
    with refused("no active scheme"):
        ada.subscriptions.create(subscription_scheme_id=SCHEME)
    with refused("deleted"):
        admin.subscription_schemes.update(SCHEME, title="Again")


def test_a_subscription_starts_with_its_perks(admin: Pepper, ada: Pepper) -> None:
    """Ada gets a point more and the perk that she had not; the scheme comes when it is asked for."""
    other = perk_of(admin)
    perks = [{"perkId": PERK}, {"perkId": other}, {"perkId": perk_of(admin, enabled=False)}, {}]
    scheme = str(admin.subscription_schemes.create({**BODY, "perks": perks}).id)
    made = ada.subscriptions.create(subscription_scheme_id=scheme, price_id="year", payment_method_id="card-1")
    assert (ADA, scheme, True) == (made.user_id, made.subscription_scheme_id, made.active)
    assert ({PERK: 16, other: 2}, ["STARTED"]) == (points(admin), subscription_types(admin))
    read = ada.subscriptions.get(str(made.id), expand=["subscriptionScheme"])
    assert "Tea club" == read.subscription_scheme.title
    with refused("no price"):
        ada.subscriptions.create(subscription_scheme_id=scheme, price_id="month")
    with refused("no active scheme"):
        ada.subscriptions.create(subscription_scheme_id="0" * 24)


def test_whose_a_subscription_is(admin: Pepper, ada: Pepper) -> None:
    """Only administrators start one for others and see those of others."""
    made = admin.subscriptions.create(subscription_scheme_id=SCHEME, user_id=ADA)
    own = admin.subscriptions.create(subscription_scheme_id=SCHEME)
    assert (ADA, ADMIN) == (made.user_id, own.user_id)
    assert (2, 3) == (len(list(ada.subscriptions.list())), len(list(admin.subscriptions.list())))
    calls: list[Callable[[], object]] = [
        lambda: ada.subscriptions.create(subscription_scheme_id=SCHEME, user_id=ADA),
        lambda: ada.subscriptions.cancel(str(own.id)),
    ]
    for call in calls:
        with pytest.raises(PermissionDeniedError):
            call()
    with refused("no user"):
        admin.subscriptions.create(subscription_scheme_id=SCHEME, user_id="0" * 24)
    with pytest.raises(NotFoundError):
        admin.subscriptions.get("0" * 24)


def test_a_subscription_runs_until_it_is_cancelled(sandbox: Sandbox, admin: Pepper, ada: Pepper) -> None:
    """Paid every 30 days; cancelling sets `cancelAt`, resuming clears it, and at that time it ends for good."""
    made = ada.subscriptions.create(subscription_scheme_id=SCHEME)
    number = str(made.id)
    sandbox.advance(days=61)
    paid = ada.subscriptions.get(number)
    assert isinstance(made.created_at, datetime.datetime)
    assert made.created_at + datetime.timedelta(days=90) == paid.next_payment_at
    cancelled = ada.subscriptions.cancel(number, comment="Moving away")
    assert paid.next_payment_at == cancelled.cancel_at == ada.subscriptions.cancel(number).cancel_at
    assert "cancelAt" not in ada.subscriptions.resume(number, payment_method_id="card-2").to_dict()
    sandbox.advance(days=30)
    ada.subscriptions.cancel(number)
    assert ada.subscriptions.get(number).active
    sandbox.advance(days=30)
    assert not ada.subscriptions.get(number).active
    for ended in (ada.subscriptions.cancel, ada.subscriptions.resume):
        with refused("has ended"):
            ended(number)
    paid_twice, asked = ["PAYMENT_RECEIVED"] * 2, "CANCELLATION_REQUESTED"
    assert ["STARTED", *paid_twice, asked, "PAYMENT_RECEIVED", asked, "CANCELLED"] == subscription_types(admin)


def test_a_leap_of_the_clock_records_a_year_of_payments_at_most(sandbox: Sandbox, admin: Pepper, ada: Pepper) -> None:
    """The next payment is in the future all the same."""
    ada.subscriptions.create(subscription_scheme_id=SCHEME)
    sandbox.advance(days=20_000)
    assert 12 == subscription_types(admin).count("PAYMENT_RECEIVED")
    sandbox.advance(days=31)
    assert 13 == subscription_types(admin).count("PAYMENT_RECEIVED")
