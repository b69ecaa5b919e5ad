"""Campaigns: upsert, preview, start, end, delete, and how accounts join them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from orderingstack_client import AsyncOrderingStack, OrderingStack
from orderingstack_client.errors import APIStatusError, BadRequestError, ConflictError, NotFoundError
from orderingstack_client.models import (
    CampaignFilter,
    CampaignStateDefinition,
    CampaignType,
    Constraint,
    ConstraintOp,
)
from tests.sandbox.orderingstack.people import EVERYBODY, campaign, credentials
from tests.sandbox.serving import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore:orderingstack coupon:DeprecationWarning")

Connect = Callable[..., OrderingStack]
BIRTHDAY = {"type": "BIRTHDAY", "constraints": EVERYBODY}


def members_of(client: OrderingStack, campaign_id: str) -> set[str]:
    """Return the accounts that are in a campaign."""
    accounts = client.request("GET", "/loyalty-api/api/accounts", params={"campaigns.id": campaign_id}).parsed
    assert isinstance(accounts, list)
    return {each["id"] for each in accounts}


def hook(sandbox: Sandbox, name: str, **body: Any) -> Any:
    """Do what the Loyalty API cannot."""
    return sandbox.admin("POST", f"hooks/orderingstack/{name}", body)


def test_put_creates_and_replaces(operator: OrderingStack) -> None:
    """The second body replaces the first as a whole."""
    operator.campaign.replace("campaign-0100", campaign(dynamic=True))
    operator.campaign.replace("campaign-0100", campaign(name="Free tea"))
    found = operator.campaign.get("campaign-0100").to_dict()
    assert ("Free tea", False) == (found["name"], "dynamic" in found)


def test_post_creates_and_replaces(operator: OrderingStack) -> None:
    """POST is an upsert too, by the id of the body."""
    operator.campaign.create(
        id="campaign-0100",
        type_=CampaignType.STANDARD,
        name="Free coffee",
        constraints=[Constraint(field="counters.visits", op=ConstraintOp.GTE, value=["5"])],
        states=[CampaignStateDefinition(id="hello", type_="MESSAGE")],
    )
    operator.campaign.create(campaign(name="Free tea"))
    assert "Free tea" == operator.campaign.get("campaign-0100").name
    assert 3 == len(list(operator.campaign.list(filter_=CampaignFilter())))


def test_what_was_written_is_read_back(operator: OrderingStack) -> None:
    """Also members of states and notifications that the effective spec does not name."""
    body = campaign(
        activeFrom="2026-05-01T08:00:00Z",
        activeTo="2099-05-01T08:00:00+02:00",
        dynamic=True,
        states=[{"id": "hello", "type": "string", "colour": "red"}],
        notifications=[
            {"title": "Hi", "message": "Hello", "type": "string", "dayPart": "MORNING", "payload": {"a": "b"}}
        ],
    )
    operator.campaign.create(body)
    found = operator.request("GET", "/loyalty-api/api/campaigns/campaign-0100").parsed
    assert {**body, "initialized": False} == found


def test_the_body_cannot_pretend_a_course(operator: OrderingStack) -> None:
    """Members that come from the course of a campaign are ignored (OC-11)."""
    operator.campaign.create(
        campaign(initialized=True, initializedAt="2026-05-01T08:00:00Z", cnt=7, stateStats={"a": 1}, tenant="x")
    )
    assert {**campaign(), "initialized": False} == operator.campaign.get("campaign-0100").to_dict()


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"id": "campaign-0101"}, "path"),
        ({"states": [{"id": "a", "type": "MESSAGE"}, {"id": "a", "type": "COUPON"}]}, "twice"),
        ({"states": [{"id": "a", "type": "MESSAGE", "transitionTo": "b"}]}, "no state"),
        ({"states": []}, "states"),
        ({"constraints": [{"field": "shoes.size", "op": "EQ"}]}, "constraints"),
        ({"type": "NAMEDAY"}, "type"),
        ({"activeFrom": "2026-05-02T08:00:00Z", "activeTo": "2026-05-01T08:00:00Z"}, "activeTo"),
        ({"activeTo": "2016-12-31T23:59:60Z"}, "activeTo"),
    ],
)
def test_campaigns_that_cannot_run_are_refused(operator: OrderingStack, members: dict[str, object], word: str) -> None:
    """400 that names the member, and nothing is stored (OC-08, OC-09)."""
    body = campaign(**members)
    with pytest.raises(BadRequestError) as caught:
        operator.request("PUT", "/loyalty-api/api/campaigns/campaign-0100", json=body)
    assert word in str(caught.value.body)
    with pytest.raises(NotFoundError):
        operator.campaign.get("campaign-0100")


def test_a_preview_counts_and_names_accounts(operator: OrderingStack) -> None:
    """It assigns nobody, and the campaign keeps its figures until the start."""
    operator.campaign.create(campaign())
    preview = operator.campaign.preview("campaign-0100")
    kept = operator.campaign.get("campaign-0100")
    assert (1, ["account-0001"]) == (preview["cnt"], preview["samples"])
    assert (1, ["account-0001"]) == (kept.cnt, kept.samples)
    assert set() == members_of(operator, "campaign-0100")


def test_starting_assigns_the_accounts_that_match(operator: OrderingStack, sandbox: Sandbox) -> None:
    """They stand in the first state, and the campaign says when and by whom it was started."""
    sandbox.admin("POST", "clock", {"now": "2026-05-01T08:00:00Z", "stopped": True})
    operator.campaign.create(campaign())
    started = operator.campaign.initialize("campaign-0100")
    assert (True, "2026-05-01T08:00:00Z", "operator") == (
        started["initialized"],
        started["initializedAt"],
        started["initializedBy"],
    )
    assert (1, {"hello": 0, "gift": 0}) == (started["cnt"], started["stateStats"])
    account = operator.account.get("account-0001").to_dict()
    assert {"id": "campaign-0100", "state": "hello"} in account["campaigns"]
    for call in (operator.campaign.initialize, operator.campaign.preview):
        with pytest.raises(ConflictError):
            call("campaign-0100")


def test_a_service_can_run_a_whole_campaign(connect: Connect) -> None:
    """With the tenant at every call."""
    from loyalty_sandbox.vendors.orderingstack.base import TENANT

    service = connect()
    service.campaign.replace("campaign-0100", campaign(), x_tenant=TENANT)
    service.campaign.preview("campaign-0100", x_tenant=TENANT)
    assert "sandbox-service" == service.campaign.initialize("campaign-0100", x_tenant=TENANT)["initializedBy"]
    assert False is service.campaign.finalize("campaign-0100", x_tenant=TENANT)["initialized"]
    assert service.campaign.delete("campaign-0100", x_tenant=TENANT) is None


@pytest.mark.parametrize(("dynamic", "joined"), [(True, {"account-0001", "account-0002"}), (False, {"account-0001"})])
def test_only_dynamic_campaigns_take_accounts_in_later(
    operator: OrderingStack, sandbox: Sandbox, dynamic: bool, joined: set[str]
) -> None:
    """An account that changes joins; otherwise those of the start take part alone."""
    operator.campaign.create(campaign(dynamic=dynamic))
    operator.campaign.initialize("campaign-0100")
    hook(sandbox, "account", id="account-0002", counters={"visits": 5})
    assert joined == members_of(operator, "campaign-0100")
    assert len(joined) == operator.campaign.get("campaign-0100").cnt


def test_an_account_joins_by_its_own_change(operator: OrderingStack, connect: Connect) -> None:
    """A customer's tag is a change as well."""
    operator.campaign.create(campaign(dynamic=True, constraints=[{"field": "tags.my_vegan", "op": "EXISTS"}]))
    operator.campaign.initialize("campaign-0100")
    grace = connect("grace")
    assert [] == grace.account.list_own_campaigns()
    grace.account.set_own_properties(add_tags=["my_vegan"])
    assert [("campaign-0100", "hello")] == [(each.id, each.state) for each in grace.account.list_own_campaigns()]


