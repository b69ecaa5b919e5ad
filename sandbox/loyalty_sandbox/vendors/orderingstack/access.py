"""Tokens by both OAuth2 flows, who may call what, and for which tenant."""

from __future__ import annotations

import base64
import binascii
import hmac

from ...documents import Document
from ...exchange import Caller, Refused, Reply, Request
from ...state import State
from ...tokens import TOKENS, expired, find_caller, keep_token
from ...vendor import Presented
from .base import orderingstack
from .errors import failure, not_found

LIFETIME = 3600  # seconds (OC-01)
REFRESH_LIFETIME = 30 * 86400
CAMPAIGN_ROLE, STATS_ROLE = "ROLE_LOYALTY_CAMPAIGN", "ROLE_LOYALTY_STATS"
STAFF = frozenset({"ROLE_SU", "ROLE_LOYALTY"})
SERVICE_SCHEME, USER_SCHEME, REFRESH = "oauth2-client", "oauth2", "refresh"


@orderingstack.route("POST", "/auth-oauth2/oauth/token")
def issue_token(state: State, request: Request) -> Reply:
    """Issue tokens for client credentials, a password or a refresh token; the client comes by HTTP Basic."""
    if not request.raw_headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded"):
        raise _token_error("invalid_request", "The token request must be a form.")
    client = _client(state, request)
    form = request.members
    match form.get("grant_type"):
        case "client_credentials":
            return _service_token(state, client, request)
        case "password":
            return _password_token(state, client, request)
        case "refresh_token":
            return _refreshed_token(state, client, request)
        case None:
            raise _token_error("invalid_request", "grant_type is missing.")
        case _:  # the device code among them (OC-02)
            raise _token_error("unsupported_grant_type", "This grant type is not served here.")


@orderingstack.authenticates
def authenticate(state: State, presented: Presented) -> Caller | None:
    """Find who a token stands for, and check roles and tenant."""
    caller = find_caller(state, presented)
    if caller is None:
        if presented.scheme == USER_SCHEME and _is_service(state, presented.secret):
            raise failure(403, "forbidden", "A service token cannot call this; a user's token is needed.")
        return None
    asked = presented.headers.get("x-tenant", "").strip()
    if caller.scheme == SERVICE_SCHEME:  # OC-05
        if not asked:
            raise failure(400, "tenant_required", "A service token names no tenant; send the header x-tenant.")
        if state.collection("tenants").get(asked) is None:
            raise failure(403, "forbidden", "The tenant of x-tenant is not one of this service.")
        return Caller(caller.id, caller.scheme, {**caller.claims, "tenant": asked})
    if asked and asked != caller.claims["tenant"]:
        raise failure(403, "forbidden", "x-tenant is not the tenant of the token.")
    if presented.scopes and not set(presented.scopes) & set(caller.claims["roles"]):  # OC-06
        raise failure(403, "forbidden", f"One of these roles is needed: {', '.join(presented.scopes)}.")
    return caller


def tenant_of(request: Request) -> str:
    """Return the tenant of the call."""
    return str(request.claims["tenant"])


def is_staff(request: Request) -> bool:
    """Say whether the caller is a service or a user with a role for the whole of loyalty."""
    assert request.caller is not None  # noqa: S101 - every operation needs a token
    return request.caller.scheme == SERVICE_SCHEME or bool(STAFF & set(request.claims["roles"]))


def staff_tenant(request: Request, role: str = "") -> str:
    """Return the tenant, for operations without printed roles; `role` is one more that is enough (OC-06)."""
    if not is_staff(request) and role not in request.claims["roles"]:
        raise failure(403, "forbidden", f"A service token or a role is needed: ROLE_SU, ROLE_LOYALTY {role}".strip())
    return tenant_of(request)


def own_account_id(request: Request) -> str:
    """Return the id of the caller's account; a user without one is refused (OC-07)."""
    account = request.claims.get("account")
    if not account:
        raise not_found("account for the user", request.claims.get("user"))
    return str(account)


