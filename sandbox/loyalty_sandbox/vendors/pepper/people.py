"""Making users, credentials and sessions, and ending them."""

from __future__ import annotations

from ...clock import parse_time
from ...documents import Document
from ...state import State
from ...tokens import TOKENS, keep_token
from .access import hash_password
from .base import new_id, pepper, timestamp

GUEST_LIFETIME = 3600.0  # seconds


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
        "initialPoints": 0,
        "pushDevice": None,
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


def open_session(state: State, user: Document, *, primary: bool = True, permanent: bool = False) -> Document:
    """Open a session: its `_id` is the token to send from then on, and ends with a guest's hour only (PC-14)."""
    tenant = state.collection("tenants").get(user["tenantId"]) or {}
    session: Document = {
        "_id": new_id(state),
        "userId": user["_id"],
        "tenantId": user["tenantId"],
        "tenantTitle": tenant.get("title", ""),
        "permanent": permanent,
        "lastName": user["lastName"],
        "fullName": user["fullName"],
        "state": user["state"],
        "isGuest": user["isGuest"],
        "isPrimary": primary,
        "roles": user["roles"],
    }
    claims: Document = {"tenant": user["tenantId"], "user": user["_id"], "roles": user["roles"]}
    lifetime = GUEST_LIFETIME if user["isGuest"] else None
    keep_token(state, session["_id"], schemes=["auth-token", "bearer-auth-token"], claims=claims, lifetime=lifetime)
    return state.collection("sessions").put(session["_id"], session)


def remove_person(state: State, user: Document) -> None:
    """Remove all that leads to a user: sessions, credentials, links to other accounts, codes, devices."""
    end_sessions(state, user["_id"])
    for kind in ("credentials", "identities", "codes", "devices"):
        for found in state.collection(kind).find(userId=user["_id"]):
            state.collection(kind).delete(found["_id"])


@pepper.before_request
def remove_guests(state: State) -> None:
    """Remove guests an hour after they came, with credential and session; those who became users stay."""
    users = state.collection("users")
    while (guest := users.first(isGuest=True)) is not None and age(state, guest["created"]) >= GUEST_LIFETIME:
        remove_person(state, guest)
        users.delete(guest["_id"])


def age(state: State, moment: str) -> float:
    """Return how many seconds ago a stored time was."""
    return (state.now - parse_time(moment)).total_seconds()