def test_a_late_guest_is_told(operator: OrderingStack, sandbox: Sandbox) -> None:
    """OC-33: the notification for joining goes to the outbox, once, and not at the start."""
    notice = {"title": "Welcome", "message": "Good to have you.", "type": "DynamicJoinCampaignNotification"}
    other = {"title": "Soon over", "message": "Hurry.", "type": "COUPON_EXPIRATION"}
    operator.campaign.create(campaign(dynamic=True, notifications=[notice, other]))
    operator.campaign.initialize("campaign-0100")
    hook(sandbox, "account", id="account-0050", counters={"visits": 9}, header={"pushId": "device-0050"})
    hook(sandbox, "account", id="account-0050", counters={"visits": 10})
    told = [
        (each["kind"], each["to"], each["title"]) for each in sandbox.admin("GET", "outbox/orderingstack")["messages"]
    ]
    assert told.count(("push", "device-0050", "Welcome")) == 2, (
        "one for this campaign, one for the running one of the seed"
    )
    assert "Soon over" not in {title for _, _, title in told}


def test_birthday_campaigns_ask_for_the_day(operator: OrderingStack, sandbox: Sandbox) -> None:
    """OC-17: at the start, and on later days when the campaign is dynamic."""
    hook(sandbox, "account", id="account-0060", header={"birthdate": "2000-02-29"})
    sandbox.admin("POST", "clock", {"now": "2026-12-10T09:00:00Z"})
    operator.campaign.create(campaign(**BIRTHDAY, dynamic=True))
    operator.campaign.initialize("campaign-0100")
    assert {"account-0001"} == members_of(operator, "campaign-0100")
    sandbox.admin("POST", "clock", {"now": "2027-02-27T12:00:00Z"})
    assert {"account-0001"} == members_of(operator, "campaign-0100")
    sandbox.advance(days=1)
    assert {"account-0001", "account-0060"} == members_of(operator, "campaign-0100")


