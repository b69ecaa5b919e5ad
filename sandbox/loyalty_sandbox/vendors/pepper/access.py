"""Who calls, and what that caller may see: applications, tenants, roles."""

from __future__ import annotations

import base64
import hashlib
import hmac

from ...documents import JSON, Document
from ...exchange import Caller, Request
from ...state import State
from ...tokens import find_caller
from ...vendor import Presented
from .base import pepper
from .errors import error, forbidden, invalid, not_found

_TOKEN_SCHEMES = {"Token": "auth-token", "Bearer": "bearer-auth-token"}


@pepper.authenticates
def authenticate(state: State, presented: Presented) -> Caller | None:
    """Decide who calls: no call goes without a known application, and a token works with its own tenant's only (PC-03)."""
    application = state.collection("applications").get(presented.headers.get("x-application-id", ""))
    if application is None:
        return None
    if presented.scheme == "basic":
        return _login(state, presented, application["tenantId"])
    if presented.scheme == "application-id":
        return _anonymous(state, presented, application)
    return _tenant_caller(find_caller(state, presented), application["tenantId"])


def _anonymous(state: State, presented: Presented, application: Document) -> Caller | None:
    """Let a call without a token through; one that shows a wrong token is not anonymous but refused (PC-03)."""
    for scheme, secret in _shown_tokens(presented.headers):
        caller = find_caller(state, Presented(scheme, secret, (), presented.headers))
        if _tenant_caller(caller, application["tenantId"]) is None:
            return None
    return Caller(
        f"application {application['_id']}", "application-id", {"tenant": application["tenantId"], "roles": []}
    )


def _shown_tokens(headers: dict[str, str]) -> list[tuple[str, str]]:
    word, _, secret = headers.get("authorization", "").strip().partition(" ")
    shown = [(_TOKEN_SCHEMES.get(word.title(), "unknown"), secret.strip())] if word and word.title() != "Basic" else []
    service = headers.get("x-service-auth-token")
    return [*shown, *([("x-service-auth-token", service)] if service else [])]


def _tenant_caller(caller: Caller | None, tenant: str) -> Caller | None:
    return caller if caller is not None and caller.claims["tenant"] == tenant else None


def _login(state: State, presented: Presented, tenant: str) -> Caller | None:
    """Check a login; a pending user is refused with 403 (PC-04)."""
    name, _, secret = presented.secret.partition(":")
    if presented.headers.get("authprovider", "MOBILE").upper() == "FACEBOOK":
        known = find_identity(state, tenant, "FACEBOOK", name)
        right = hmac.compare_digest(secret.encode(), facebook_token(name).encode())
    else:
        known = find_credential(state, tenant, name)
        right = known is not None and check_password(known, secret)
    user = state.collection("users").get(known["userId"]) if known and right else None
    if user is None:
        return None
    if user["state"] == "PENDING":
        raise error(403, "Forbidden", "The user is not activated yet.")
    claims = {
        "tenant": tenant,
        "user": user["_id"],
        "roles": user["roles"],
        "primary": (known or {}).get("isPrimary", True),
    }
    return Caller(user["_id"], "basic", claims)


def find_credential(state: State, tenant: str, name: str) -> Document | None:
    """Find a credential by its e-mail address, in any case, or phone number."""
    return state.collection("credentials").first(tenantId=tenant, key=name.strip().casefold())


def find_identity(state: State, tenant: str, provider: str, subject: str) -> Document | None:
    """Find the link between a user and an account of FACEBOOK, GOOGLE or APPLE; these are not shown as credentials (PC-10)."""
    return state.collection("identities").get(f"{tenant} {provider} {subject}")


def facebook_token(user_id: str) -> str:
    """Return the session token that the sandbox's Facebook takes for a user id (PC-10)."""
    return f"facebook-token-of-{user_id}"


def hash_password(password: str) -> str:
    """Make what is stored of a password; the salt is fixed, since nothing here is worth stealing."""
    return base64.b64encode(hashlib.sha256(f"loyalty-sandbox {password}".encode()).digest()).decode()


def check_password(credential: Document, password: str) -> bool:
    """Compare a password; a credential without one takes none."""
    stored = credential.get("password")
    return stored is not None and hmac.compare_digest(stored, hash_password(password))


def tenant_id(request: Request) -> str:
    """Return the tenant of the application that calls."""
    return str(request.claims["tenant"])


def is_admin(request: Request) -> bool:
    """Say whether the caller is an administrator."""
    return "ADMIN" in request.claims["roles"]


def require_admin(request: Request) -> None:
    """Refuse callers who are not administrators with 403 (PC-06)."""
    if not is_admin(request):
        raise forbidden("Only administrators may do this.")


def find_own(state: State, request: Request, kind: str, key: JSON) -> Document | None:
    """Return a document of the caller's tenant; those of others do not exist for it."""
    found = state.collection(kind).get(str(key))
    return found if found is not None and found["tenantId"] == tenant_id(request) else None


def get_own(state: State, request: Request, kind: str, key: JSON, *, what: str) -> Document:
    """Return a document of the caller's tenant; refuses with 404."""
    found = find_own(state, request, kind, key)
    if found is None:
        raise not_found(what)
    return found


def path_user(state: State, request: Request) -> Document:
    """Return the user of the path, whom only that user and administrators reach (PC-06); refuses with 403 and 404."""
    return reach_user(state, request, request.path["userId"])


def reach_user(state: State, request: Request, user_id: JSON) -> Document:
    """Return a user whom the caller may reach; refuses with 403 and 404."""
    if not is_admin(request) and user_id != request.claims.get("user"):
        raise forbidden("Only the user and administrators may do this.")
    return tenant_user(state, request, user_id)


def tenant_user(state: State, request: Request, user_id: JSON) -> Document:
    """Return a user of the caller's tenant; refuses an unknown or deleted one with 404."""
    user = find_own(state, request, "users", user_id)
    if user is None or user["deleted"]:
        raise not_found("user")
    return user


def caller_user(state: State, request: Request) -> Document:
    """Return the user who calls; a token without a user is refused with 422 (PC-06)."""
    user = find_own(state, request, "users", request.claims.get("user"))
    if user is None or user["deleted"]:
        raise invalid("The token does not belong to a user.")
    return user
