"""The request log: complete, filterable, and without secrets."""

from __future__ import annotations

import json

from loyalty_sandbox.core.log import MASK
from tests.sandbox.credentials import CLIENT_ID, CLIENT_SECRET
from tests.sandbox.credentials import STAMPEDE_TOKEN as TOKEN
from tests.sandbox.serving import Serve

CREDENTIALS = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials"}


SECRETS = "client_secret access_token refreshToken x-service-auth-token password PIN api-key apiKey userName passcode"
PLAIN = "token_type code email pinned number_of_stamps author"


def test_no_secret_comes_out_anywhere(serve: Serve) -> None:
    """Credentials planted in header, body, query, path and answer are nowhere in log and state; a body that is no JSON is told by its size."""
    sandbox = serve("stampede")
    client = sandbox.client("stampede")
    issued = client.post("/oauth/token", json=CREDENTIALS).json()["access_token"]
    client.get("/v1/guests", params={"search": issued})
    client.get(f"/v1/guests/{issued}")
    client.post("/v1/guests", json={name: f"planted-{name}" for name in SECRETS.split()} | {"first": TOKEN})
    client.post("/v1/guests", json={name: f"plain-{name}" for name in PLAIN.split()})
    client.post("/v1/guests", content=f"not JSON {TOKEN}", headers={"Content-Type": "text/plain"})
    client.post("/v1/guests", data={"a": "1", "client_secret": "planted-form"})
    client.get("/v1/venues", headers={"X-Api-Key": "planted-key-1", "Cookie": "planted=cookie-1"})
    shown = json.dumps(sandbox.admin("GET", "log")) + json.dumps(sandbox.documents("stampede", "$tokens"))
    shown += json.dumps(sandbox.documents("stampede", "$clients")) + json.dumps(sandbox.documents("stampede", "guests"))
    for secret in (issued, CLIENT_ID, CLIENT_SECRET, TOKEN, "planted-", "cookie-1"):
        assert secret not in shown, secret
    assert [] == [name for name in PLAIN.split() if f"plain-{name}" not in shown]
    assert f"{9 + len(TOKEN)} bytes of text/plain" in shown


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