def test_dates_bound_the_course(operator: OrderingStack, connect: Connect, sandbox: Sandbox) -> None:
    """OC-12: assigned at once, moving only between activeFrom and activeTo."""
    sandbox.admin("POST", "clock", {"now": "2026-04-01T00:00:00Z"})
    operator.campaign.create(campaign(activeFrom="2026-05-01T00:00:00Z", activeTo="2026-06-01T00:00:00Z"))
    operator.campaign.initialize("campaign-0100")
    ada = connect("ada")
    with pytest.raises(ConflictError):
        ada.account.confirm_message("campaign-0100")
    sandbox.advance(days=31)
    assert "gift" == ada.account.confirm_message("campaign-0100")["state"]
    sandbox.advance(days=31)
    with pytest.raises(ConflictError):
        ada.account.use_coupon("campaign-0100")
    operator.campaign.create(campaign("campaign-0101", activeTo="2026-06-01T00:00:00Z"))
    with pytest.raises(ConflictError):
        operator.campaign.initialize("campaign-0101")


def test_ten_campaigns_run_at_once(operator: OrderingStack) -> None:
    """A limit exists; its size is ours (OC-12). An ended campaign makes room."""
    for number in range(10):
        operator.campaign.create(campaign(f"campaign-02{number:02}"))
    statuses = []
    for number in range(10):
        try:
            operator.campaign.initialize(f"campaign-02{number:02}")
            statuses.append(200)
        except APIStatusError as error:
            statuses.append(error.status)
    assert [200] * 9 + [409] == statuses, "one runs already"
    operator.campaign.finalize("campaign-0001")
    operator.campaign.initialize("campaign-0209")


def test_ending_takes_everybody_out(operator: OrderingStack, connect: Connect) -> None:
    """The statistics stay, the campaign cannot be started again (OC-13)."""
    operator.campaign.create(campaign())
    operator.campaign.initialize("campaign-0100")
    ended = operator.campaign.finalize("campaign-0100")
    assert (False, 1) == (ended["initialized"], ended["cnt"])
    assert "campaign-0100" not in {each.id for each in connect("ada").account.list_own_campaigns()}
    for call in (operator.campaign.finalize, operator.campaign.initialize, operator.campaign.preview):
        with pytest.raises(ConflictError):
            call("campaign-0100")


