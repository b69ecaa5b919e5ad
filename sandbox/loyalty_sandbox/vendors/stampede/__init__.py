"""Stampede: guests, tags, deals and codes. What is chosen where the vendor says nothing stands in docs/sandbox.md."""

from __future__ import annotations

from ...core.vendor import JSON, Document, Request, State, Vendor

OWNER = "organization_id"
# The help centre prints a slash at the end of paths (S-04).
stampede = Vendor.beside(__file__, "stampede", "Stampede", trailing_slash=True, owner=OWNER)
ORGANISATION: str = stampede.credentials[0].claims[OWNER]


def own(state: State, request: Request, kind: str, **members: JSON) -> list[Document]:
    """List documents of the caller's organisation; those of others do not exist for it."""
    return state.collection(kind).find(**{OWNER: request.claims[OWNER]}, **members)


def next_guid(state: State, name: str, prefix: int = 0) -> str:
    """Return the next GUID of a sequence; they are numbered, so that they look artificial and repeat from run to run."""
    return f"{prefix:08x}-0000-4000-8000-{state.next_number(f'guid {name}'):012x}"
