"""Addresses of the vendor that the effective spec does not describe: the token call and the testing helpers."""

from __future__ import annotations

from ...exchange import Reply, Request
from ...faults import HTML
from ...state import State
from ...tokens import find_caller, keep_token
from ...vendor import Presented
from .base import stamps
from .errors import HEADERS, failure

_DAY = 86400


@stamps.route("POST", "/api/auth/get-access-token/")
def get_access_token(state: State, request: Request) -> Reply:
    """Exchange a static token for one that lasts 24 hours; `crm_merchant_id` must be the merchant of the token (TC-16)."""
    body = request.members
    for name in ("token", "crm_merchant_id"):
        if name not in body:
            raise failure(name, "This field is required.", "required")
    caller = find_caller(state, Presented("staticToken", str(body["token"]), (), {}))
    if caller is None or str(caller.claims["merchant_id"]) != str(body["crm_merchant_id"]):
        return Reply({"detail": "Invalid token"}, status=401, headers=HEADERS)
    secret = f"sandbox-stamps-access-token-{state.next_number('access token'):06d}"
    keep_token(state, secret, schemes=["bearerToken"], claims=caller.claims, credential=caller.id, lifetime=_DAY)
    return Reply({"access_token": secret}, headers=HEADERS)


@stamps.route("GET", "/api/500")
@stamps.route("POST", "/api/500")
def always_500(state: State, request: Request) -> Reply:
    """Answer with 500 and HTML, as the vendor's testing helper does (T-50)."""
    return Reply(HTML, status=500, media_type="text/html")


@stamps.route("GET", "/api/400")
@stamps.route("POST", "/api/400")
def always_400(state: State, request: Request) -> Reply:
    """Answer with 400 and HTML, as the vendor's testing helper does (T-50)."""
    return Reply(HTML, status=400, media_type="text/html")
