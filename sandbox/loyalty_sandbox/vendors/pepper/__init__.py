"""Pepper: points of awards, and vouchers. All else is derived from the spec. Choices stand in docs/sandbox.md."""

from __future__ import annotations

from attrs import evolve

from ...core.security import keep_token
from ...core.vendor import JSON, Document, Refusal, Request, State, Vendor

TENANT = "0000000000000000000000a0"
_SAME = {"pointperks": "perks", "pointawards": "awards"}  # one resource each (AWD)
pepper = Vendor.beside(__file__, "pepper", "Pepper", same=_SAME)
_SCHEMES = ["auth-token", "bearer-auth-token"]


@pepper.operation("loginUser")
def login(state: State, request: Request) -> JSON:
    """Open a session of the user; its `_id` is the token to send from then on."""
    number = f"{state.next_number('session', first=0xA000):024x}"
    keep_token(state, number, schemes=_SCHEMES, claims=request.claims)
    session: Document = {"_id": number, "userId": request.claims["user"], "tenantId": TENANT}
    session |= {"roles": request.claims["roles"], "permanent": True, "state": "ACTIVE"}
    return {**session, "fullName": "Ada Lovelace", "lastName": "Lovelace"}


@pepper.guard("listAwards")
def own_awards(state: State, request: Request) -> Request:
    """Narrow the list to the caller's awards; administrators see all, and may ask for those of one user."""
    user = request.claims["user"]
    if _is_admin(request):
        return request
    if request.query.get("userId", user) != user:
        raise Refusal("refused", "userId is for administrators.", status=403)
    return evolve(request, query={**request.query, "userId": user})


@pepper.guard("deleteUser", "listPaymentCardsForUser", "getActivePaymentCardForUser")
def own_record(state: State, request: Request) -> Request:
    """Let users reach their own record only."""
    if not _is_admin(request) and request.path["userId"] != request.claims["user"]:
        raise Refusal("refused", "Only the user and administrators may do this.", status=403)
    return request


def _is_admin(request: Request) -> bool:
    return "ADMIN" in request.claims["roles"]


def refused(message: str) -> Refusal:
    """Make the refusal of a request that fits the spec; its code is the one that is known, `Validation`."""
    return Refusal("invalid", message, status=422)


def moment(state: State) -> str:
    """Return the time with the three decimals that the vendor prints."""
    return state.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
