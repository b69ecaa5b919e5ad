"""The request log: complete, filterable, and without secrets."""

from __future__ import annotations

import json

import pytest

from loyalty_sandbox.core.log import MASK, Masker, is_secret_name
from tests.sandbox.credentials import CLIENT_ID, CLIENT_SECRET
from tests.sandbox.credentials import STAMPEDE_TOKEN as TOKEN
from tests.sandbox.serving import Serve

CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials"}


def test_no_secret_comes_out_anywhere(serve: Serve) -> None:
    """Credentials planted in header, body, query, path and answer are nowhere in log and state."""
    sandbox = serve("stampede")
    client = sandbox.client("stampede")
    issued = client.post("/oauth/token", json=CREDENTIALS).json()["access_token"]
    client.get("/v1/guests", params={"search": issued})
    client.get(f"/v1/guests/{issued}")
    client.post(
        "/v1/guests", json={"email": "a@example.com", "first": TOKEN, "password": "planted-password-1", "privacy": {}}
    )
    client.post("/v1/guests", content=f"not JSON {TOKEN}", headers={"Content-Type": "text/plain"})
    client.get("/v1/venues", headers={"X-Api-Key": "planted-key-1", "Cookie": "planted=cookie-1"})
    shown = json.dumps(sandbox.admin("GET", "log")) + json.dumps(sandbox.documents("stampede", "$tokens"))
    shown += json.dumps(sandbox.documents("stampede", "$clients")) + json.dumps(sandbox.documents("stampede", "guests"))
    for secret in (issued, CLIENT_ID, CLIENT_SECRET, TOKEN, "planted-password-1", "planted-key-1", "cookie-1"):
        assert secret not in shown, secret


def test_an_entry_tells_the_whole_exchange(serve: Serve) -> None:
    """Operation, status, behaviour, bodies and time."""
    sandbox = serve("stamps")
    sandbox.client("stamps").post("/api/stamps/add?x=1", json={"user": 2001, "store": 2, "number_of_stamps": 3})
    entry = sandbox.admin("GET", "log")["entries"][-1]
    assert ("stamps", "addStamps", "POST", "/api/stamps/add", 200, "stateful") == tuple(
        entry[name] for name in ("vendor", "operation", "method", "path", "status", "behaviour")
    )
    assert ({"user": 2001, "store": 2, "number_of_stamps": 3}, 103) == (
        entry["request_body"],
        entry["response_body"]["customer"]["stamps"],
    )
    assert ["authorization", MASK] in entry["request_headers"]
    assert [["x", "1"]] == entry["query"]


def test_the_log_is_filtered_and_continued(serve: Serve) -> None:
    """By vendor and text, and only what came after a number."""
    sandbox = serve("stamps", "stampede")
    sandbox.client("stampede").get("/v1/venues")
    sandbox.client("stamps").get("/api/nothing")
    last = sandbox.admin("GET", "log")["last"]
    sandbox.client("stampede").get("/v1/guests")
    assert ["/v1/venues", "/v1/guests"] == [
        each["path"] for each in sandbox.admin("GET", "log?vendor=stampede")["entries"]
    ]
    assert ["/api/nothing"] == [each["path"] for each in sandbox.admin("GET", "log?text=404")["entries"]]
    assert ["/v1/guests"] == [each["path"] for each in sandbox.admin("GET", f"log?after={last}")["entries"]]
    assert [] == sandbox.admin("DELETE", "log")["entries"]


SECRET = "Authorization client_secret access_token refreshToken x-service-auth-token password PIN api-key apiKey Set-Cookie client_id userName passcode"


@pytest.mark.parametrize("name", SECRET.split())
def test_secret_names(name: str) -> None:
    """Names that hide their values."""
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["token_type", "code", "email", "pinned", "number_of_stamps", "author"])
def test_plain_names(name: str) -> None:
    """Names that do not."""
    assert not is_secret_name(name)


def test_a_body_that_is_not_json_is_told_by_its_size() -> None:
    """Nothing of it is shown, since a secret could stand anywhere."""
    masker = Masker()
    assert "8 bytes of text/plain" == masker.body(b"password", "text/plain; charset=utf-8")
    form = masker.body(b"a=1&client_secret=x", "application/x-www-form-urlencoded")
    assert {"a": "1", "client_secret": MASK} == form
    assert "3 bytes of application/json" == masker.body(b"{x}", "application/json")
