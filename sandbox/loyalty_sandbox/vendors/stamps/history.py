"""The second balance, what happened to a membership, what will expire, and access tokens."""

from __future__ import annotations

from itertools import groupby

from ...core.clock import parse_time
from ...core.documents import JSON, Document
from ...core.exchange import Refusal, Request
from ...core.security import TOKENS, keep_token
from ...core.state import State
from .base import AUTHENTICATION, MERCHANT, stamps
from .errors import failure
from .ledger import BALANCE, CANCELED, CREATED, LIMIT, change, expire_lots, log, relog
from .members import find_asked, find_member, find_own, find_store, show_customer

LIFETIME = 86_400
stamps.tickers.append(expire_lots)


@stamps.operation("creditBalance")
def credit(state: State, request: Request) -> JSON:
    """Raise the second balance."""
    return _move(state, request, 1)


@stamps.operation("debitBalance")
def debit(state: State, request: Request) -> JSON:
    """Lower the second balance, not below zero."""
    return _move(state, request, -1)


@stamps.operation("cancelBalanceUpdate")
def cancel(state: State, request: Request) -> JSON:
    """Take a change of the second balance back, once."""
    update, membership, user = find_own(state, request, "balance_updates", request.members["id"])
    if update is None:
        raise failure("id", "There is no such change.", "invalid")
    if update["status"] == "Canceled":
        raise failure("id", "The change is cancelled already.", "invalid")
    _change(state, membership, -update["change"])
    state.collection("balance_updates").put(update["id"], update | {"status": "Canceled"})
    relog(state, update["activity"], status=CANCELED)
    return {"customer": show_customer(membership, user), "balance_update": update}


@stamps.operation("listActivities")
@stamps.operation("listGroupActivities")
def activities(state: State, request: Request) -> JSON:
    """List what happened to the membership; a merchant is a group of its own here."""
    membership, _ = find_asked(state, request)
    return [*state.collection("activities").find(membership_id=membership["id"])]


@stamps.operation("listExpirationJournals")
def journals(state: State, request: Request) -> JSON:
    """List the days on which stamps of the customer end."""
    membership, _ = find_asked(state, request)
    first = str(request.query.get("minimum_expiration_date", ""))
    lots = state.collection("awards").find(membership_id=membership["id"], open=True)
    ending = sorted((each for each in lots if each["expires_on"]), key=lambda each: str(each["expires_on"]))
    shown: list[JSON] = [
        {"id": number, "expiration_date": day, "stamps_to_expire": sum(each["remaining"] for each in group)}
        for number, (day, group) in enumerate(groupby(ending, lambda each: each["expires_on"]), 1)
        if str(day) >= first
    ]
    return {"expiration_journals": shown}


@stamps.operation("getAccessToken")
def get_access_token(state: State, request: Request) -> JSON:
    """Give a token of 24 hours for the authentication string and its merchant; that it is no static token is our own choice."""
    body = request.members
    if body["token"] != AUTHENTICATION or body["crm_merchant_id"] != MERCHANT:
        raise Refusal("unauthorized", reason="wrong")
    token = f"sandbox-stamps-jwt-{state.next_number('jwt'):06d}"
    keep_token(state, token, schemes=["bearerToken"], claims={"merchant_id": MERCHANT}, lifetime=LIFETIME)
    return {"access_token": token}


@stamps.operation("verifyToken")
def verify_token(state: State, request: Request) -> JSON:
    """Show what a token says."""
    secret = request.inbound.headers.get("authorization", "").partition(" ")[2].strip()
    token = state.collection(TOKENS).get(secret) or {}
    end = token.get("expires_at")
    exp = int(parse_time(end).timestamp()) if end else int(state.now.timestamp()) + LIFETIME
    claims: Document = {"token_type": "access", "iat": exp - LIFETIME, "exp": exp, "jti": secret[-32:], "user_id": 1}
    return {**claims, **request.claims}


def _move(state: State, request: Request, sign: int) -> JSON:
    membership, user = find_member(state, request, request.members["user"])
    find_store(state, request)
    amount, number = request.members["amount"], state.next_number("balance", first=1001)
    _change(state, membership, sign * amount)
    part: Document = {"transaction_number": f"BAL-{number}", "amount": sign * amount, "status": CREATED}
    activity = log(state, membership, BALANCE, balance_update=part)
    update: Document = {"id": number, "membership_id": membership["id"], "change": sign * amount, "amount": amount}
    state.collection("balance_updates").put(number, {**update, "status": "Created", "activity": activity})
    return {"customer": show_customer(membership, user), "balance_update": update}


def _change(state: State, membership: Document, difference: float) -> None:
    if not 0 <= membership["balance"] + difference <= LIMIT:
        raise failure("amount", "The balance would be negative, or larger than a till can need.", "invalid_data")
    change(state, membership, balance=difference)
