"""Pepper: what belongs to one tenant does not exist for another one, and nothing of it is for callers without a token."""

from __future__ import annotations

import pytest

from loyalty_sandbox.vendors.pepper.base import APPLICATION, OTHER_APPLICATION, OTHER_TOKEN
from loyalty_sandbox.vendors.pepper.seed import ADA, LOCATION, SEGMENT
from loyalty_sandbox.vendors.pepper.subscription_schemes import SCHEME
from tests.sandbox.pepper.test_both_clients import (
    CARD,
    DEFINITION,
    NOTIFICATION,
    RULE,
    STAMP,
    SUBSCRIPTION,
    TASK,
    TEXT,
    VOUCHER,
)
from tests.sandbox.serving import Sandbox

ONE = [
    f"/notifications/{NOTIFICATION}",
    f"/notifications/{NOTIFICATION}/receipts",
    f"/cards/{CARD}",
    f"/rules/{RULE}",
    f"/scheduledtasks/{TASK}",
    f"/segments/{SEGMENT}",
    f"/segments/{SEGMENT}/users",
    f"/stamps/{STAMP}",
    f"/subscriptionschemes/{SCHEME}",
    f"/subscriptions/{SUBSCRIPTION}",
    f"/vouchers/{VOUCHER}",
    f"/metrics/segments/definitions/{DEFINITION}",
    f"/metrics/users/definitions/{DEFINITION}/values",
    f"/users/{ADA}/cards",
    f"/users/{ADA}/segments",
]
ALL = [
    *("/notifications", "/cards", "/rules", "/scheduledtasks", "/segments", "/stamps", "/subscriptionschemes"),
    *("/subscriptions", "/vouchers", "/metrics/segments/definitions", "/metrics/users/definitions"),
]
HEADERS = {"x-application-id": OTHER_APPLICATION, "Authorization": f"Token {OTHER_TOKEN}", "x-api-version": "12"}


@pytest.mark.parametrize("path", ONE)
def test_ids_of_another_tenant_are_unknown(sandbox: Sandbox, path: str) -> None:
    """To its administrator; 404."""
    assert 404 == sandbox.client("pepper", headers=HEADERS).get(path).status_code


@pytest.mark.parametrize("path", ALL)
def test_lists_of_another_tenant_are_empty(sandbox: Sandbox, path: str) -> None:
    """All of what the first tenant has is missing."""
    answer = sandbox.client("pepper", headers=HEADERS).get(path)
    body = answer.json()
    assert (200, []) == (answer.status_code, body if isinstance(body, list) else body.get("items", body.get("cards")))


def test_nothing_reaches_another_tenant(sandbox: Sandbox) -> None:
    """Neither a message nor a code nor a member."""
    client = sandbox.client("pepper", headers=HEADERS)
    calls = [
        (404, client.post(f"/users/{ADA}/notifications", json=TEXT)),
        (404, client.post(f"/locations/{LOCATION}/notifications", json=TEXT)),
        (422, client.post("/notifications", json={**TEXT, "segmentIds": [SEGMENT]})),
        (404, client.post(f"/segments/{SEGMENT}/users", json=[ADA])),
        (422, client.post("/vouchers/redeem", json={"code": "SUMMER26"})),
        (404, client.post("/referrals/123456/claim")),
        (422, client.post("/subscriptions", json={"subscriptionSchemeId": SCHEME})),
    ]
    assert [wanted for wanted, _ in calls] == [answer.status_code for _, answer in calls]


@pytest.mark.parametrize("path", [*ONE, *ALL])
def test_a_token_is_needed(sandbox: Sandbox, path: str) -> None:
    """The application alone opens none of it."""
    headers = {"x-application-id": APPLICATION, "x-api-version": "12"}
    assert 401 == sandbox.client("pepper", headers=headers).get(path).status_code
