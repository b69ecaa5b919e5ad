"""Tokens and keys kept in the state: what most vendors need to know who calls."""

from __future__ import annotations

from datetime import timedelta

from .clock import iso, parse_time
from .documents import Document
from .exchange import Caller
from .security import Presented
from .state import State

TOKENS = "$tokens"


def keep_token(
    state: State, secret: str, *, schemes: list[str], claims: Document, credential: str = "", lifetime: float = 0
) -> None:
    """Make a secret valid for security schemes, for `lifetime` seconds, or for ever with 0.

    `credential` names whose requests it counts as; several tokens of one key share their rate limit.
    """
    expires = iso(state.now + timedelta(seconds=lifetime)) if lifetime else None
    token: Document = {"token": secret, "schemes": schemes, "claims": claims, "credential": credential or secret}
    state.collection(TOKENS).put(secret, {**token, "expires_at": expires})


def expired(state: State, token: Document) -> bool:
    """Say whether a kept token is past its end."""
    return token["expires_at"] is not None and parse_time(token["expires_at"]) <= state.now


def find_caller(state: State, presented: Presented) -> Caller | None:
    """Find who a presented secret stands for; None when it is unknown, expired or for another scheme."""
    token = state.collection(TOKENS).get(presented.secret)
    if token is None or presented.scheme not in token["schemes"] or expired(state, token):
        return None
    return Caller(token["credential"], presented.scheme, token["claims"])