def test_deleting_cannot_be_undone(operator: OrderingStack, connect: Connect) -> None:
    """What hung on the campaign is gone, also when the id comes back."""
    ada = connect("ada")
    ada.account.confirm_message("campaign-0001")
    coupon = set(ada.account.get_own().coupons) - {"coupon-0001"}  # type: ignore[arg-type]
    operator.campaign.delete("campaign-0001")
    with pytest.raises(NotFoundError):
        operator.campaign.get("campaign-0001")
    with pytest.raises(NotFoundError):
        operator.campaign.delete("campaign-0001")
    assert [] == ada.account.list_own_campaigns()
    assert "UNKNOWN" == ada.account.verify_coupon(coupon=coupon.pop())["reason"]
    operator.campaign.create(campaign("campaign-0001"))
    assert [] == operator.stats.get_campaign(name="campaign-0001")["days"]


def test_a_running_campaign_can_be_rewritten(operator: OrderingStack) -> None:
    """It goes on; a state with accounts in it must stay (OC-11)."""
    operator.campaign.create(campaign())
    operator.campaign.initialize("campaign-0100")
    rewritten = operator.campaign.replace("campaign-0100", campaign(name="Free tea"))
    assert ("Free tea", True, 1) == (rewritten["name"], rewritten["initialized"], rewritten["cnt"])
    with pytest.raises(ConflictError):
        operator.campaign.replace("campaign-0100", campaign(states=[{"id": "other", "type": "MESSAGE"}]))


@pytest.mark.parametrize("name", ["preview", "initialize", "finalize", "delete"])
def test_unknown_campaigns_are_not_found(operator: OrderingStack, name: str) -> None:
    """404 everywhere."""
    with pytest.raises(NotFoundError):
        getattr(operator.campaign, name)("campaign-9999")


def test_pushes_are_registered_in_both_forms(operator: OrderingStack, connect: Connect) -> None:
    """An object or a bare string; clicks raise the figures and survive a new title (OC-24)."""
    operator.campaign.register_push("campaign-0001", "push-0002")
    operator.campaign.register_push_v2("campaign-0001", push_id="push-0002", title="First")
    ada, grace = connect("ada"), connect("grace")
    for client in (ada, ada, grace):
        client.account.count_push_click("campaign-0001", "push-0002")
    changed = operator.campaign.register_push_v2("campaign-0001", push_id="push-0002", title="Second")
    assert {"pushId": "push-0002", "title": "Second", "clicks": 3, "accounts": 2} == changed
    assert changed in operator.stats.get_global(name="campaign-0001")["pushes"]
    with pytest.raises(NotFoundError):
        ada.account.count_push_click("campaign-0001", "push-0003")


def test_a_campaign_runs_asynchronously(sandbox: Sandbox) -> None:
    """The asynchronous client writes, starts and walks a campaign."""

    async def run() -> tuple[Any, list[str]]:
        base_url = f"{sandbox.url}/orderingstack"
        async with (
            AsyncOrderingStack(**credentials("operator"), base_url=base_url) as operator,  # type: ignore[arg-type]
            AsyncOrderingStack(**credentials("ada"), base_url=base_url) as ada,  # type: ignore[arg-type]
        ):
            await operator.campaign.create(campaign())
            await operator.campaign.initialize("campaign-0100")
            confirmed = await ada.account.confirm_message("campaign-0100")
            listed = [str(each.id) async for each in operator.campaign.list(filter_=CampaignFilter())]
            return confirmed, listed

    confirmed, listed = asyncio.run(run())
    assert {"id": "campaign-0100", "state": "gift", "finished": False} == confirmed
    assert ["campaign-0002", "campaign-0001", "campaign-0100"] == listed
