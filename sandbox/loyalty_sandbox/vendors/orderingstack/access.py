"""The vendor object, its credentials, and who may call what."""

from __future__ import annotations

from ...core.documents import Document
from ...core.exchange import Caller, Refusal, Request
from ...core.oauth import CLIENTS, USERS, Credential
from ...core.security import Presented
from ...core.state import State
from ...core.tokens import find_caller, keep_token
from ...core.vendor import Vendor

TENANT, ACCOUNT = "tenant-0001", "account-0001"
SERVICE_ID, SERVICE_SECRET, APP_ID = "sandbox-service", "sandbox-orderingstack-secret", "sandbox-app"
PASSWORD = "example-password"  # noqa: S105 - artificial, like all of these, and printed for everybody
SUPER_TOKEN, SERVICE_TOKEN = "sandbox-orderingstack-super-token", "sandbox-orderingstack-service-token"
OPERATOR_TOKEN, USER_TOKEN = "sandbox-orderingstack-operator-token", "sandbox-orderingstack-user-token"
_USERS: dict[str, Document] = {
    "super": {"roles": ["ROLE_SU"], "account": ACCOUNT},
    "operator": {"roles": ["ROLE_LOYALTY"], "account": None},
    "ada": {"roles": [], "account": ACCOUNT},
}

orderingstack = Vendor("orderingstack", "OrderingStack")


def _user(name: str) -> dict[str, str]:
    return {"client_id": APP_ID, "tenant": TENANT, "username": name, "password": PASSWORD}


orderingstack.credentials += [
    Credential("service", {"client_id": SERVICE_ID, "client_secret": SERVICE_SECRET, "tenant": TENANT}),
    Credential("operator of all of loyalty", _user("operator")),
    Credential("customer with the account account-0001", _user("ada")),
    Credential("ready-made bearer token of a user with ROLE_SU and account-0001", {"access_token": SUPER_TOKEN}),
    Credential("ready-made bearer token of the service", {"access_token": SERVICE_TOKEN}),
    Credential("ready-made bearer token of the customer ada", {"access_token": USER_TOKEN}),
]


@orderingstack.seed
def fill(state: State) -> None:
    """Keep a service, users with the printed roles, and a customer; their ready-made tokens never end."""
    service: Document = {"user": SERVICE_ID, "roles": [], "account": None}
    state.collection(CLIENTS).put(SERVICE_ID, {"client_secret": SERVICE_SECRET, "claims": service})
    state.collection(CLIENTS).put(APP_ID, {"client_secret": "", "claims": None})
    keep_token(state, SERVICE_TOKEN, schemes=["oauth2-client"], claims=service)
    for name, claims in _USERS.items():
        state.collection(USERS).put(f"{TENANT}/{name}", {"password": PASSWORD, "claims": {**claims, "user": name}})
    for secret, name in ((SUPER_TOKEN, "super"), (OPERATOR_TOKEN, "operator"), (USER_TOKEN, "ada")):
        keep_token(state, secret, schemes=["oauth2"], claims={**_USERS[name], "user": name})


def authenticate(state: State, presented: Presented) -> Caller | None:
    """Find who a token stands for; a service names its tenant at every call, a user needs one of the roles of the operation."""
    caller = find_caller(state, presented)
    tenant = presented.headers.get("x-tenant", TENANT if presented.scheme == "oauth2" else "")
    if caller is None:
        return None
    if tenant != TENANT:
        raise failure(403 if tenant else 400, f"x-tenant must be {TENANT}; a service token names no tenant.")
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
