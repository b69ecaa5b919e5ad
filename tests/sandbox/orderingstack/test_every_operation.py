"""Every operation once, by the synchronous and the asynchronous client: success, with state, and as the effective spec says."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest

from loyalty_sandbox.vendors.orderingstack.base import SUPER_TOKEN
from orderingstack_client import AsyncOrderingStack, OrderingStack
from orderingstack_client.models import AccountFilter, CampaignFilter, OtherEvent
from tests.sandbox.orderingstack.people import campaign
from tests.sandbox.serving import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore:orderingstack coupon:DeprecationWarning")
COUPON: dict[str, Any] = {"coupon": "coupon-0001", "account": "account-0001"}
# In an order in which each finds what it needs: operation, method of the facade, arguments.
CALLS: list[tuple[str, str, tuple[Any, ...], dict[str, Any]]] = [
    ("postCampaign", "campaign.create", (campaign("campaign-0100"),), {}),
    ("putCampaign", "campaign.replace", ("campaign-0101", campaign("campaign-0101")), {}),
    ("getCampaign", "campaign.get", ("campaign-0100",), {}),
    ("getCampaigns", "campaign.list", (), {"filter_": CampaignFilter()}),
    ("previewCampaign", "campaign.preview", ("campaign-0100",), {}),
    ("initializeCampaign", "campaign.initialize", ("campaign-0100",), {}),
    ("registerPush", "campaign.register_push", ("campaign-0100", "push-0001"), {}),
    ("registerPushV2", "campaign.register_push_v2", ("campaign-0100",), {"push_id": "push-0002", "title": "Hello"}),
    ("pushClick", "account.count_push_click", ("campaign-0100", "push-0001"), {}),
    ("message", "account.confirm_message", ("campaign-0100",), {}),
    ("coupon", "account.use_coupon", ("campaign-0100",), {}),
    ("getMyAccount", "account.get_own", (), {}),
    ("getMyAccount_1", "account.get_own_alternative", (), {}),
    ("getMyCampaigns", "account.list_own_campaigns", (), {}),
    ("setMyProfile", "account.set_own_profile", (), {"first_name": "Augusta"}),
    ("setMyProperties", "account.set_own_properties", (), {"add_tags": ["my_tea"]}),
    ("verifyCoupon", "account.verify_coupon", (), {"coupon": "coupon-0001"}),
    ("verifyArbitraryAccountCoupon", "account.verify_any_coupon", (), {**COUPON, "lock": True}),
    ("unlockArbitraryAccountCoupon", "account.unlock_any_coupon", (), COUPON),
    ("getAccounts", "account.list", (), {"filter_": AccountFilter()}),
    ("getAccountsCount", "account.get_count", (), {"filter_": AccountFilter()}),
    ("getAccount", "account.get", ("account-0001",), {}),
    ("getAccountByCard", "account.get_by_card", ("card-0001",), {}),
    ("postEvent", "event.create", ([OtherEvent(account="account-0001")],), {}),
    ("globalCampaignStats", "stats.get_global", (), {"name": "campaign-0100"}),
    ("campaignStats", "stats.get_campaign", (), {"name": "campaign-0100"}),
    ("segmentStats", "stats.get_segment", (), {}),
    ("export", "export.export", (), {"filter_": AccountFilter()}),
    ("contactExport", "export.export_contacts", (), {"filter_": AccountFilter()}),
    ("finalizeCampaign", "campaign.finalize", ("campaign-0100",), {}),
    ("deleteCampaign", "campaign.delete", ("campaign-0100",), {}),
]


async def call_all(client: OrderingStack | AsyncOrderingStack) -> dict[str, tuple[int, str | None, str | None]]:
    """Make the calls and return status and marks of each."""
    seen = {}
    for operation, path, positional, named in CALLS:
        resource, _, method = path.partition(".")
        made = getattr(getattr(client.with_raw_response, resource), method)(*positional, **named)
        reply = await made if inspect.isawaitable(made) else made
        seen[operation] = (
            reply.status,
            reply.headers.get("X-Sandbox-Operation"),
            reply.headers.get("X-Sandbox-Behaviour"),
        )
    return seen


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_every_operation_succeeds_with_state(sandbox: Sandbox, kind: str) -> None:
    """All 31, none by an example, none against the effective spec."""

    async def run() -> dict[str, tuple[int, str | None, str | None]]:
        settings: dict[str, Any] = {"access_token": SUPER_TOKEN, "base_url": f"{sandbox.url}/orderingstack"}
        if kind == "sync":
            with OrderingStack(**settings) as client:
                return await call_all(client)
        async with AsyncOrderingStack(**settings) as asynchronous:
            return await call_all(asynchronous)

    assert {name: (200, name, "stateful") for name, *_ in CALLS} == asyncio.run(run())


def test_the_table_is_complete(sandbox: Sandbox) -> None:
    """Each operation of the effective spec stands in it once."""
    assert sorted(sandbox.world.engines["orderingstack"].operations) == sorted(name for name, *_ in CALLS)
