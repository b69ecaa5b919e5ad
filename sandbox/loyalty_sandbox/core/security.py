"""Who calls, by the security schemes of the effective spec."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from attrs import frozen
from starlette.requests import cookie_parser

from .documents import Document
from .exchange import Caller, Refusal
from .spec import Operation, Place, Spec


@frozen
class Presented:
    """What a request presents for a security scheme: `secret` is the token, or `name:password` of HTTP Basic.

    `scopes` are those the operation asks for; `headers` has lower-case names.
    """

    scheme: str
    secret: str
    scopes: tuple[str, ...]
    headers: Mapping[str, str]


def schemes(spec: Spec) -> dict[str, Document]:
    """Return the security schemes of a spec by the names that handlers know."""
    found = Place(spec.document, "")["components"]["securitySchemes"]
    return {spec.scheme_name(name): spec.follow(found[name]).value for name in found.value}


def authenticate(
    known: Mapping[str, Document],
    operation: Operation,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    decide: Callable[[Presented], Caller | None],
) -> Caller | None:
    """Try the operation's security requirements in order; None means that it is open to everybody.

    With several schemes in one requirement all must hold; the caller is that of the first. A scheme that nothing in a request
    can show, such as mutual TLS, holds. Raises `Refusal` when no requirement is met.
    """
    presented_any = False
    for requirement in operation.security:
        callers: list[Caller | None] = []
        for name, scopes in requirement.items():
            scheme = known.get(name, {})
            if scheme.get("type") == "mutualTLS":
                callers.append(Caller("mutual TLS", name))
                continue
            secret = _secret(scheme, headers, query)
            presented_any = presented_any or secret is not None
            callers.append(None if secret is None else decide(Presented(name, secret, tuple(scopes or ()), headers)))
        if callers and None not in callers:
            return callers[0]
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
