"""Tokens and venues."""

from __future__ import annotations

import hmac

from ...exchange import Reply, Request
from ...state import State
from ...tokens import keep_token
from .base import stampede
from .errors import token_error
from .organisation import organisation_id
from .pages import cursor_page

LIFETIME = 86400  # seconds; the help centre says 24 hours


@stampede.operation("createToken")
def create_token(state: State, request: Request) -> Reply:
    """Issue a bearer token for 24 hours; every failure is 400 (S-60)."""
    key = state.collection("keys").get(request.members["client_id"])
    if key is None or not hmac.compare_digest(
        str(request.members["client_secret"]).encode(), key["client_secret"].encode()
    ):
        return token_error("invalid_client", "The client credentials are not valid.")
    secret = f"sandbox-stampede-token-{state.next_number('token'):06d}"
    claims = {"organization_id": key["organization_id"]}
    keep_token(
        state, secret, schemes=["clientCredentials"], claims=claims, credential=key["client_id"], lifetime=LIFETIME
    )
    return Reply({"access_token": secret, "expires_in": LIFETIME, "token_type": "Bearer", "scope": "ALL:ALL"})


@stampede.operation("listVenues")
def list_venues(state: State, request: Request) -> Reply:
    """List the organisation's venues."""
    venues = state.collection("venues").find(organization_id=organisation_id(request))
    return Reply(cursor_page(request, venues))
