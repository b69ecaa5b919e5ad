"""Accounts: lists, count, reading by id and by card."""

from __future__ import annotations

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import own_account_id, tenant_of
from .base import orderingstack
from .errors import not_found
from .lists import listed, selected, total


@orderingstack.operation("getAccounts")
def list_accounts(state: State, request: Request) -> Reply:
    """List accounts."""
    return listed(shown_accounts(state, tenant_of(request)), request.query["filter"])


@orderingstack.operation("getAccountsCount")
def count_accounts(state: State, request: Request) -> Reply:
    """Count accounts; the number stands in a member and in the header of lists (OC-29)."""
    number = len(selected(shown_accounts(state, tenant_of(request)), request.query["filter"]))
    return Reply({"count": number}, headers=total(number))


@orderingstack.operation("getAccount")
def get_account(state: State, request: Request) -> Reply:
    """Read an account."""
    return Reply(shown_account(state, find_account(state, tenant_of(request), request.path["account"])))


@orderingstack.operation("getAccountByCard")
def get_account_by_card(state: State, request: Request) -> Reply:
    """Read the account of a card."""
    card = request.path["card"]
    account = state.collection("accounts").first(tenant=tenant_of(request), card=card)
    if account is None:
        raise not_found("account with the card", card)
    return Reply(shown_account(state, account))


@orderingstack.operation("getMyAccount")
def get_my_account(state: State, request: Request) -> Reply:
    """Read the caller's account."""
    return Reply(shown_account(state, own_account(state, request)))


@orderingstack.operation("getMyAccount_1")
def get_my_account_again(state: State, request: Request) -> Reply:
    """Read the caller's account by the second route (O-04)."""
    return get_my_account(state, request)


@orderingstack.operation("getMyCampaigns")
def list_my_campaigns(state: State, request: Request) -> Reply:
    """List the campaigns the caller takes part in, also those it has gone through (OC-20)."""
    return Reply(list(campaign_states(state, own_account(state, request))))


def find_account(state: State, tenant: str, account_id: object) -> Document:
    """Return an account of a tenant; raises `Refused` with 404."""
    found = state.collection("accounts").get(f"{tenant}/{account_id}")
    if found is None:
        raise not_found("account", account_id)
    return found


def own_account(state: State, request: Request) -> Document:
    """Return the caller's account."""
    return find_account(state, tenant_of(request), own_account_id(request))


def new_account(state: State, tenant: str, account_id: str) -> Document:
    """Return an account without anything, of the segment `new` (OC-32); it is not stored."""
    return {
        "tenant": tenant,
        "id": account_id,
        "card": None,
        "mgm": None,
        "header": {"created": state.timestamp},
        "tags": [],
        "importantTags": [],
        "venues": [],
        "properties": {},
        "counters": {},
        "relations": [],
        "openedOrders": [],
        "previousOrders": [],
        "segment": "new",
    }


def shown_accounts(state: State, tenant: str) -> list[Document]:
    """Return all accounts of a tenant as they are read."""
    return [shown_account(state, account) for account in state.collection("accounts").find(tenant=tenant)]


def shown_account(state: State, account: Document) -> Document:
    """Return an account as it is read: without what it lacks, with its unused coupons and its campaigns."""
    shown = {name: value for name, value in account.items() if name != "tenant" and value is not None}
    coupons = state.collection("coupons").find(tenant=account["tenant"], account=account["id"], usedAt=None)
    return {
        **shown,
        "coupons": [coupon["code"] for coupon in coupons],
        "campaigns": campaign_states(state, account),
    }


def campaign_states(state: State, account: Document) -> list[Document]:
    """Return where an account stands in the campaigns that run."""
    positions = state.collection("positions").find(tenant=account["tenant"], account=account["id"], open=True)
    return [{"id": position["campaign"], "state": position["state"]} for position in positions]
