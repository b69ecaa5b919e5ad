"""Stamps are money: no sequence of calls makes or loses one, and the activities explain every balance.

`STAMPS_SEQUENCES=10000` runs that many sequences in place of the few of the suite.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from loyalty_sandbox.core.clock import Clock
from loyalty_sandbox.core.engine import Engine
from loyalty_sandbox.core.exchange import Inbound
from loyalty_sandbox.core.limits import Limits
from loyalty_sandbox.core.state import Store
from loyalty_sandbox.vendors import load_vendors
from tests.sandbox.credentials import STATIC_TOKEN

SEQUENCES = int(os.environ.get("STAMPS_SEQUENCES", "40"))
START = 1_770_000_000.0
OPENING = {2001: 100, 1865: 8}
USERS = st.sampled_from(sorted(OPENING))
PRICES = {6: 2, 7: 20}
ACTIVITY_SIGNS = {"transaction": 1, "award": 1, "redemption": -1, "stamps_deduction": -1}


class Shop:
    """One engine for all sequences, put back to its seed before each."""

    def __init__(self) -> None:
        self.clock = Clock(lambda: START)
        self.store = Store()
        self.engine = Engine(load_vendors(["stamps"])[0], self.store, self.clock, Limits(self.clock))

    def reset(self) -> None:
        self.clock.load({"offset": 0.0, "stopped": None})
        with self.store.transaction():
            self.store.clear("stamps")
            self.engine.fill()

    def call(self, path: str, body: dict[str, Any] | None = None, query: str = "") -> tuple[int, dict[str, Any]]:
        """Send a request without HTTP; a status of 500 is a mistake of the sandbox."""
        headers = {"authorization": f"Token {STATIC_TOKEN}", "content-type": "application/json"}
        method = "GET" if body is None else "POST"
        inbound = Inbound(method, path, query, headers, b"" if body is None else json.dumps(body).encode(), "")
        outcome = self.engine.answer(inbound, self.engine.find(inbound))
        assert (outcome.status < 500, outcome.violations) == (True, ()), outcome
        assert outcome.behaviour == "stateful"
        return outcome.status, json.loads(outcome.body) if outcome.body else {}


SHOP = Shop()


class Points(RuleBasedStateMachine):
    """What the replies say, added up; it knows nothing of how the sandbox keeps its stamps."""

    def __init__(self) -> None:
        super().__init__()
        SHOP.reset()
        self.moved = dict.fromkeys(OPENING, 0)
        self.sales: list[dict[str, Any]] = []
        self.awards: list[dict[str, Any]] = []
        self.redemptions: list[dict[str, Any]] = []
        self.invoices = 0

    def post(self, path: str, **body: Any) -> dict[str, Any] | None:
        """Return the reply of a call that was accepted."""
        status, reply = SHOP.call(path, body)
        assert status in (200, 400, 404), (status, reply)
        return reply if status == 200 else None

    def sale(self, user: int, value: int, stamps: int | None) -> dict[str, Any]:
        self.invoices += 1
        day = SHOP.clock.now().strftime("%Y-%m-%d")
        body = {"user": user, "store": 2, "invoice_number": f"POS-{self.invoices}", "total_value": value}
        body |= {"number_of_people": 1, "created": f"{day}T10:00:00+07:00"}
        return body | ({} if stamps is None else {"stamps": stamps})

    def keep(self, user: int, body: dict[str, Any], reply: dict[str, Any]) -> None:
        earned = reply["transaction"]["stamps_earned"]
        self.moved[user] += earned
        sale = {"user": user, "earned": earned, "id": reply["transaction"]["id"], "open": True}
        self.sales.append(sale | {"invoice_number": body["invoice_number"], "date": body["created"][:10]})

    @rule(user=USERS, value=st.integers(0, 400_000), stamps=st.none() | st.integers(0, 30))
    def sell(self, user: int, value: int, stamps: int | None) -> None:
        body = self.sale(user, value, stamps)
        reply = self.post("/api/v2/transactions/add", **body)
        assert reply is not None
        self.keep(user, body, reply)
        assert self.post("/api/v2/transactions/add", **body) is None, "a number was taken twice on one day"

    @precondition(lambda self: self.sales)
    @rule(data=st.data())
    def cancel_sale(self, data: st.DataObject) -> None:
        sale = data.draw(st.sampled_from(self.sales))
        names = {name: sale[name] for name in ("invoice_number", "date")}
        reply = self.post("/api/v2/transactions/cancel", **names)
        if reply is not None:
            assert sale["open"], "a sale was cancelled twice"
            sale["open"] = False
            self.moved[sale["user"]] -= sale["earned"]

    @rule(user=USERS, amount=st.integers(1, 40), days=st.none() | st.integers(0, 4))
    def award(self, user: int, amount: int, days: int | None) -> None:
        body: dict[str, Any] = {"user": user, "store": 2, "number_of_stamps": amount}
        if days is not None:
            day = SHOP.clock.now().date()
            body["expiration_date"] = type(day).fromordinal(day.toordinal() + days).isoformat()
        reply = self.post("/api/stamps/add", **body)
        assert reply is not None
        self.moved[user] += amount
        self.awards.append({"user": user, "id": reply["award"]["id"], "amount": amount, "open": True})

    @precondition(lambda self: self.awards)
    @rule(data=st.data())
    def cancel_award(self, data: st.DataObject) -> None:
        award = data.draw(st.sampled_from(self.awards))
        if self.post("/api/stamps/cancel", user=award["user"], id=award["id"]) is not None:
            assert award["open"], "an award was cancelled twice"
            award["open"] = False
            self.moved[award["user"]] -= award["amount"]

    @rule(user=USERS, amount=st.integers(1, 120))
    def deduct(self, user: int, amount: int) -> None:
        if self.post("/api/memberships/deduct-stamps", user=user, stamps=amount, notes="x") is not None:
            self.moved[user] -= amount

    @rule(user=USERS, reward=st.sampled_from([6, 7, 8]), times=st.integers(1, 3), stamps=st.integers(1, 30))
    def redeem(self, user: int, reward: int, times: int, stamps: int) -> None:
        body = {"user": user, "store": 2, "reward": reward, "qty": times, "stamps": stamps}
        reply = self.post("/api/v2/redemptions/redeem-reward", **body)
        if reply is not None:
            used = reply["redemption"]["stamps_used"]
            assert used == times * PRICES.get(reward, stamps)
            self.moved[user] -= used
            self.redemptions.append({"user": user, "id": reply["redemption"]["id"], "used": used, "open": True})

    @rule(user=USERS, value=st.none() | st.integers(1, 60_000))
    def use_voucher(self, user: int, value: int | None) -> None:
        path = "/api/v2/redemptions/redeem-voucher" if value is None else "/api/vouchers/deduct-value"
        body = {"user": user, "store": 2, "voucher": 9} | ({} if value is None else {"value": value})
        reply = self.post(path, **body)
        if reply is not None:
            self.redemptions.append({"user": user, "id": reply["redemption"]["id"], "used": 0, "open": True})

    @precondition(lambda self: self.redemptions)
    @rule(data=st.data(), replace=st.booleans())
    def cancel_redemption(self, data: st.DataObject, replace: bool) -> None:
        redemption = data.draw(st.sampled_from(self.redemptions))
        body = {"id": redemption["id"], "create_replacement_voucher": replace}
        if self.post("/api/redemptions/cancel", **body) is not None:
            assert redemption["open"], "a redemption was cancelled twice"
            redemption["open"] = False
            self.moved[redemption["user"]] += redemption["used"]

    @rule(user=USERS)
    def anonymize(self, user: int) -> None:
        assert self.post("/api/v2/memberships/anonymize", identifier=user) == {"status": "ok"}

    @rule(days=st.integers(1, 4))
    def wait(self, days: int) -> None:
        SHOP.clock.set(SHOP.clock.now(), 86_400 * days)

    @invariant()
    def every_balance_is_its_movements(self) -> None:
        """By the replies, less what expired, and by what the lots hold; never below nothing."""
        find = SHOP.engine.state.collection
        for user, opening in OPENING.items():
            membership = find("memberships").first(user_id=user) or {}
            expired = sum(
                each["expired_stamps"] for each in find("activities").find(membership_id=membership["id"], type=15)
            )
            held = sum(each["remaining"] for each in find("awards").find(membership_id=membership["id"]))
            assert membership["stamps"] == opening + self.moved[user] - expired == held >= 0

    def teardown(self) -> None:
        """At the end the member's details show the balance, and all pages of activities explain it."""
        for user in OPENING:
            reply = SHOP.call("/api/v2/memberships/details", query=f"user={user}&merchant=1")[1]
            assert reply["membership"]["stamps"] == sum(map(movement, activities(user)))


def activities(user: int) -> Iterator[dict[str, Any]]:
    """Walk through all pages."""
    below = ""
    while True:
        page = SHOP.call("/api/v3/activities/", query=f"user={user}{below}")[1]["activities"]
        yield from page
        if not page:
            return
        below = f"&older_than={page[-1]['id']}"


def movement(activity: dict[str, Any]) -> int:
    """Return what an activity did to the balance; one that is cancelled did nothing."""
    total = -int(activity.get("expired_stamps", 0))
    for name, sign in ACTIVITY_SIGNS.items():
        part = activity.get(name, {"status": 2})
        total += sign * part["stamps"] if part["status"] == 1 else 0
    return total


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_stamps_are_conserved_over_every_sequence() -> None:
    """Random sequences of selling, redeeming, cancelling, expiring and anonymising."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    several = settings(max_examples=SEQUENCES, stateful_step_count=20, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Points, settings=several)
