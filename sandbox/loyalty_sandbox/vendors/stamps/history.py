"""The second balance, what happened to a membership, what will expire, and access tokens."""

from __future__ import annotations

from itertools import groupby

from ...core.clock import parse_time
from ...core.documents import JSON, Document
from ...core.exchange import Refusal, Reply, Request
from ...core.paging import below
from ...core.state import State
from ...core.tokens import TOKENS, keep_token
from .base import AUTHENTICATION, stamps
from .errors import HEADERS, failure
from .ledger import BALANCE, CANCELED, CREATED, LIMIT, change, expire_lots, log, relog
from .members import find_member, find_store

LIFETIME = 86_400
stamps.tickers.append(expire_lots)


@stamps.operation("creditBalance")
def credit(state: State, request: Request) -> Reply:
    """Raise the second balance."""
    return _move(state, request, 1)


@stamps.operation("debitBalance")
def debit(state: State, request: Request) -> Reply:
    """Lower the second balance, not below zero."""
    return _move(state, request, -1)


@stamps.operation("cancelBalanceUpdate")
def cancel(state: State, request: Request) -> Reply:
    """Take a change of the second balance back, once."""
    update = state.collection("balance_updates").get(str(request.members["id"]))
    membership = state.collection("memberships").get(update["membership_id"]) if update else None
    if update is None or membership is None or membership["merchant_id"] != request.claims["merchant_id"]:
        raise failure("id", "There is no such change.", "invalid")
    if update["status"] == "Canceled":
        raise failure("id", "The change is cancelled already.", "invalid")
    _change(state, membership, -update["change"])
    state.collection("balance_updates").put(update["id"], {**update, "status": "Canceled"})
    relog(state, update["activity"], status=CANCELED)
    return _result(membership, {"id": update["id"], "amount": abs(update["change"]), "status": "Canceled"})


@stamps.operation("listActivities")
def activities(state: State, request: Request) -> Reply:
    """List what happened to the membership, the newest first, 20 at a time."""
    membership, _ = find_member(state, request, request.query["user"], name="user", blocked=True)
    known = state.collection("activities").find(membership_id=membership["id"])
    page = below({"parameter": "older_than", "key": "id"}, 20, request.query, known)
    shown: list[JSON] = []
    for each in page.records:
        kept = {name: value for name, value in each.items() if name != "membership_id"}
        shown.append({**kept, "merchant": {"id": membership["merchant_id"]}})
    return Reply({"activities": shown}, headers=HEADERS)


stamps.operation("listGroupActivities")(activities)  # a merchant is a group of its own here


@stamps.operation("listExpirationJournals")
def journals(state: State, request: Request) -> Reply:
    """List the days on which stamps of the customer end."""
    membership, _ = find_member(state, request, request.query["user"], name="user", blocked=True)
    first = str(request.query.get("minimum_expiration_date", ""))
    lots = state.collection("awards").find(membership_id=membership["id"], open=True)
    ending = sorted((each for each in lots if each["expires_on"]), key=lambda each: str(each["expires_on"]))
    shown: list[JSON] = [
        {"id": number, "expiration_date": day, "stamps_to_expire": sum(each["remaining"] for each in group)}
        for number, (day, group) in enumerate(groupby(ending, lambda each: each["expires_on"]), 1)
        if str(day) >= first
    ]
    return Reply({"expiration_journals": shown}, headers=HEADERS)


@stamps.operation("getAccessToken")
def get_access_token(state: State, request: Request) -> Reply:
    """Give a token of 24 hours for the authentication string and its merchant; that it is no static token is our own choice."""
    body = request.members
    if body["token"] != AUTHENTICATION or body["crm_merchant_id"] != 1:
        raise Refusal("unauthorized", reason="wrong")
    token, claims = f"sandbox-stamps-jwt-{state.next_number('jwt'):06d}", {"merchant_id": 1}
    keep_token(state, token, schemes=["bearerToken"], claims=claims, credential="merchant 1", lifetime=LIFETIME)
    return Reply({"access_token": token}, headers=HEADERS)


@stamps.operation("verifyToken")
def verify_token(state: State, request: Request) -> Reply:
    """Show what a token says."""
    secret = request.inbound.headers.get("authorization", "").partition(" ")[2].strip()
    token = state.collection(TOKENS).get(secret) or {}
    end = token.get("expires_at")
    exp = int(parse_time(end).timestamp()) if end else int(state.now.timestamp()) + LIFETIME
    claims: Document = {"token_type": "access", "iat": exp - LIFETIME, "exp": exp, "jti": secret[-32:], "user_id": 1}
    return Reply({**claims, "merchant_id": token["claims"]["merchant_id"]}, headers=HEADERS)


def _move(state: State, request: Request, sign: int) -> Reply:
    membership, _ = find_member(state, request, request.members["user"])
    find_store(state, request)
    amount = request.members["amount"]
    number = state.next_number("balance", first=1001)
    _change(state, membership, sign * amount)
    part: Document = {"transaction_number": f"BAL-{number}", "amount": sign * amount, "status": CREATED}
    activity = log(state, membership, BALANCE, balance_update=part)
    update: Document = {"id": number, "membership_id": membership["id"], "change": sign * amount, "status": "Created"}
    state.collection("balance_updates").put(number, {**update, "activity": activity})
    return _result(membership, {"id": number, "amount": amount})


def _change(state: State, membership: Document, difference: float) -> None:
    if not 0 <= membership["balance"] + difference <= LIMIT:
        raise failure("amount", "The balance would be negative, or larger than a till can need.", "invalid_data")
    change(state, membership, balance=difference)


def _result(membership: Document, update: Document) -> Reply:
    customer: Document = {
        "id": membership["user_id"],
        "balance": membership["balance"],
        "status": membership["status_text"],
    }
    return Reply({"customer": customer, "balance_update": update}, headers=HEADERS)
