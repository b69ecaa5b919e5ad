"""The vendor object, its credentials, who may call what, and the error shape `code` and `message`."""

from __future__ import annotations

from attrs import evolve

from ...core.documents import Document
from ...core.exchange import Refusal, Refused, Reply, Request
from ...core.oauth import Credential
from ...core.refusals import describe
from ...core.state import State
from ...core.tokens import keep_token
from ...core.vendor import Vendor

TENANT, ADA, ADMIN = (f"0000000000000000000000{end}" for end in ("a0", "a1", "a7"))
APPLICATION, ADMIN_TOKEN = "sandbox-pepper-app", "sandbox-pepper-admin-token"
USER_TOKEN, SERVICE_TOKEN = "sandbox-pepper-user-token", "sandbox-pepper-service-token"
USERNAME, PASSWORD = "+442079460000", "example-password"
_SCHEMES = ["auth-token", "bearer-auth-token"]

pepper = Vendor(
    slug="pepper", title="Pepper", same={"pointperks": "perks", "pointawards": "awards"}
)  # one resource each (AWD)
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
    keep_token(state, APPLICATION, schemes=["application-id"], claims={"user": None, "roles": []})
    keep_token(state, ADMIN_TOKEN, schemes=_SCHEMES, claims=admin)
    keep_token(state, SERVICE_TOKEN, schemes=["x-service-auth-token"], claims={**admin, "user": None})
    keep_token(state, USER_TOKEN, schemes=_SCHEMES, claims={"user": ADA, "roles": ["USER"]})
    keep_token(state, f"{USERNAME}:{PASSWORD}", schemes=["basic"], claims={"user": ADA, "roles": ["USER"]})


@pepper.operation("loginUser")
def login(state: State, request: Request) -> Reply:
    """Open a session of the user; its `_id` is the token to send from then on."""
    number = f"{state.next_number('session', first=0xA000):024x}"
    keep_token(state, number, schemes=_SCHEMES, claims=request.claims)
    session: Document = {
        "_id": number,
        "userId": request.claims["user"],
        "tenantId": TENANT,
        "roles": request.claims["roles"],
    }
    return Reply({**session, "permanent": True, "state": "ACTIVE", "fullName": "Ada Lovelace", "lastName": "Lovelace"})


@pepper.guard("listAwards")
def own_awards(state: State, request: Request) -> Request:
    """Narrow the list to the caller's awards; administrators see all, and may ask for those of one user."""
    if is_admin(request):
        return request
    if request.query.get("userId", request.claims["user"]) != request.claims["user"]:
        raise error(403, "Forbidden", "userId is for administrators.")
    return evolve(request, query={**request.query, "userId": request.claims["user"]})


@pepper.guard("deleteUser", "listPaymentCardsForUser", "getActivePaymentCardForUser")
def own_record(state: State, request: Request) -> Request:
    """Let users reach their own record only."""
    if not is_admin(request) and request.path["userId"] != request.claims["user"]:
        raise error(403, "Forbidden", "Only the user and administrators may do this.")
    return request


def is_admin(request: Request) -> bool:
    """Say whether the caller is an administrator."""
    return "ADMIN" in request.claims["roles"]


def error(status: int, code: str, message: str) -> Refused:
    """Make a refusal in the vendor's shape."""
    return Refused(Reply({"code": code, "message": message}, status=status))


def invalid(message: str) -> Refused:
    """Refuse with 422 and the one code that is known."""
    return error(422, "Validation", message)


_CODES = {
    "unauthorized": (401, "Unauthorized"),
    "not-found": (404, "NotFound"),
    "unknown-path": (404, "NotFound"),
    "wrong-method": (405, "MethodNotAllowed"),
    "conflict": (409, "Conflict"),
    "too-many-requests": (429, "TooManyRequests"),
}


@pepper.refuses
def refuse(refusal: Refusal) -> Reply:
    """Answer what the core refuses; a request that breaks the spec is 422, a body that cannot be read 400."""
    if refusal.kind == "invalid":
        unreadable = any(fault.keyword in ("malformed", "media-type") for fault in refusal.faults)
        status, code = (400, "BadRequest") if unreadable else (422, "Validation")
    else:
        status, code = _CODES.get(refusal.kind, (refusal.status, "Artificial"))
    return Reply({"code": code, "message": describe(refusal)}, status=status)
