"""The vendor object, its credentials, and who may call what."""

from __future__ import annotations

from attrs import evolve

from ...core.vendor import JSON, Credential, Document, Refusal, Request, State, Vendor, keep_token

TENANT, ADA, ADMIN = (f"0000000000000000000000{end}" for end in ("a0", "a1", "a7"))
APPLICATION, ADMIN_TOKEN = "sandbox-pepper-app", "sandbox-pepper-admin-token"
USER_TOKEN, SERVICE_TOKEN = "sandbox-pepper-user-token", "sandbox-pepper-service-token"
USERNAME, PASSWORD = "+442079460000", "example-password"
_SCHEMES = ["auth-token", "bearer-auth-token"]

pepper = Vendor("pepper", "Pepper", same={"pointperks": "perks", "pointawards": "awards"})  # one resource each (AWD)
_ADMIN: Document = {"user": ADMIN, "roles": ["ADMIN"]}
_ADA: Document = {"user": ADA, "roles": ["USER"]}
pepper.credentials += [
    Credential("token of an administrator", {"application_id": APPLICATION, "token": ADMIN_TOKEN}, _ADMIN),
    Credential("token of the user Ada", {"application_id": APPLICATION, "token": USER_TOKEN}, _ADA),
    Credential(
        "login of the user Ada", {"application_id": APPLICATION, "username": USERNAME, "password": PASSWORD}, _ADA
    ),
    Credential(
        "the same administrator by bearer token", {"application_id": APPLICATION, "bearer_token": ADMIN_TOKEN}, _ADMIN
    ),
    Credential("a service", {"application_id": APPLICATION, "service_token": SERVICE_TOKEN}, _ADMIN | {"user": None}),
    Credential("the application alone", {"application_id": APPLICATION}, {"user": None, "roles": []}),
]


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
