"""Activation, login, logout, sessions, forgotten passwords."""

from __future__ import annotations

import base64
import binascii

from ...documents import Document, from_json
from ...exchange import Reply, Request
from ...state import State
from ...tokens import TOKENS
from .access import find_credential, find_identity, hash_password, path_user, reach_user, require_admin, tenant_id
from .base import pepper
from .contacts import can_log_in, require_free, send_code, use_code
from .errors import invalid
from .events import record
from .people import end_sessions, new_credential, new_user, open_session, touch
from .registration import check_device, finish
from .users import shown_user


@pepper.operation("loginUser")
def log_in(state: State, request: Request) -> Reply:
    """Open a session for the login that the request shows."""
    user = state.collection("users").get(str(request.claims["user"])) or {}
    return Reply(_session(state, user, primary=bool(request.claims["primary"])))


@pepper.operation("loginWithSso")
def log_in_with_sso(state: State, request: Request) -> Reply:
    """Log in by a token of Google or Apple, whose signature is not checked, and create the user when there is none (PC-10)."""
    provider, body, tenant = str(request.path["ssoProvider"]).upper(), request.members, tenant_id(request)
    payload = _read_token(body["idToken"])
    known = find_identity(state, tenant, provider, payload["sub"])
    user = state.collection("users").get(known["userId"]) if known else None
    if user is None:
        if not body.get("firstName") or not body.get("lastName"):
            raise invalid("There is no such user yet, and to create one firstName and lastName are needed.")
        check_device(state, request)
        user = new_user(state, tenant, body)
        key = f"{tenant} {provider} {payload['sub']}"
        state.collection("identities").put(key, {"_id": key, "userId": user["_id"]})
        if isinstance(payload.get("email"), str):
            require_free(state, tenant, payload["email"])
            new_credential(state, user, "EMAIL", payload["email"], verified=True, primary=True)
        finish(state, request, user)
    return Reply(_session(state, user))


@pepper.operation("activateUser")
def activate_user(state: State, request: Request) -> Reply:
    """Activate a user by the code, or send the code again; that answers without a session's `_id`, hence without token (PC-19)."""
    credential = find_credential(state, tenant_id(request), request.members["id"])
    user = state.collection("users").get(credential["userId"]) if credential else None
    if credential is None or user is None:
        raise invalid("There is no such user.")
    if user["state"] != "PENDING":
        raise invalid("The user is active already.")
    if request.members.get("token") is None:
        send_code(state, credential, "activate")
        record(state, user["tenantId"], "USER_ACTIVATION_RESENT", user=user)
        return Reply({"userId": user["_id"], "tenantId": user["tenantId"], "state": user["state"]})
    use_code(state, credential, "activate", request.members["token"])
    state.collection("credentials").put(credential["_id"], {**credential, "isVerified": True})
    touch(state, {**user, "state": "ACTIVE"})
    user["state"] = "ACTIVE"
    record(state, user["tenantId"], "USER_ACTIVATED", user=user)
    return Reply(_session(state, user))


@pepper.operation("logoutUser")
def log_out(state: State, request: Request) -> Reply:
    """End the caller's own session; another token, such as an administrator's, ends all sessions of the user (PC-14)."""
    user = reach_user(state, request, request.query["userId"])
    session_id = request.caller.id if request.caller else ""
    session = state.collection("sessions").get(session_id)
    if session is not None and session["userId"] == user["_id"]:
        state.collection("sessions").delete(session_id)
        state.collection(TOKENS).delete(session_id)
    else:
        end_sessions(state, user["_id"])
    return Reply({})


@pepper.operation("deleteUserSessions")
def delete_sessions(state: State, request: Request) -> Reply:
    """End all sessions of a user; tokens of the seed are none and stay (PC-14)."""
    end_sessions(state, path_user(state, request)["_id"])
    return Reply({})


@pepper.operation("createAdminSession")
def create_admin_session(state: State, request: Request) -> Reply:
    """Open a permanent session for an administrator, of whom the service token has none of its own (PC-14)."""
    require_admin(request)
    users = state.collection("users").find(tenantId=tenant_id(request), deleted=False)
    admins = [user for user in users if "ADMIN" in user["roles"]]
    own = [user for user in admins if user["_id"] == request.claims.get("user")]
    if not admins:
        raise invalid("The tenant has no administrator.")
    session = open_session(state, (own or admins)[0], permanent=True)
    return Reply({name: session[name] for name in ("_id", "userId", "tenantId", "tenantTitle", "permanent", "roles")})


@pepper.operation("resetPassword")
def reset_password(state: State, request: Request) -> Reply:
    """Send a code, or set the password by it on all credentials that can log in; old sessions end (PC-19)."""
    body, tenant = request.members, tenant_id(request)
    credential = find_credential(state, tenant, body["id"] if "id" in body else body["username"])
    user = state.collection("users").get(credential["userId"]) if credential else None
    if credential is None or user is None:
        raise invalid("There is no such user.")
    if user["state"] == "PENDING":
        raise invalid("The user is not activated yet.")
    if not can_log_in(credential):
        raise invalid("The credential is not verified yet.")
    if "id" in body:
        send_code(state, credential, "reset")
        return Reply({})
    use_code(state, credential, "reset", body["token"])
    if not body["password"]:
        raise invalid("password is empty.")
    for each in filter(can_log_in, state.collection("credentials").find(userId=user["_id"])):
        state.collection("credentials").put(each["_id"], {**each, "password": hash_password(body["password"])})
    end_sessions(state, user["_id"])
    return Reply({})


def _session(state: State, user: Document, *, primary: bool = True) -> Document:
    session = open_session(state, user, primary=primary)
    return {**session, "user": shown_user(state, user, {"credentials"}, whole=True)}


def _read_token(text: str) -> Document:
    """Read the payload of a JWT; refuses with 422 what has no `sub`."""
    parts = text.split(".")
    try:
        payload = (
            from_json(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))) if len(parts) == 3 else None
        )
    except (binascii.Error, ValueError, RecursionError) as error:
        raise invalid("idToken is not a token.") from error
    if not isinstance(payload, dict) or not isinstance(payload.get("sub"), str) or not payload["sub"]:
        raise invalid("idToken is not a token with a subject.")
    return payload
