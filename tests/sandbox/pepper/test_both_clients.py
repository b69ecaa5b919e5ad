"""Pepper's second half: every operation once, by the synchronous and the asynchronous client, with state and as the effective spec says."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest

from loyalty_runtime import File
from loyalty_sandbox.vendors.pepper import impressions
from loyalty_sandbox.vendors.pepper.base import ADMIN_TOKEN, APPLICATION, USER_TOKEN
from loyalty_sandbox.vendors.pepper.seed import ADA, FILE, LOCATION, PERK, SEGMENT
from loyalty_sandbox.vendors.pepper.subscription_schemes import SCHEME
from pepper_client import AsyncPepper, Pepper
from tests.sandbox.pepper.test_rules_and_tasks import BODY as RULE_BODY
from tests.sandbox.serving import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore:pepper listSegmentsForUser:DeprecationWarning")
NOTIFICATION, CARD, RULE, TASK, STAMP = (f"0000000000000000000000b{end}" for end in "12456")
VOUCHER, DEFINITION, SUBSCRIPTION, METRIC, EFFECT = (f"0000000000000000000000f{end}" for end in "45689")
CONDITION = "0000000000000000000000fa"
TEXT: dict[str, Any] = {"message": "Hello", "type": "alert", "value": "-", "isProcessingMessage": True}
SCHEME_BODY: dict[str, Any] = {"title": "Tea club", "pricing": [], "perks": []}
VOUCHER_BODY: dict[str, Any] = {
    "title": "Tea",
    "code": "TEA1",
    "startDate": "2026-06-01T00:00:00Z",
    "endDate": "2099-06-30T00:00:00Z",
    "numRedemptionsPerUser": 1,
    "numGlobalRedemptions": 1,
}
SEGMENT_METRIC: dict[str, Any] = {"scheduled": False, "factType": "ATV", "query": {}, "periods": ["P1D"]}
USER_METRIC: dict[str, Any] = {"scheduled": False, "realtime": False, "name": "m", "displayName": "M", "effects": []}
ADDED_METRIC: dict[str, Any] = {"type": "CHECKIN", "name": "m", "displayName": "M", "timeRange": {}}
NEW_STAMP: dict[str, Any] = {"locationId": LOCATION, "stampId": "S-2", "effects": {}}
ROWS = {"file": File(f"user_id\n{ADA}\n".encode(), "rows.csv", "text/csv")}
# In an order in which each finds what it needs: operation, method of the facade, arguments.
CALLS: list[tuple[str, str, tuple[Any, ...], dict[str, Any]]] = [
    ("createNotification", "notifications.create", ({**TEXT, "userIds": [ADA]},), {}),
    ("createNotificationForUser", "notifications.create_for_user", (ADA, TEXT), {}),
    ("createNotificationByLocation", "notifications.create_for_location", (LOCATION, TEXT), {}),
    ("createNotificationBySegment", "notifications.create_for_segment", (SEGMENT, TEXT), {}),
    ("listNotifications", "notifications.list", (), {}),
    ("getNotification", "notifications.get", (NOTIFICATION,), {}),
    ("listNotificationReceipts", "notifications.list_receipts", (NOTIFICATION,), {}),
    ("listUserNotificationReceipts", "notifications.list_user_receipts", (ADA,), {}),
    ("addPaymentCard", "payment_cards.add", (), {"last4": "4242"}),
    ("precreatePaymentCard", "payment_cards.precreate", (), {}),
    ("listPaymentCards", "payment_cards.list", (), {}),
    ("listPaymentCardsForUser", "payment_cards.list_for_user", (ADA,), {}),
    ("getActivePaymentCardForUser", "payment_cards.get_active_for_user", (ADA,), {}),
    ("getPaymentCard", "payment_cards.get", (CARD,), {}),
    ("updatePaymentCard", "payment_cards.update", (CARD, {"autoTopUp": {"enabled": False}}), {}),
    ("deletePaymentCard", "payment_cards.delete", (CARD,), {}),
    ("createReferral", "referrals.create", (), {}),
    ("claimReferral", "referrals.claim", ("CODE",), {}),
    ("createRule", "rules.create", (RULE_BODY,), {}),
    ("listRules", "rules.list", (), {}),
    ("validateRules", "rules.validate", (), {}),
    ("getRule", "rules.get", (RULE,), {}),
    ("updateRule", "rules.update", (RULE, RULE_BODY), {}),
    ("deleteRule", "rules.delete", (RULE,), {}),
    ("createScheduledTask", "scheduled_tasks.create", ({"parameters": {}},), {}),
    ("listScheduledTasks", "scheduled_tasks.list", (), {}),
    ("getScheduledTask", "scheduled_tasks.get", (TASK,), {}),
    ("updateScheduledTask", "scheduled_tasks.update", (TASK, {"parameters": {}}), {}),
    ("deleteScheduledTask", "scheduled_tasks.delete", (TASK,), {}),
    ("createSegment", "segments.create", ({"title": "New", "type": "ROLLING"},), {}),
    ("listSegments", "segments.list", (), {}),
    ("getSegment", "segments.get", (SEGMENT,), {}),
    ("updateSegment", "segments.update", (SEGMENT,), {"title": "Newer"}),
    ("addSegmentUsers", "segments.add_users", (SEGMENT, [ADA]), {}),
    ("listSegmentUsers", "segments.list_users", (SEGMENT,), {}),
    ("listSegmentsForUser", "segments.list_for_user", (ADA,), {}),
    ("importSegmentUsers", "segments.import_users", (SEGMENT, ROWS), {}),
    ("downloadSegmentUsersImportResult", "segments.download_import_result", (FILE,), {}),
    ("grantPerkToSegment", "segments.grant_perk", (SEGMENT,), {"perk_id": PERK}),
    ("removeSegmentUsers", "segments.remove_users", (SEGMENT, [ADA]), {}),
    ("createStamps", "stamps.create", ([NEW_STAMP],), {}),
    ("listStamps", "stamps.list", (), {}),
    ("getStamp", "stamps.get", (STAMP,), {}),
    ("updateStamp", "stamps.update", (STAMP, {}), {}),
    ("createStampNonce", "stamps.create_nonce", (), {}),
    ("validateStampImpression", "stamps.validate_impression", (), {"impression": "IMPRESSION"}),
    ("updateStampImprints", "stamps.update_imprints", (STAMP,), {"imprints": []}),
    ("deleteStamp", "stamps.delete", (STAMP,), {}),
    ("createSubscriptionScheme", "subscription_schemes.create", (SCHEME_BODY,), {}),
    ("listSubscriptionSchemes", "subscription_schemes.list", (), {}),
    ("getSubscriptionScheme", "subscription_schemes.get", (SCHEME,), {}),
    ("updateSubscriptionScheme", "subscription_schemes.update", (SCHEME,), {"title": "T"}),
    ("createSubscription", "subscriptions.create", (), {"subscription_scheme_id": SCHEME}),
    ("listSubscriptions", "subscriptions.list", (), {}),
    ("getSubscription", "subscriptions.get", (SUBSCRIPTION,), {}),
    ("cancelSubscription", "subscriptions.cancel", (SUBSCRIPTION,), {"comment": "-"}),
    ("resumeSubscription", "subscriptions.resume", (SUBSCRIPTION,), {"payment_method_id": "-"}),
    ("deleteSubscriptionScheme", "subscription_schemes.delete", (SCHEME,), {}),
    ("createVoucher", "vouchers.create", (VOUCHER_BODY,), {}),
    ("listVouchers", "vouchers.list", (), {}),
    ("getVoucher", "vouchers.get", (VOUCHER,), {}),
    ("updateVoucher", "vouchers.update", (VOUCHER,), {"title": "T"}),
    ("redeemVoucher", "vouchers.redeem", (), {"code": "SUMMER26"}),
    ("createSegmentMetricDefinition", "metrics_segment.create_definition", (SEGMENT_METRIC,), {}),
    ("listSegmentMetricDefinitions", "metrics_segment.list_definitions", (), {}),
    ("getSegmentMetricDefinition", "metrics_segment.get_definition", (DEFINITION,), {}),
    ("updateSegmentMetricDefinition", "metrics_segment.update_definition", (DEFINITION,), {"scheduled": True}),
    ("computeSegmentMetric", "metrics_segment.compute", (DEFINITION,), {}),
    ("listSegmentMetrics", "metrics_segment.list", (DEFINITION,), {}),
    ("deleteSegmentMetricDefinition", "metrics_segment.delete_definition", (DEFINITION,), {}),
    ("createUserMetricDefinition", "metrics_user.create_definition", (USER_METRIC,), {}),
    ("listUserMetricDefinitions", "metrics_user.list_definitions", (), {}),
    ("getUserMetricDefinition", "metrics_user.get_definition", (DEFINITION,), {}),
    ("updateUserMetricDefinition", "metrics_user.update_definition", (DEFINITION,), {"scheduled": True}),
    ("addUserMetric", "metrics_user.add", (DEFINITION, "m", ADDED_METRIC), {}),
    ("addUserMetricEffect", "metrics_user.add_effect", (DEFINITION, {"type": "GRANT_PERK", "perkId": PERK}), {}),
    (
        "addUserMetricCondition",
        "metrics_user.add_condition",
        (DEFINITION, EFFECT, {"operator": "IS_IN_SEGMENT", "value": SEGMENT}),
        {},
    ),
    ("computeUserMetric", "metrics_user.compute", (DEFINITION,), {"user_id": ADA}),
    ("listUserMetricValues", "metrics_user.list_values", (DEFINITION,), {}),
    ("deleteUserMetricCondition", "metrics_user.delete_condition", (DEFINITION, EFFECT, CONDITION), {}),
    ("deleteUserMetricEffect", "metrics_user.delete_effect", (DEFINITION, EFFECT), {}),
    ("deleteUserMetric", "metrics_user.delete", (DEFINITION, METRIC), {}),
    ("deleteUserMetricDefinition", "metrics_user.delete_definition", (DEFINITION,), {}),
    ("deleteSegment", "segments.delete", (SEGMENT,), {}),
]


def prepare(sandbox: Sandbox) -> dict[str, str]:
    """Do what a call needs that the seed cannot have: a referral of another user, an impression by the caller's nonce."""
    settings = {"base_url": f"{sandbox.url}/pepper", "application_id": APPLICATION}
    with Pepper(token=USER_TOKEN, **settings) as ada, Pepper(token=ADMIN_TOKEN, **settings) as admin:
        code, nonce = ada.referrals.create().code, admin.stamps.create_nonce()
        (imprint,) = admin.stamps.get(STAMP).to_dict()["imprints"]
    impression = impressions.encrypt(str(nonce.key), {"points": imprint, "nonce": nonce.nonce})
    return {"CODE": str(code), "IMPRESSION": impression}


