"""The vendor object that the modules of this package fill, and what one key can see."""

from __future__ import annotations

from ...core.documents import JSON, Document
from ...core.exchange import Request
from ...core.oauth import Credential
from ...core.state import State
from ...core.vendor import Vendor

CLIENT_ID, CLIENT_SECRET = "ai.stampede.marketplace.sandbox", "sandbox-stampede-client-secret"
OTHER_CLIENT_ID, OTHER_CLIENT_SECRET = "ai.stampede.marketplace.other", "sandbox-stampede-other-secret"
TOKEN = "sandbox-stampede-token"  # noqa: S105 - artificial, and printed for everybody
ORGANISATION = "00000000-0000-4000-8000-0000000000aa"
OTHER_ORGANISATION = "00000000-0000-4000-8000-0000000000bb"
_OWN = {"user": CLIENT_ID, "organization_id": ORGANISATION}
_OTHER = {"user": OTHER_CLIENT_ID, "organization_id": OTHER_ORGANISATION}

stampede = Vendor("stampede", "Stampede", trailing_slash=True)  # the help centre prints a slash at the end (S-04)
stampede.credentials += [
    Credential("API key", {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}, _OWN),
    Credential(
        "API key of another organisation", {"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET}, _OTHER
    ),
    Credential("ready-made bearer token of the first key", {"access_token": TOKEN}, _OWN),
]


def organisation_id(request: Request) -> str:
    """Return the organisation of the caller's key."""
    return str(request.claims["organization_id"])


def own(state: State, request: Request, kind: str, key: JSON) -> Document | None:
    """Return a document of the caller's organisation; those of others do not exist for it."""
    found = state.collection(kind).get(str(key))
    return found if found is not None and found.get("organization_id") == organisation_id(request) else None


def own_all(state: State, request: Request, kind: str) -> list[Document]:
    """List the documents of the caller's organisation."""
    return state.collection(kind).find(organization_id=organisation_id(request))
