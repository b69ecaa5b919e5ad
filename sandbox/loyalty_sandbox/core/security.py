"""Who calls: the security schemes of a spec, and the tokens and keys that are kept in the state."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import cookie_parser

from .clock import iso, parse_time
from .documents import Document
from .exchange import Caller, Refusal
from .spec import Operation
from .state import State

TOKENS = "$tokens"


def authenticate(
    schemes: Mapping[str, Document],
    operation: Operation,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    state: State,
) -> Caller | None:
    """Try the operation's security requirements in order; None means that it is open to everybody.

    With several schemes in one requirement all must hold; the caller is that of the first. A scheme that nothing in a request
    can show, such as mutual TLS, holds. Raises `Refusal` when no requirement is met.
    """
    presented_any = False
    for requirement in operation.security:
        callers: list[Any] = []
        for name, scopes in requirement.items():
            scheme = schemes.get(name, {})
            if scheme.get("type") == "mutualTLS":
                callers.append(Caller("mutual TLS", name))
                continue
            secret = _secret(scheme, headers, query)
            presented_any = presented_any or secret is not None
            token = find_token(state, secret, name) if secret is not None else None
            callers.append(token and Caller(token["credential"], name, token["claims"], tuple(scopes or ())))
        if callers and None not in callers:
            return callers[0]  # type: ignore[no-any-return]
    if not operation.security or {} in operation.security:
        return None
    raise Refusal("unauthorized", reason="wrong" if presented_any else "missing")


def is_basic(scheme: Document) -> bool:
    """Say whether a scheme is HTTP Basic."""
    return scheme.get("type") == "http" and str(scheme.get("scheme", "")).lower() == "basic"


def basic_login(headers: Mapping[str, str]) -> str | None:
    """Return `name:password` of HTTP Basic; empty when it cannot be read, None without it."""
    coded = _after("Basic", headers.get("authorization"))
    try:
        return None if coded is None else base64.b64decode(coded, validate=True).decode()
    except ValueError:
        return ""


def keep_token(
    state: State, secret: str, *, schemes: list[str], claims: Document, credential: str = "", lifetime: float = 0
) -> None:
    """Make a secret valid for security schemes, for `lifetime` seconds, or for ever with 0.

    `credential` names whose requests it counts as; several tokens of one key share their rate limit.
    """
    expires = iso(state.now + timedelta(seconds=lifetime)) if lifetime else None
    token: Document = {"token": secret, "schemes": schemes, "claims": claims, "credential": credential or secret}
    state.collection(TOKENS).put(secret, {**token, "expires_at": expires})


def find_token(state: State, secret: str, scheme: str) -> Document | None:
    """Return what is kept of a secret; None when it is unknown, expired or for another scheme."""
    token = state.collection(TOKENS).get(secret)
    if token is None or scheme not in token["schemes"]:
        return None
    ends = token["expires_at"]
    return token if ends is None or parse_time(ends) > state.now else None


def _secret(scheme: Document, headers: Mapping[str, str], query: Mapping[str, str]) -> str | None:
    """Take what a request presents for a scheme, without its prefix."""
    if is_basic(scheme):
        return basic_login(headers)
    if scheme.get("type") != "apiKey":
        return _after("Bearer", headers.get("authorization"))
    name = str(scheme.get("name"))
    if scheme.get("in") == "cookie":
        return cookie_parser(headers.get("cookie", "")).get(name)
    if scheme.get("in") == "query":
        return query.get(name)
    value = headers.get(name.lower())
    if isinstance(scheme.get("x-prefix"), str):
        return _after(scheme["x-prefix"], value)
    return value.rpartition(" ")[2] if value and name.lower() == "authorization" else value


def _after(word: str, value: str | None) -> str | None:
    first, _, rest = (value or "").strip().partition(" ")
    return rest.strip() if first.lower() == word.lower() else None
