"""Making users and credentials, and ending them."""

from __future__ import annotations

from ...documents import Document
from ...state import State
from ...tokens import TOKENS
from .access import hash_password
from .base import new_id, timestamp


def new_user(
    state: State,
    tenant: str,
    body: Document,
    *,
    user_id: str | None = None,
    roles: list[str] | None = None,
    active: bool = True,
    guest: bool = False,
) -> Document:
    """Make and store a user without credentials from the members of a request."""
    now, number = timestamp(state), user_id or new_id(state)
    full_name = " ".join(str(body[name]) for name in ("firstName", "lastName") if body.get(name))
    user: Document = {
        "_id": number,
        "id": number,
        "tenantId": tenant,
        "firstName": body.get("firstName", ""),
        "lastName": body.get("lastName", ""),
        "fullName": body.get("fullName") or full_name,
        "state": "ACTIVE" if active else "PENDING",
        "isGuest": guest,
        "roles": roles or ["USER"],
        "primaryPlatform": "UNKNOWN",
        "favouriteLocations": [],
        "contacts": {},
        "extended": {},
        "addresses": [],
        "hasProfilePhoto": False,
        "isRegisteredForPushNotifications": False,
        "hasAgreedToShareData": bool(body.get("hasAgreedToShareData", False)),
        "hasAgreedToReceiveMarketing": bool(body.get("hasAgreedToReceiveMarketing", False)),
        "deleted": False,
        "created": now,
        "updatedAt": now,
    }
    user |= {name: body[name] for name in ("birthdate", "gender") if body.get(name)}
    return state.collection("users").put(number, user)


def new_credential(
    state: State,
    user: Document,
    provider: str,
    name: str,
    *,
    password: str | None = None,
    verified: bool = False,
    primary: bool = False,
    credential_id: str | None = None,
) -> Document:
    """Make and store a credential of a user; of a password only a hash is kept."""
    number = credential_id or new_id(state)
    credential: Document = {
        "_id": number,
        "id": name,
        "key": name.strip().casefold(),
        "tenantId": user["tenantId"],
        "userId": user["_id"],
        "provider": provider,
        "isVerified": verified,
        "isPrimary": primary,
        "password": hash_password(password) if password else None,
    }
    return state.collection("credentials").put(number, credential)


def touch(state: State, user: Document) -> Document:
    """Store a changed user with the time of the change."""
    user["updatedAt"] = timestamp(state)
    return state.collection("users").put(user["_id"], user)


def end_sessions(state: State, user_id: str) -> int:
    """End all sessions of a user, with their tokens, and count them."""
    sessions = state.collection("sessions").find(userId=user_id)
    for session in sessions:
        state.collection("sessions").delete(session["_id"])
        state.collection(TOKENS).delete(session["_id"])
    return len(sessions)
