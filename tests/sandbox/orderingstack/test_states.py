"""How an account goes through the states of a campaign."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty_sandbox.vendors.orderingstack.constraints import has_birthday, meets
from orderingstack_client import OrderingStack
from orderingstack_client.errors import ConflictError, NotFoundError
from tests.sandbox.orderingstack.people import campaign
from tests.sandbox.serving import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore:orderingstack coupon:DeprecationWarning")


def launch(operator: OrderingStack, *states: dict[str, Any], **members: Any) -> None:
    """Write and start a campaign with these states, each leading to the next."""
    linked = [
        {**each, "transitionTo": following["id"]} if following else each
        for each, following in zip(states, [*states[1:], None], strict=True)
    ]
    operator.campaign.create(campaign(states=linked, **members))
    operator.campaign.initialize("campaign-0100")


def test_message_and_coupon_lead_to_the_end(operator: OrderingStack, ada: OrderingStack) -> None:
    """Each confirmation completes its state; the last one finishes the campaign (OC-20)."""
    launch(operator, {"id": "hello", "type": "MESSAGE"}, {"id": "gift", "type": "COUPON"})
    assert {"id": "campaign-0100", "state": "gift", "finished": False} == ada.account.confirm_message("campaign-0100")
    assert {"id": "campaign-0100", "state": "gift", "finished": True} == ada.account.use_coupon("campaign-0100")
    with pytest.raises(ConflictError):
        ada.account.use_coupon("campaign-0100")
    assert {"hello": 1, "gift": 1} == operator.campaign.get("campaign-0100").state_stats.to_dict()  # type: ignore[union-attr]


def test_a_state_waits_for_its_own_confirmation(operator: OrderingStack, ada: OrderingStack) -> None:
    """A message does not complete a coupon state, nor a coupon a message state."""
    launch(operator, {"id": "hello", "type": "MESSAGE"}, {"id": "gift", "type": "COUPON"})
    with pytest.raises(ConflictError):
        ada.account.use_coupon("campaign-0100")
    ada.account.confirm_message("campaign-0100")
    with pytest.raises(ConflictError):
        ada.account.confirm_message("campaign-0100")


def test_a_state_of_an_unknown_kind_takes_either(operator: OrderingStack, ada: OrderingStack) -> None:
    """The word of the vendor's sample is `string` (OC-19)."""
    launch(operator, {"id": "one", "type": "string"}, {"id": "two", "type": "string"})
    ada.account.confirm_message("campaign-0100")
    assert ada.account.use_coupon("campaign-0100")["finished"]


def test_an_account_state_passes_by_itself(operator: OrderingStack, ada: OrderingStack) -> None:
    """As soon as its constraints are met, at the start or by a change."""
    met = {"id": "met", "type": "ACCOUNT", "constraints": [{"field": "counters.visits", "op": "EQ", "value": ["7"]}]}
    waits = {"id": "waits", "type": "AccountStateDefinition", "constraints": [{"field": "tags.my_tea", "op": "EXISTS"}]}
    launch(operator, met, waits, {"id": "end", "type": "MESSAGE"})
    states = [each.state for each in ada.account.list_own_campaigns() if each.id == "campaign-0100"]
    ada.account.set_own_properties(add_tags=["my_tea"])
    states += [each.state for each in ada.account.list_own_campaigns() if each.id == "campaign-0100"]
    assert ["waits", "end"] == states


def test_states_in_a_circle_end(operator: OrderingStack, ada: OrderingStack) -> None:
    """Account states that are always met go round once a change, not for ever."""
    always = {"type": "ACCOUNT", "constraints": [{"field": "header.created", "op": "EXISTS"}]}
    states = [{"id": "a", "transitionTo": "b", **always}, {"id": "b", "transitionTo": "a", **always}]
    operator.campaign.create(campaign(states=states))
    assert {"a": 1, "b": 1} == operator.campaign.initialize("campaign-0100")["stateStats"]


