"""The vendor object that the modules of this package fill, its token call, and what one key can see."""

from __future__ import annotations

import hmac

from ...core.documents import JSON, Document
from ...core.exchange import Refused, Reply, Request
from ...core.oauth import Credential
from ...core.state import State
from ...core.tokens import keep_token
from ...core.vendor import Vendor

CLIENT_ID, CLIENT_SECRET = "ai.stampede.marketplace.sandbox", "sandbox-stampede-client-secret"
OTHER_CLIENT_ID, OTHER_CLIENT_SECRET = "ai.stampede.marketplace.other", "sandbox-stampede-other-secret"
TOKEN = "sandbox-stampede-token"  # noqa: S105 - artificial, and printed for everybody
LIFETIME = 86400  # seconds; the help centre says 24 hours

stampede = Vendor(
    slug="stampede", title="Stampede", trailing_slash=True
)  # the help centre prints a slash at the end (S-04)
stampede.credentials += [
    Credential("API key", {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}),
    Credential("API key of another organisation", {"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET}),
    Credential("ready-made bearer token of the first key", {"access_token": TOKEN}),
]


@stampede.operation("createToken")
def create_token(state: State, request: Request) -> Reply:
    """Issue a bearer token for 24 hours; every failure is 400 (S-60)."""
    key = state.collection("keys").get(request.members["client_id"])
    secret = str(request.members["client_secret"])
    if key is None or not hmac.compare_digest(secret.encode(), key["client_secret"].encode()):
        raise Refused(token_error("invalid_client", "The client credentials are not valid."))
    token = f"sandbox-stampede-token-{state.next_number('token'):06d}"
    claims = {"organization_id": key["organization_id"]}
    keep_token(
        state, token, schemes=["clientCredentials"], claims=claims, credential=key["client_id"], lifetime=LIFETIME
    )
    return Reply({"access_token": token, "expires_in": LIFETIME, "token_type": "Bearer", "scope": "ALL:ALL"})


def token_error(code: str, text: str, *, status: int = 400) -> Reply:
    """Write a failure of the token call."""
    return Reply({"error": code, "error_description": text}, status=status)


def organisation_id(request: Request) -> str:
    """Return the organisation of the caller's key."""
    return str(request.claims["organization_id"])


def own(state: State, request: Request, kind: str, key: JSON) -> Document | None:
    """Return a document of the caller's organisation; those of others do not exist for it."""
    found = state.collection(kind).get(str(key))
    return found if found is not None and found.get("organization_id") == organisation_id(request) else None
