"""The vendor object, its credentials, and who may call what."""

from __future__ import annotations

from attrs import evolve

from ...core.documents import Document
from ...core.exchange import Refusal, Reply, Request
from ...core.oauth import Credential
from ...core.state import State
from ...core.tokens import keep_token
from ...core.vendor import Vendor

TENANT, ADA, ADMIN = (f"0000000000000000000000{end}" for end in ("a0", "a1", "a7"))
APPLICATION, ADMIN_TOKEN = "sandbox-pepper-app", "sandbox-pepper-admin-token"
USER_TOKEN, SERVICE_TOKEN = "sandbox-pepper-user-token", "sandbox-pepper-service-token"
USERNAME, PASSWORD = "+442079460000", "example-password"
_SCHEMES = ["auth-token", "bearer-auth-token"]

pepper = Vendor("pepper", "Pepper", same={"pointperks": "perks", "pointawards": "awards"})  # one resource each (AWD)
pepper.credentials += [
    Credential("token of an administrator", {"application_id": APPLICATION, "token": ADMIN_TOKEN}),
    Credential("token of the user Ada", {"application_id": APPLICATION, "token": USER_TOKEN}),
    Credential("login of the user Ada", {"application_id": APPLICATION, "username": USERNAME, "password": PASSWORD}),
    Credential("the same administrator by bearer token", {"application_id": APPLICATION, "bearer_token": ADMIN_TOKEN}),
    Credential("a service", {"application_id": APPLICATION, "service_token": SERVICE_TOKEN}),
]


@pepper.seed
def fill(state: State) -> None:
    """Keep the application and the credentials of an administrator, a service and Ada, whose record comes from the spec."""
    admin: Document = {"user": ADMIN, "roles": ["ADMIN"]}
    user: Document = {"user": ADA, "roles": ["USER"]}
    keep_token(state, APPLICATION, schemes=["application-id"], claims={"user": None, "roles": []})
    keep_token(state, ADMIN_TOKEN, schemes=_SCHEMES, claims=admin)
    keep_token(state, SERVICE_TOKEN, schemes=["x-service-auth-token"], claims={**admin, "user": None})
    keep_token(state, USER_TOKEN, schemes=_SCHEMES, claims=user)
    keep_token(state, f"{USERNAME}:{PASSWORD}", schemes=["basic"], claims=user)


@pepper.operation("loginUser")
def login(state: State, request: Request) -> Reply:
    """Open a session of the user; its `_id` is the token to send from then on."""
    number = f"{state.next_number('session', first=0xA000):024x}"
    keep_token(state, number, schemes=_SCHEMES, claims=request.claims)
    session: Document = {"_id": number, "userId": request.claims["user"], "tenantId": TENANT}
    session |= {"roles": request.claims["roles"], "permanent": True, "state": "ACTIVE"}
    return Reply({**session, "fullName": "Ada Lovelace", "lastName": "Lovelace"})


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
