"""The vendor object, its credentials, and who may call what."""

from __future__ import annotations

from ...core.vendor import Caller, Credential, Document, Presented, Refusal, Request, State, Vendor, find_caller

TENANT, ACCOUNT = "tenant-0001", "account-0001"
SERVICE_ID, SERVICE_SECRET, APP_ID = "sandbox-service", "sandbox-orderingstack-secret", "sandbox-app"
PASSWORD = "example-password"  # noqa: S105 - artificial, like all of these, and printed for everybody
SUPER_TOKEN, SERVICE_TOKEN = "sandbox-orderingstack-super-token", "sandbox-orderingstack-service-token"
OPERATOR_TOKEN, USER_TOKEN = "sandbox-orderingstack-operator-token", "sandbox-orderingstack-user-token"
_SUPER: Document = {"user": "super", "roles": ["ROLE_SU"], "account": ACCOUNT}
_OPERATOR: Document = {"user": "operator", "roles": ["ROLE_LOYALTY"], "account": None}
_ADA: Document = {"user": "ada", "roles": [], "account": ACCOUNT}
_SERVICE: Document = {"user": SERVICE_ID, "roles": [], "account": None}
_READY = "ready-made bearer token of"

orderingstack = Vendor("orderingstack", "OrderingStack")


def _user(name: str) -> dict[str, str]:
    return {"client_id": APP_ID, "tenant": TENANT, "username": name, "password": PASSWORD}


orderingstack.credentials += [
    Credential("service", {"client_id": SERVICE_ID, "client_secret": SERVICE_SECRET, "tenant": TENANT}, _SERVICE),
    Credential("operator of all of loyalty", _user("operator"), _OPERATOR),
    Credential("customer with the account account-0001", _user("ada"), _ADA),
    Credential(f"{_READY} a user with ROLE_SU and account-0001", {"access_token": SUPER_TOKEN}, _SUPER, "oauth2"),
    Credential(f"{_READY} the service", {"access_token": SERVICE_TOKEN}, _SERVICE, "oauth2-client"),
    Credential(f"{_READY} the operator", {"access_token": OPERATOR_TOKEN}, _OPERATOR, "oauth2"),
    Credential(f"{_READY} the customer ada", {"access_token": USER_TOKEN}, _ADA, "oauth2"),
]


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
