"""OrderingStack: tokens, roles and tenant as printed, and the flow of a campaign."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox import credentials as access
from tests.sandbox.serving import Sandbox, Serve

API = "/loyalty-api/api"
CAMPAIGN: dict[str, Any] = {
    "id": "campaign-0100",
    "type": "STANDARD",
    "name": "Coffee for regulars",
    "dynamic": True,
    "constraints": [{"field": "counters.visits", "op": "GTE", "value": ["5"]}],
    "states": [{"id": "start", "transitionTo": "done", "type": "MESSAGE"}, {"id": "done", "type": "COUPON"}],
}


@pytest.fixture
def sandbox(serve: Serve) -> Sandbox:
    """A fresh OrderingStack."""
    return serve("orderingstack")


def staff(sandbox: Sandbox) -> httpx.Client:
    """A client with every role."""
    return sandbox.client("orderingstack", bearer=access.SUPER_TOKEN)


def test_a_campaign_goes_from_writing_through_its_states_to_deletion(sandbox: Sandbox) -> None:
    """Written, previewed, started; the account that matches is in it, moves on when it confirms, and stays in the last state."""
    operator, ada = staff(sandbox), sandbox.client("orderingstack", bearer=access.CUSTOMER_TOKEN)
    path = f"{API}/campaigns/campaign-0100"
    assert 200 == operator.put(path, json=CAMPAIGN).status_code
    operator.post(f"{path}/preview")
    assert (1, ["account-0001"]) == tuple(operator.get(path).json()[name] for name in ("cnt", "samples"))
    operator.post(f"{path}/initialize")
    assert True is operator.get(path).json()["initialized"]
    states = [ada.get(f"{API}/me/campaigns").json()]
    for _ in range(2):
        assert 200 == ada.post(f"{API}/me/campaigns/campaign-0100/message").status_code
        states.append(ada.get(f"{API}/me/campaigns").json())
    assert [[{"id": "campaign-0100", "state": state}] for state in ("start", "done", "done")] == states
    assert 409 == operator.post(f"{path}/initialize").status_code
    assert 200 == operator.delete(path).status_code
    assert (404, []) == (operator.get(path).status_code, ada.get(f"{API}/me/campaigns").json())


def test_post_and_put_both_write_over_what_is_there(sandbox: Sandbox) -> None:
    """Both are upserts (O-14); another id in the body than in the path is refused."""
    operator = staff(sandbox)
    operator.post(f"{API}/campaigns", json=CAMPAIGN)
    operator.post(f"{API}/campaigns", json={**CAMPAIGN, "name": "Tea for regulars"})
    assert "Tea for regulars" == operator.get(f"{API}/campaigns/campaign-0100").json()["name"]
    assert 400 == operator.put(f"{API}/campaigns/campaign-0200", json=CAMPAIGN).status_code


@pytest.mark.parametrize(
    ("op", "value", "joins"),
    [
        ("EQ", "7", 1),
        ("EQ", "8", 0),
        ("NE", "8", 1),
        ("GT", "7", 0),
        ("LTE", "7", 1),
        ("LT", "10", 1),
        ("IN", "7", 1),
        ("EXISTS", "false", 0),
    ],
)
def test_only_accounts_that_meet_the_constraints_are_addressed(
    sandbox: Sandbox, op: str, value: str, joins: int
) -> None:
    """The account has seven visits."""
    operator = staff(sandbox)
    constraint = {"field": "counters.visits", "op": op, "value": [value]}
    operator.post(f"{API}/campaigns", json={**CAMPAIGN, "constraints": [constraint]})
    operator.post(f"{API}/campaigns/campaign-0100/preview")
    assert joins == operator.get(f"{API}/campaigns/campaign-0100").json()["cnt"]


def test_an_account_joins_a_dynamic_campaign_when_it_changes(sandbox: Sandbox) -> None:
    """A property that comes later lets it in; a campaign that is not dynamic stays closed."""
    operator, ada = staff(sandbox), sandbox.client("orderingstack", bearer=access.CUSTOMER_TOKEN)
    constraint = {"field": "properties.milk", "op": "EQ", "value": ["oat"]}
    for number, dynamic in (("campaign-0100", True), ("campaign-0200", False)):
        operator.post(
            f"{API}/campaigns", json={**CAMPAIGN, "id": number, "dynamic": dynamic, "constraints": [constraint]}
        )
        operator.post(f"{API}/campaigns/{number}/initialize")
    before = ada.get(f"{API}/me/campaigns").json()
    changed = ada.post(
        f"{API}/me/account/properties",
        json={"properties": {"milk": "oat"}, "addTags": ["my_new"], "removeTags": ["my_vegan"]},
    )
    assert [] == before
    assert ["campaign-0100"] == [each["id"] for each in ada.get(f"{API}/me/campaigns").json()]
    assert ("oat", ["my_new"]) == (changed.json()["properties"]["milk"], changed.json()["tags"])


def test_both_flows_give_tokens_and_a_refresh_token_works_once(sandbox: Sandbox) -> None:
    """The client comes by HTTP Basic, the user's tenant by a header."""
    door, path = sandbox.client("orderingstack", headers={}), "/auth-oauth2/oauth/token"
    service = door.post(
        path, data={"grant_type": "client_credentials"}, auth=(access.SERVICE_ID, access.SERVICE_SECRET)
    )
    login = {"grant_type": "password", "username": "ada", "password": access.USER_PASSWORD}
    user = door.post(path, data=login, auth=(access.APP_ID, ""), headers={"X-Tenant": access.TENANT}).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": user["refresh_token"]}
    fresh, again = (door.post(path, data=refresh, auth=(access.APP_ID, "")) for _ in range(2))
    for token in (user["access_token"], fresh.json()["access_token"]):
        assert "account-0001" == sandbox.client("orderingstack", bearer=token).get(f"{API}/me/account").json()["id"]
    assert (400, "invalid_grant") == (again.status_code, again.json()["error"])
    services = sandbox.client("orderingstack", bearer=service.json()["access_token"])
    answers = [
        services.get(f"{API}/campaigns/campaign-0001", headers=headers).status_code
        for headers in ({}, {"X-Tenant": access.TENANT}, {"X-Tenant": "other"})
    ]
    assert [400, 200, 403] == answers


def test_an_operation_needs_one_of_its_roles(sandbox: Sandbox) -> None:
    """The customer cannot list accounts; the operator can, and has no account of its own."""
    ada = sandbox.client("orderingstack", bearer=access.CUSTOMER_TOKEN)
    operator = sandbox.client("orderingstack", bearer=access.OPERATOR_TOKEN)
    statuses = [each.get(f"{API}/accounts", params={"_start": 0, "_end": 5}).status_code for each in (ada, operator)]
    assert [403, 200] == statuses
    assert 404 == operator.get(f"{API}/me/account").status_code
    assert "account-0001" == operator.get(f"{API}/accounts/card/card-0001").json()["id"]
    assert 404 == operator.get(f"{API}/accounts/card/card-9999").status_code
