"""What one key can see: its organisation's venues and guests."""

from __future__ import annotations

from ...documents import JSON, Document
from ...exchange import Request
from ...state import State
from .errors import not_found


def organisation_id(request: Request) -> str:
    """Return the organisation of the caller's key."""
    return str(request.claims["organization_id"])


def own(state: State, request: Request, kind: str, key: JSON) -> Document | None:
    """Return a document of the caller's organisation; those of others do not exist for it."""
    found = state.collection(kind).get(str(key))
    return found if found is not None and found["organization_id"] == organisation_id(request) else None


def path_guest(state: State, request: Request) -> Document:
    """Return the guest that the path names; refuses with 404."""
    guest = own(state, request, "guests", request.path["guest_id"])
    if guest is None:
        raise not_found(request)
    return guest


def touch(state: State, guest: Document) -> None:
    """Note that the guest was active now (SC-05)."""
    guest["last_interacted_at"] = state.timestamp
    state.collection("guests").put(guest["id"], guest)
