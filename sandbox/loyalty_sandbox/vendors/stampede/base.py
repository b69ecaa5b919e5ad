"""The vendor object that the modules of this package fill, and what one key can see."""

from __future__ import annotations

from ...core.vendor import JSON, Credential, Document, Request, State, Vendor

CLIENT_ID, CLIENT_SECRET = "ai.stampede.marketplace.sandbox", "sandbox-stampede-client-secret"
OTHER_CLIENT_ID, OTHER_CLIENT_SECRET = "ai.stampede.marketplace.other", "sandbox-stampede-other-secret"
TOKEN = "sandbox-stampede-token"  # noqa: S105 - artificial, and printed for everybody
ORGANISATION = "00000000-0000-4000-8000-0000000000aa"
OTHER_ORGANISATION = "00000000-0000-4000-8000-0000000000bb"
OWNER = "organization_id"
_OWN = {"user": CLIENT_ID, OWNER: ORGANISATION}
_OTHER = {"user": OTHER_CLIENT_ID, OWNER: OTHER_ORGANISATION}

# The help centre prints a slash at the end of paths (S-04).
stampede = Vendor("stampede", "Stampede", trailing_slash=True, owner=OWNER)
stampede.credentials += [
    Credential("API key", {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}, _OWN),
    Credential(
        "API key of another organisation", {"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET}, _OTHER
    ),
    Credential("ready-made bearer token of the first key", {"access_token": TOKEN}, _OWN),
]


def own(state: State, request: Request, kind: str, **members: JSON) -> list[Document]:
    """List documents of the caller's organisation; those of others do not exist for it."""
    return state.collection(kind).find(**{OWNER: request.claims[OWNER]}, **members)


def next_guid(state: State, name: str, prefix: int = 0) -> str:
    """Return the next GUID of a sequence; they are numbered, so that they look artificial and repeat from run to run."""
    return f"{prefix:08x}-0000-4000-8000-{state.next_number(f'guid {name}'):012x}"
