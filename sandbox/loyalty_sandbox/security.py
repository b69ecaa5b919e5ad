"""Who calls, by the security schemes of the effective spec."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from attrs import frozen

from .documents import Document
from .exchange import Caller
from .operations import Operation, resolve
from .state import State
from .tokens import find_caller
from .vendor import Authenticator, Presented


@frozen
class Denied:
    """No way in: nothing was presented (`missing`) or nothing valid (`wrong`)."""

    reason: str


def authenticate(
    spec: Document,
    operation: Operation,
    state: State,
    *,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    authenticator: Authenticator | None,
) -> Caller | Denied | None:
    """Try the operation's security requirements in order; None means that it is open to everybody.

    With several schemes in one requirement all must hold; the caller is that of the first.
    """
    decide = authenticator or find_caller
    schemes = spec.get("components", {}).get("securitySchemes", {})
    presented_any = False
    for requirement in operation.security:
        callers = []
        for name, scopes in requirement.items():
            scheme = resolve(spec, schemes.get(name, {}))
            secret = _secret(scheme if isinstance(scheme, dict) else {}, headers, query)
            if secret is None:
                break
            presented_any = True
            caller = decide(state, Presented(name, secret, scopes, dict(headers)))
            if caller is None:
                break
            callers.append(caller)
        else:
            if callers:
                return callers[0]
    if not operation.security or any(not requirement for requirement in operation.security):
        return None
    return Denied("wrong" if presented_any else "missing")


def _secret(scheme: Document, headers: Mapping[str, str], query: Mapping[str, str]) -> str | None:
    """Take what a request presents for a scheme, without its prefix."""
    kind = scheme.get("type")
    if kind == "apiKey":
        place = headers if scheme["in"] == "header" else query
        value = place.get(scheme["name"].lower() if scheme["in"] == "header" else scheme["name"])
        return _after(scheme["x-prefix"], value) if "x-prefix" in scheme else value
    if kind == "http" and scheme.get("scheme", "").lower() == "basic":
        coded = _after("Basic", headers.get("authorization"))
        try:
            return None if coded is None else base64.b64decode(coded, validate=True).decode()
        except (binascii.Error, ValueError):
            return ""
    return _after("Bearer", headers.get("authorization"))


def _after(word: str, value: str | None) -> str | None:
    first, _, rest = (value or "").strip().partition(" ")
    return rest.strip() if first.lower() == word.lower() else None