async def call_all(client: Pepper | AsyncPepper, known: dict[str, str]) -> dict[str, tuple[int, str | None]]:
    """Make the calls and return status and behaviour of each."""
    seen = {}
    for operation, path, positional, named in CALLS:
        resource, _, method = path.partition(".")
        arguments = [known.get(value, value) if isinstance(value, str) else value for value in positional]
        options = {name: known.get(value, value) if isinstance(value, str) else value for name, value in named.items()}
        made = getattr(getattr(client.with_raw_response, resource), method)(*arguments, **options)
        reply = await made if inspect.isawaitable(made) else made
        assert reply.headers.get("X-Sandbox-Operation") == operation
        seen[operation] = (reply.status, reply.headers.get("X-Sandbox-Behaviour"))
    return seen


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_every_operation_succeeds_with_state(sandbox: Sandbox, kind: str) -> None:
    """All 84, none by an example, none against the effective spec."""
    known = prepare(sandbox)

    async def run() -> dict[str, tuple[int, str | None]]:
        settings: dict[str, Any] = {"base_url": f"{sandbox.url}/pepper", "application_id": APPLICATION}
        if kind == "sync":
            with Pepper(token=ADMIN_TOKEN, **settings) as client:
                return await call_all(client, known)
        async with AsyncPepper(token=ADMIN_TOKEN, **settings) as asynchronous:
            return await call_all(asynchronous, known)

    seen = asyncio.run(run())
    assert {(200, "stateful")} == set(seen.values())
    assert 84 == len(seen)
