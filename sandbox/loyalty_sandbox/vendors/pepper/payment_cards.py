"""Payment cards, as tokens of a payment gateway that the sandbox plays."""

from __future__ import annotations

import re

from ...documents import Document
from ...exchange import Reply, Request
from ...state import State
from .access import caller_user, get_own, is_admin, path_user, tenant_id
from .base import new_id, pepper, timestamp
from .errors import forbidden, invalid, not_found
from .events import record
from .seed import ADA

_FORMS = {"last4": re.compile(r"[0-9]{4}"), "expires": re.compile(r"(0[1-9]|1[0-2])[0-9]{2}")}
_MEMBERS = ("cardType", "methodType", "gatewayId", "last4", "expires")


@pepper.operation("addPaymentCard")
def add_card(state: State, request: Request) -> Reply:
    """Add a card to the caller; without `gatewayId` the sandbox's gateway makes a token (PC-63)."""
    user = caller_user(state, request)
    for name, form in _FORMS.items():
        if name in request.members and not form.fullmatch(request.members[name]):
            raise invalid(f"{name} is not valid.")
    card = _make(state, user, request.members, new_id(state))
    record(state, user["tenantId"], "CARD_CREATED", user=user, metadata={"cardId": card["_id"]})
    return Reply(_shown(card))


@pepper.operation("precreatePaymentCard")
def precreate_card(state: State, request: Request) -> Reply:
    """Make what Stripe's part in an app needs; both values are artificial and nothing is kept (PC-63)."""
    caller_user(state, request)
    number = new_id(state)
    return Reply({"stripe": {"id": f"example-setup-{number}", "clientSecret": f"example-secret-{number}"}})


@pepper.operation("listPaymentCards")
def list_cards(state: State, request: Request) -> Reply:
    """List the caller's cards, or all of the tenant for administrators."""
    own = {} if is_admin(request) else {"userId": caller_user(state, request)["_id"]}
    return _cards(state.collection("cards").find(tenantId=tenant_id(request), **own))


@pepper.operation("listPaymentCardsForUser")
def list_for_user(state: State, request: Request) -> Reply:
    """List the cards of a user."""
    return _cards(state.collection("cards").find(userId=path_user(state, request)["_id"]))


@pepper.operation("getActivePaymentCardForUser")
def get_active(state: State, request: Request) -> Reply:
    """Read the card that a user has added last; 404 without any (PC-63)."""
    cards = state.collection("cards").find(userId=path_user(state, request)["_id"])
    if not cards:
        raise not_found("payment card")
    return Reply(_shown(cards[-1]))


@pepper.operation("getPaymentCard")
def get_card(state: State, request: Request) -> Reply:
    """Read a card."""
    return Reply(_shown(_card(state, request)))


@pepper.operation("updatePaymentCard")
def update_card(state: State, request: Request) -> Reply:
    """Change the top-up of a card, and nothing else; the sandbox tops nothing up."""
    card = _card(state, request)
    if "autoTopUp" in request.members:
        card["autoTopUp"] = {**card.get("autoTopUp", {}), **request.members["autoTopUp"]}
    return Reply(_shown(state.collection("cards").put(card["_id"], {**card, "updated": timestamp(state)})))


@pepper.operation("deletePaymentCard")
def delete_card(state: State, request: Request) -> Reply:
    """Delete a card."""
    card = _card(state, request)
    state.collection("cards").delete(card["_id"])
    user = state.collection("users").get(card["userId"])
    record(state, card["tenantId"], "CARD_DELETED", user=user, metadata={"cardId": card["_id"]})
    return Reply({})


@pepper.seed
def seed_card(state: State) -> None:
    """Give the user Ada a card."""
    ada = state.collection("users").get(ADA)
    if ada is not None:
        body: Document = {"cardType": "STRIPE", "gatewayId": "example-gateway-token", "last4": "4242"}
        _make(state, ada, {**body, "expires": "1230"}, "0000000000000000000000b2")


def _make(state: State, user: Document, body: Document, key: str) -> Document:
    now = timestamp(state)
    card: Document = {"_id": key, "cardId": key, "tenantId": user["tenantId"], "userId": user["_id"], "created": now}
    card |= {"updated": now, "methodType": "CARD", "gatewayId": f"example-gateway-token-{key}"}
    card |= {name: body[name] for name in _MEMBERS if name in body}
    return state.collection("cards").put(key, card)


def _card(state: State, request: Request) -> Document:
    card = get_own(state, request, "cards", request.path["cardId"], what="payment card")
    if not is_admin(request) and card["userId"] != request.claims.get("user"):
        raise forbidden("Only the owner and administrators may do this.")
    return card


def _cards(cards: list[Document]) -> Reply:
    return Reply({"cards": [_shown(card) for card in cards]})


def _shown(card: Document) -> Document:
    return {name: value for name, value in card.items() if name != "tenantId"}
