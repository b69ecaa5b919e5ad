"""Statistics of campaigns and segments."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from orderingstack_client import OrderingStack
from orderingstack_client.errors import BadRequestError, NotFoundError
from tests.sandbox.orderingstack.people import campaign
from tests.sandbox.serving import Sandbox

Connect = Callable[..., OrderingStack]
DAY = datetime.date


def test_days_tell_what_happened(operator: OrderingStack, ada: OrderingStack, sandbox: Sandbox) -> None:
    """Each day for itself, both ends of the range included, and in all (OC-31)."""
    sandbox.admin("POST", "clock", {"now": "2027-05-01T08:00:00Z", "stopped": True})
    operator.campaign.create(campaign())
    operator.campaign.initialize("campaign-0100")
    operator.campaign.register_push("campaign-0100", "push-1")
    sandbox.advance(days=1)
    ada.account.confirm_message("campaign-0100")
    ada.account.count_push_click("campaign-0100", "push-1")
    ada.account.count_push_click("campaign-0100", "push-1")
    whole = operator.stats.get_campaign(name="campaign-0100")
    assert ["2027-05-01", "2027-05-02"] == [day["date"] for day in whole["days"]]
    assert (1, 0) == (whole["days"][0]["joined"], whole["days"][0]["clicks"])
    expected = {
        "joined": 1,
        "completed": 1,
        "messages": 1,
        "clicks": 2,
        "coupons": 1,
        "couponsConfirmed": 0,
        "couponsUsed": 0,
    }
    assert expected == whole["total"]
    second = operator.stats.get_campaign(name="campaign-0100", from_=DAY(2027, 5, 2), to=DAY(2027, 5, 2))
    assert (["2027-05-02"], 0, 2) == (
        [day["date"] for day in second["days"]],
        second["total"]["joined"],
        second["total"]["clicks"],
    )


def test_the_overall_figures_tell_where_accounts_stand(operator: OrderingStack, ada: OrderingStack) -> None:
    """They agree with what the campaign says of itself."""
    before = operator.stats.get_global(name="campaign-0001")
    ada.account.confirm_message("campaign-0001")
    after = operator.stats.get_global(name="campaign-0001")
    assert [{"id": "start", "accounts": 1, "completed": 0}, {"id": "done", "accounts": 0, "completed": 0}] == before[
        "states"
    ]
    assert [{"id": "start", "accounts": 0, "completed": 1}, {"id": "done", "accounts": 1, "completed": 0}] == after[
        "states"
    ]
    assert {"issued": 1, "used": 0} == after["coupons"]
    assert after["accounts"] == operator.campaign.get("campaign-0001").cnt


def test_unknown_campaigns_and_ranges_are_refused(operator: OrderingStack) -> None:
    """404 for the name, 400 for the days."""
    for call in (operator.stats.get_global, operator.stats.get_campaign):
        with pytest.raises(NotFoundError):
            call(name="campaign-9999")
    with pytest.raises(BadRequestError):
        operator.stats.get_campaign(name="campaign-0001", from_=DAY(2026, 5, 2), to=DAY(2026, 5, 1))
    with pytest.raises(BadRequestError):
        operator.request("GET", "/loyalty-api/api/stats/segments", params={"from": "yesterday"})


def test_segments_tell_accounts_and_entries(operator: OrderingStack, sandbox: Sandbox) -> None:
    """New, regular after an order, loyal after ten (OC-32)."""
    sandbox.admin("POST", "clock", {"now": "2027-05-01T08:00:00Z", "stopped": True})
    for _ in range(10):
        sandbox.admin("POST", "hooks/orderingstack/order", {"account": "account-0002", "venue": "venue-0001"})
    found = operator.stats.get_segment(from_=DAY(2027, 5, 1), to=DAY(2027, 5, 1))["segments"]
    assert {("regular", 1, 1), ("loyal", 1, 1)} == {
        (each["segment"], each["accounts"], each["entered"]) for each in found
    }
    assert "loyal" == operator.account.get("account-0002").segment
    everything = {each["segment"]: each["entered"] for each in operator.stats.get_segment()["segments"]}
    assert {"regular": 2, "new": 1, "loyal": 1} == everything
