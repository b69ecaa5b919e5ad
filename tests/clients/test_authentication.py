"""How each client proves who calls: kinds of tokens, tokens that are fetched, calls without any, and nonces."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import pytest

from loyalty_runtime import Clock
from tests.clients.doors import perform
from tests.clients.recording import Answer, Recorded, Recorder
from tests.clients.replies import files
from tests.clients.rows import Row, actual, expected
from tests.clients.tables import sync_and_async
from tests.clients.vendors import BY_SLUG

PEPPER = BY_SLUG["pepper"]
BARE: dict[str, Any] = {"token": None, "username": None, "password": None}
APPLICATION = {"x-application-id": "artificial-application"}

# The constructor's arguments, and the headers they become.
TOKENS = [
    ("stamps", "addStamps", {"access_token": "one"}, {"authorization": "Bearer one"}),
    ("stamps", "addStamps", {"access_token": None, "token": "two"}, {"authorization": "Token two"}),
    ("pepper", "getUser", {**BARE, "token": "one"}, {**APPLICATION, "authorization": "Token one"}),
    ("pepper", "getUser", {**BARE, "bearer_token": "two"}, {**APPLICATION, "authorization": "Bearer two"}),
    ("pepper", "getUser", {**BARE, "service_token": "three"}, {**APPLICATION, "x-service-auth-token": "three"}),
    # What the vendor's guides allow without a token.
    ("pepper", "createUser", BARE, APPLICATION),
    ("pepper", "loginWithSso", BARE, APPLICATION),
    ("pepper", "activateUser", BARE, APPLICATION),
    ("pepper", "resetPassword", BARE, APPLICATION),
    ("pepper", "createGuestSession", BARE, APPLICATION),
    ("pepper", "listLocations", BARE, APPLICATION),
]


@sync_and_async
@pytest.mark.parametrize(("slug", "operation", "credentials", "headers"), TOKENS)
def test_token(
    slug: str,
    operation: str,
    credentials: dict[str, Any],
    headers: dict[str, str],
    asynchronous: bool,
    recorder: Recorder,
) -> None:
    """Each kind of token goes into its own header, and no other goes along."""
    row = BY_SLUG[slug].rows[operation]
    perform(BY_SLUG[slug], row, recorder, asynchronous=asynchronous, **credentials)
    assert expected(row, slug, headers, listed=True) == actual(recorder.only)


JSON, FORM = "application/json", "application/x-www-form-urlencoded"
APP: dict[str, Any] = {"access_token": None, "client_id": "app", "client_secret": "artificial-secret"}
PERSON: dict[str, Any] = {"username": "ada@example.org", "password": "artificial-password"}
BASIC = {"authorization": f"Basic {base64.b64encode(b'app:artificial-secret').decode()}", "x-tenant": "tenant-1"}

FETCHED = {"access_token": "fetched-token", "token_type": "bearer", "expires_in": 3600}
# Replies of the token address: as it is documented, and with nulls, new members and a number as text.
PLAIN, VARIANT = (json.loads(path.read_bytes()) for path in files(BY_SLUG["orderingstack"], "token"))
# How a token is asked for: an operation that needs one, credentials, target, headers, media type and body; and what is answered.
GRANTS = [
    (
        ("stampede", "getGuest", APP),
        ("/oauth/token", {}, JSON),
        {"client_id": "app", "client_secret": "artificial-secret", "grant_type": "client_credentials"},
        FETCHED,
    ),
    (
        (
            "stamps",
            "addStamps",
            {"access_token": None, "authentication_string": "artificial", "crm_merchant_id": "14"},
        ),
        ("/api/auth/get-access-token/", {}, JSON),
        {"token": "artificial", "crm_merchant_id": 14},
        FETCHED,
    ),
    (
        ("orderingstack", "getCampaign", {**APP, "tenant": "tenant-1"}),
        ("/auth-oauth2/oauth/token", BASIC, FORM),
        {"grant_type": "client_credentials"},
        PLAIN,
    ),
    (
        ("orderingstack", "getMyAccount", {**APP, **PERSON, "tenant": "tenant-1"}),
        ("/auth-oauth2/oauth/token", BASIC, FORM),
        {**PERSON, "grant_type": "password", "scope": "read"},
        VARIANT,
    ),
]


@sync_and_async
@pytest.mark.parametrize(("call", "asked", "body", "reply"), GRANTS)
def test_token_is_fetched_as_documented(
    call: tuple[str, str, Any],
    asked: tuple[str, Any, str],
    body: Any,
    reply: Any,
    asynchronous: bool,
    recorder: Recorder,
) -> None:
    """Credentials are exchanged for a token at the vendor's address, and the call carries it as a bearer."""
    slug, operation, credentials = call
    recorder.answer(200, reply)
    perform(BY_SLUG[slug], BY_SLUG[slug].rows[operation], recorder, asynchronous=asynchronous, **credentials)
    token, sent = recorder.requests
    target, headers, media = asked
    kept = {name: token.headers[name] for name in ("authorization", "x-tenant") if name in token.headers}
    assert ("POST", target, headers, media) == (token.method, token.target, kept, token.headers["content-type"])
    assert body == read(token)
    assert f"Bearer {reply['access_token']}" == sent.headers["authorization"]


def read(request: Recorded) -> object:
    """Return the members of a body of either media type."""
    text = request.body.decode()
    return json.loads(text) if request.headers["content-type"] == JSON else dict(parse_qsl(text))


NONCED = [row for row in PEPPER.rows.values() if "x-pepper-req-nonce" in row.sends.headers]


@pytest.mark.parametrize("row", NONCED, ids=[row.operation for row in NONCED])
def test_nonce_is_made_once_per_call(row: Row, recorder: Recorder) -> None:
    """Without a nonce of the caller every call gets a fresh one, and its repeats keep it."""
    recorder.default = Answer(503, {})
    given = {name: value for name, value in row.arguments.items() if name != "x_pepper_req_nonce"}
    for _ in range(2):
        perform(PEPPER, replace(row, arguments=given), recorder, max_retries=1, clock=Hurry())
    nonces = [request.headers["x-pepper-req-nonce"] for request in recorder.requests]
    assert (4, 2) == (len(nonces), len(set(nonces)))
    assert [nonces[0], nonces[2]] == [nonces[1], nonces[3]]
    assert all(UUID(nonce).version == 4 for nonce in nonces)


class Hurry(Clock):
    """A clock that never sleeps."""

    def sleep(self, seconds: float) -> None:
        """Return at once."""
