"""The vendor object, its credentials, and who may call what."""

from __future__ import annotations

from ...core.security import Presented, find_caller
from ...core.vendor import Caller, Document, Refusal, Request, State, Vendor

orderingstack = Vendor.beside(__file__, "orderingstack", "OrderingStack")
_TENANT = orderingstack.credentials[0].arguments["tenant"]


def authenticate(state: State, presented: Presented) -> Caller | None:
    """Find who a token stands for; a service names its tenant at every call, a user needs one of the roles of the operation."""
    caller = find_caller(state, presented)
    tenant = presented.headers.get("x-tenant", _TENANT if presented.scheme == "oauth2" else "")
    if caller is None:
        return None
    if tenant != _TENANT:
        raise failure(403 if tenant else 400, f"x-tenant must be {_TENANT}; a service token names no tenant.")
    if presented.scheme == "oauth2" and presented.scopes and not set(presented.scopes) & set(caller.claims["roles"]):
        raise failure(403, f"One of these roles is needed: {', '.join(presented.scopes)}.")
    return caller


orderingstack.authenticator = authenticate


def failure(status: int, message: str) -> Refusal:
    """Make a refusal; the vendor documents no status and no body of an error."""
    return Refusal("refused", message, status=status)


def account_of(state: State, request: Request) -> Document:
    """Return the caller's account; refuses a user without one with 404."""
    found = state.collection("accounts").get(str(request.claims.get("account")))
    if found is None:
        raise failure(404, "The user has no account.")
    return found
