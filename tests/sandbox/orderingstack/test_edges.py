"""What lies around the operations: unknown addresses, faults on demand, hooks that are asked for the impossible."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty_sandbox.vendors.orderingstack.base import OPERATOR_TOKEN, SERVICE_TOKEN, TENANT
from tests.sandbox.serving import Sandbox

HEADERS = {"Authorization": f"Bearer {SERVICE_TOKEN}", "x-tenant": TENANT}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "error"),
    [
        ("GET", "/loyalty-api/api/shoes", {}, 404, "not_found"),
        ("PATCH", "/loyalty-api/api/campaigns", {}, 405, "method_not_allowed"),
        ("GET", "/auth-oauth2/oauth/token", {}, 404, "not_found"),
        ("GET", "/loyalty-api/api/campaigns/x", {}, 400, "bad_request"),
        ("GET", "/loyalty-api/api/stats/campaign", {}, 400, "bad_request"),
        ("POST", "/loyalty-api/api/events", {"Content-Type": "application/json"}, 400, "bad_request"),
        ("GET", "/loyalty-api/api/stats/segments", {"X-Sandbox-Fault": "status=503"}, 503, "artificial"),
        ("GET", "/loyalty-api/api/stats/segments", {"X-Sandbox-Fault": "status=429; retry-after=7"}, 429, "artificial"),
        ("GET", "/loyalty-api/api/stats/segments", {"x-tenant": "x"}, 403, "forbidden"),
    ],
)
def test_every_refusal_has_the_same_two_members(
    sandbox: Sandbox, method: str, path: str, headers: dict[str, str], status: int, error: str
) -> None:
    """OC-04: `message` for people, `error` for programs."""
    answer = sandbox.client("orderingstack", headers={**HEADERS, **headers}).request(method, path)
    assert (status, error) == (answer.status_code, answer.json()["error"])
    assert {"message", "error"} == set(answer.json())


@pytest.mark.parametrize("body", ["{", "[1", '"a b"', "7", '{"pushId": "push-1"}'])
def test_a_push_id_is_a_bare_string(sandbox: Sandbox, body: str) -> None:
    """Anything else is refused, whatever it is (O-08)."""
    client = sandbox.client("orderingstack", headers={**HEADERS, "Content-Type": "application/json"})
    answer = client.post("/loyalty-api/api/campaigns/campaign-0001/push", content=body)
    assert (400, "bad_request") == (answer.status_code, answer.json()["error"])


@pytest.mark.parametrize(
    ("hook", "body", "word"),
    [
        ("account", {"id": "account-0003", "card": "card-0001"}, "belongs to account-0001"),
        ("account", {"id": "account-0003", "tenant": "nowhere"}, "no tenant"),
        ("account", {"id": "account-0003", "header": {"birthdate": "2026-02-30"}}, "is not a time"),
        ("account", {"id": "account-0003", "header": {"shoes": "42"}}, "shoes"),
        ("coupon", {"coupon": "coupon-0001", "account": "account-0001"}, "already"),
        ("coupon", {"coupon": "coupon-0002", "account": "account-0003"}, "no account"),
        ("redemption", {"coupon": "coupon-0002"}, "UNKNOWN"),
        ("order", {"account": "account-0003"}, "no account"),
    ],
)
def test_hooks_refuse_in_one_line(sandbox: Sandbox, hook: str, body: dict[str, Any], word: str) -> None:
    """400 that says what is wrong."""
    answer = sandbox.client().post(f"/_sandbox/hooks/orderingstack/{hook}", json=body)
    assert 400 == answer.status_code
    assert word in answer.json()["sandbox"]


def test_a_new_tenant_starts_empty(sandbox: Sandbox) -> None:
    """Hooks make a tenant, and people in it."""
    sandbox.admin("POST", "hooks/orderingstack/tenant", {"id": "tenant-0003"})
    sandbox.admin("POST", "hooks/orderingstack/account", {"id": "account-0001", "tenant": "tenant-0003"})
    sandbox.admin("POST", "hooks/orderingstack/account", {"id": "account-0001", "segment": "lost"})
    headers = {**HEADERS, "x-tenant": "tenant-0003"}
    account = sandbox.client("orderingstack", headers=headers).get("/loyalty-api/api/accounts/account-0001").json()
    assert ({}, [], "new") == (account["counters"], account["coupons"], account["segment"])
    known = sandbox.client("orderingstack", bearer=OPERATOR_TOKEN).get("/loyalty-api/api/accounts/account-0001").json()
    assert ({"visits": 7}, "lost") == (known["counters"], known["segment"])


def test_a_snapshot_brings_everything_back(sandbox: Sandbox) -> None:
    """Campaigns, positions and locks."""
    sandbox.admin("POST", "snapshots", {"name": "before"})
    client = sandbox.client("orderingstack", headers=HEADERS)
    client.delete("/loyalty-api/api/campaigns/campaign-0001")
    lock = "/loyalty-api/api/accounts/coupon/verify?coupon=coupon-0001&account=account-0001&lock=true"
    seen = [client.post(lock).json()["reason"] for _ in range(2)]
    sandbox.admin("POST", "restore", {"name": "before"})
    seen.append(client.post(lock).json()["reason"])
    assert [None, "LOCKED", None] == seen
    assert 1 == client.get("/loyalty-api/api/campaigns/campaign-0001").json()["cnt"]