def test_orders_and_wallet_movements_come_by_hooks(
    operator: OrderingStack, ada: OrderingStack, sandbox: Sandbox
) -> None:
    """One order completes one order state, and changes the account (OC-19, OC-32)."""
    launch(operator, {"id": "buy", "type": "ORDER"}, {"id": "again", "type": "ORDER"}, {"id": "pay", "type": "WALLET"})

    def position() -> object:
        return next(each.state for each in ada.account.list_own_campaigns() if each.id == "campaign-0100")

    seen = [position()]
    for name in ("order", "wallet", "order", "wallet"):
        sandbox.admin("POST", f"hooks/orderingstack/{name}", {"account": "account-0001"})
        seen.append(position())
    assert ["buy", "again", "again", "pay", "pay"] == seen
    account = ada.account.get_own().to_dict()
    assert 2 == len(account["previousOrders"]) == account["counters"]["orders"]


def test_who_takes_no_part_has_nothing_to_confirm(operator: OrderingStack, ada: OrderingStack) -> None:
    """404 for a campaign without the account, or without existence."""
    launch(operator, {"id": "hello", "type": "MESSAGE"}, constraints=[{"field": "tags.vip", "op": "EXISTS"}])
    for campaign_id in ("campaign-0100", "campaign-9999"):
        with pytest.raises(NotFoundError):
            ada.account.confirm_message(campaign_id)


ACCOUNT: dict[str, Any] = {
    "counters": {"visits": 7, "litres": 1.5},
    "properties": {"favourite": "espresso", "size": "10"},
    "tags": ["my_vegan"],
    "venues": ["venue-0001"],
    "header": {"firstName": "Ada", "birthdate": "1990-12-10", "created": "2026-01-01T08:00:00Z"},
}


@pytest.mark.parametrize(
    ("field", "op", "value", "expected"),
    [
        ("counters.visits", "EQ", ["7"], True),
        ("counters.visits", "EQ", ["7.0"], True),
        ("counters.visits", "GT", ["10"], False),
        ("counters.visits", "GTE", ["5", "8"], False),
        ("counters.litres", "LT", ["2"], True),
        ("counters.visits", "LT", ["many"], False),
        ("counters.nothing", "LT", ["5"], False),
        ("counters.nothing", "NE", ["5"], True),
        ("properties.favourite", "IN", ["tea", "espresso"], True),
        ("properties.favourite", "EQ", ["Espresso"], False),
        ("properties.favourite", "NE", ["tea", "espresso"], False),
        ("properties.size", "GT", ["9"], False),
        ("tags.my_vegan", "EXISTS", [], True),
        ("tags.my_vegan", "EXISTS", ["false"], False),
        ("tags.vip", "EXISTS", ["false"], True),
        ("venues.venue-0001", "EQ", ["true"], True),
        ("header.firstName", "EQ", ["Ada"], True),
        ("header.created", "GTE", ["2026-01-01T09:00:00+01:00"], True),
        ("header.created", "LT", ["2026-01-02"], True),
        ("header.birthdate", "LTE", ["1990-12-10"], True),
        ("header.lastOrder", "EXISTS", None, False),
        ("header.lastOrder", "LT", ["2026-01-01"], False),
        ("header.created", "EQ", [], False),
    ],
)
def test_constraints(field: str, op: str, value: list[str] | None, expected: bool) -> None:
    """OC-16, operator by operator."""
    assert expected is meets(ACCOUNT, [{"field": field, "op": op, **({"value": value} if value is not None else {})}])


def test_all_constraints_must_hold() -> None:
    """And what is no list of constraints never does."""
    yes, no = {"field": "tags.my_vegan", "op": "EXISTS"}, {"field": "tags.vip", "op": "EXISTS"}
    assert [True, False, False, False] == [meets(ACCOUNT, each) for each in ([yes, yes], [yes, no], "yes", ["yes"])]


@pytest.mark.parametrize(
    ("born", "day", "expected"),
    [
        ("1990-12-10", "2026-12-10", True),
        ("1990-12-10", "2026-12-11", False),
        ("2000-02-29", "2028-02-29", True),
        ("2000-02-29", "2028-02-28", False),
        ("2000-02-29", "2027-02-28", True),
        ("2000-02-29", "2100-02-28", True),
        ("", "2026-12-10", False),
    ],
)
def test_birthdays(born: str, day: str, expected: bool) -> None:
    """The 28th stands in for the 29th of February (OC-17)."""
    from datetime import date

    assert expected is has_birthday({"header": {"birthdate": born}}, date.fromisoformat(day))