def _client(state: State, request: Request) -> Document:
    word, _, coded = request.raw_headers.get("authorization", "").partition(" ")
    try:
        name, _, secret = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        name = secret = ""
    client = state.collection("clients").get(name) if word.lower() == "basic" else None
    if client is None or not hmac.compare_digest(secret.encode(), client["client_secret"].encode()):
        raise _token_error("invalid_client", "The client is not known; it comes by HTTP Basic.", status=401)
    return client


def _service_token(state: State, client: Document, request: Request) -> Reply:
    if not client["is_service"]:
        raise _token_error("unauthorized_client", "This client has no credentials of its own.")
    claims = {"client": client["client_id"], "user": client["client_id"], "roles": [], "account": None}
    secret = f"sandbox-orderingstack-token-{state.next_number('token'):06d}"
    keep_token(
        state, secret, schemes=[SERVICE_SCHEME], claims=claims, credential=client["client_id"], lifetime=LIFETIME
    )
    tenant = request.raw_headers.get("x-tenant")  # answered as sent: a service token is not tied to it (OC-05)
    return Reply({**_common(secret), "scope": "service", "UUID": None, "TENANT": tenant, "TRUST": None, "MFA": None})


def _password_token(state: State, client: Document, request: Request) -> Reply:
    tenant = request.raw_headers.get("x-tenant", "")
    if not tenant:
        raise _token_error("invalid_request", "User names belong to a tenant; send the header X-Tenant.")  # OC-03
    form = request.members
    user = state.collection("users").get(f"{tenant}/{form.get('username', '')}")
    given = str(form.get("password", "")).encode()
    if user is None or not hmac.compare_digest(given, user["password"].encode()):
        raise _token_error("invalid_grant", "The name or the password is wrong.")
    return _user_tokens(state, client, user, str(form.get("scope", "read")))


def _refreshed_token(state: State, client: Document, request: Request) -> Reply:
    """Take a refresh token, which ends with its use (OC-01)."""
    tokens = state.collection(TOKENS)
    old = tokens.get(str(request.members.get("refresh_token", "")))
    if (
        old is None
        or REFRESH not in old["schemes"]
        or expired(state, old)
        or old["claims"]["client"] != client["client_id"]
    ):
        raise _token_error("invalid_grant", "The refresh token is not valid.")
    tokens.delete(old["token"])
    user = state.collection("users").get(f"{old['claims']['tenant']}/{old['claims']['user']}")
    if user is None:
        raise _token_error("invalid_grant", "The user is gone.")
    return _user_tokens(state, client, user, old["claims"]["scope"])


def _user_tokens(state: State, client: Document, user: Document, scope: str) -> Reply:
    claims = {**user_claims(user), "client": client["client_id"], "scope": scope}
    number = state.next_number("token")
    access, refresh = f"sandbox-orderingstack-token-{number:06d}", f"sandbox-orderingstack-refresh-{number:06d}"
    credential = f"{user['tenant']}/{user['name']}"
    keep_token(state, access, schemes=[USER_SCHEME], claims=claims, credential=credential, lifetime=LIFETIME)
    keep_token(state, refresh, schemes=[REFRESH], claims=claims, credential=credential, lifetime=REFRESH_LIFETIME)
    who = {"UUID": user["uuid"], "TENANT": user["tenant"], "TRUST": None, "MFA": None}
    return Reply({**_common(access), "refresh_token": refresh, "scope": scope, **who})


def user_claims(user: Document) -> Document:
    """Return what a user's token stands for."""
    return {"user": user["name"], "tenant": user["tenant"], "roles": user["roles"], "account": user["account"]}


def _common(secret: str) -> Document:
    return {"access_token": secret, "token_type": "bearer", "expires_in": LIFETIME}


def _is_service(state: State, secret: str) -> bool:
    token = state.collection(TOKENS).get(secret)
    return token is not None and SERVICE_SCHEME in token["schemes"] and not expired(state, token)


def _token_error(error: str, text: str, *, status: int = 400) -> Refused:
    return Refused(Reply({"error": error, "error_description": text}, status=status))  # OC-02
