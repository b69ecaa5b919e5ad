"""Rate limits: counted per key by the sandbox's clock, told with Retry-After, switchable."""

from __future__ import annotations

from tests.sandbox.credentials import CLIENT_ID, CLIENT_SECRET, OTHER_CLIENT_ID, OTHER_CLIENT_SECRET
from tests.sandbox.serving import Serve

CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials"}


def test_the_101st_request_in_15_minutes_is_refused(serve: Serve) -> None:
    """429 with the seconds to wait; after them the next request passes."""
    sandbox = serve("stampede")
    sandbox.admin("POST", "clock", {"stopped": True})
    client = sandbox.client("stampede")
    statuses = [client.get("/v1/venues").status_code for _ in range(100)]
    sandbox.advance(minutes=5)
    refused = client.get("/v1/venues")
    assert [200] * 100 == statuses
    assert (429, "600") == (refused.status_code, refused.headers["Retry-After"])
    sandbox.advance(seconds=599)
    assert 429 == client.get("/v1/venues").status_code
    sandbox.advance(seconds=1)
    assert 200 == client.get("/v1/venues").status_code


def test_tokens_of_one_key_share_its_limit_and_keys_do_not(serve: Serve) -> None:
    """A second token is no second allowance; another key has its own."""
    sandbox = serve("stampede")
    first = sandbox.client("stampede")
    fresh = sandbox.client("stampede", headers={}).post("/oauth/token", json=CREDENTIALS).json()["access_token"]
    for _ in range(100):
        first.get("/v1/venues")
    other = {**CREDENTIALS, "client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET}
    foreign = sandbox.client("stampede", headers={}).post("/oauth/token", json=other).json()["access_token"]
    assert 429 == sandbox.client("stampede", bearer=fresh).get("/v1/venues").status_code
    assert 200 == sandbox.client("stampede", bearer=foreign).get("/v1/venues").status_code


def test_the_token_call_has_a_limit_of_its_own(serve: Serve) -> None:
    """20 in a minute, in the token call's error shape."""
    client = serve("stampede").client("stampede", headers={})
    statuses = [client.post("/oauth/token", json=CREDENTIALS).status_code for _ in range(21)]
    assert [200] * 20 + [429] == statuses


def test_limits_can_be_switched_off(serve: Serve) -> None:
    """By an admin call, and by an option at the start."""
    sandbox = serve("stampede")
    sandbox.admin("POST", "limits", {"enabled": False})
    client = sandbox.client("stampede")
    assert {200} == {client.get("/v1/venues").status_code for _ in range(105)}
    unlimited = serve("stampede", limits=False).client("stampede")
    assert {200} == {unlimited.get("/v1/venues").status_code for _ in range(105)}
