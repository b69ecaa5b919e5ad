"""OrderingStack: tokens and roles, and the flow of campaigns as printed. Choices stand in docs/sandbox.md."""

from __future__ import annotations

from ...core.exchange import Inbound
from ...core.vendor import Caller, Document, Refusal, Request, State, Vendor

orderingstack = Vendor.beside(__file__, "orderingstack", "OrderingStack")
_TENANT = orderingstack.credentials[0].arguments["tenant"]


def admit(caller: Caller, inbound: Inbound) -> None:
    """Refuse a service that names no tenant or another one, and a user who has none of the roles of the operation."""
    is_user = caller.scheme == "oauth2"
    tenant = inbound.headers.get("x-tenant", _TENANT if is_user else "")
    if tenant != _TENANT:
        raise failure(403 if tenant else 400, f"x-tenant must be {_TENANT}; a service token names no tenant.")
    if is_user and caller.scopes and not set(caller.scopes) & set(caller.claims["roles"]):
        raise failure(403, f"One of these roles is needed: {', '.join(caller.scopes)}.")


orderingstack.admit = admit


def failure(status: int, message: str) -> Refusal:
    """Make a refusal; the vendor documents no status and no body of an error."""
    return Refusal("refused", message, status=status)


def account_of(state: State, request: Request) -> Document:
    """Return the caller's account; refuses a user without one with 404."""
    found = state.collection("accounts").get(str(request.claims.get("account")))
    if found is None:
        raise failure(404, "The user has no account.")
    return found
