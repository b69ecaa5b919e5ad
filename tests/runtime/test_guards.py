"""What a client refuses to send: changes, everything, operations whose address is a guess."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from loyalty_runtime import ArgumentError, CallOptions, InferredOperationWarning, NotSent
from loyalty_runtime.calls import guards
from tests.runtime.support import GET, POST, SyncKit, operation, reply

OK = reply(200, {})
SEARCH = operation(id="searchGuests", method="POST", safe=True)
GUESSED = operation(id="listPerks", path="/perks/{id}", inferred="method and path are")
OPTIONED = CallOptions(read_only=True)


@pytest.fixture(autouse=True)
def _nothing_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "_warned", set())


@pytest.mark.parametrize(("settings", "options"), [({"read_only": True}, None), ({}, OPTIONED)])
def test_reading_only(kit: SyncKit, settings: dict[str, Any], options: CallOptions | None) -> None:
    """A call that may change something is refused before sending; reading, and what its spec calls safe, goes on."""
    for allowed in (GET, SEARCH):
        assert {} == kit.tried(allowed, OK, settings=settings, options=options)[0]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        error, script = kit.tried(operation(method=method), settings=settings, options=options)
        assert (ArgumentError, "read_only", []) == (type(error), error.argument, script.requests)
    client, script = kit.scripted(**settings)
    with pytest.raises(ArgumentError, match="may change something"):
        kit.run(client.with_options(timeout=5).request("DELETE", "/v1/guests", options=options))
    assert [] == script.requests


@pytest.mark.parametrize(("settings", "options"), [({"dry_run": True}, None), ({}, CallOptions(dry_run=True))])
def test_a_dry_run(kit: SyncKit, settings: dict[str, Any], options: CallOptions | None) -> None:
    """The error shows the request that would have been sent, its credentials masked; no token is asked for either."""
    secret = {"client_id": "planted-id", "client_secret": "planted-secret", "query_key": "planted-key"}
    secret["application_id"] = "planted-application"
    guarded = operation(id="createGuest", method="POST", security=(("oauth", "query", "app"),))
    body = {"name": "Ada Lovelace", "password": "planted-password"}
    error, script = kit.tried(
        guarded, credentials=secret, settings=settings, options=options, json=body, query={"limit": 2}
    )
    assert (NotSent, []) == (type(error), script.requests)
    assert ("POST", "https://api.example.com/v1/guests?limit=2&api_key=***") == (error.method, error.url)
    assert "application/json" == error.headers["Content-Type"]
    assert ("***", "***") == (error.headers["Authorization"], error.headers["x-application-id"])
    assert '{"name":"Ada Lovelace","password":"***"}' == error.body
    assert str(error).startswith("demo createGuest was not sent, as dry_run wants it:\nPOST https://api.example.com/")
    assert "planted" not in f"{error} {vars(error)}"


@pytest.fixture
def warned() -> Iterator[list[warnings.WarningMessage]]:
    """The warnings of a test."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


def test_an_inferred_operation_warns_once(kit: SyncKit, warned: list[warnings.WarningMessage]) -> None:
    """The warning says what is inferred and how to confirm it, at the caller's own line, once in a process."""
    for number in range(3):
        kit.tried(GUESSED, OK, path={"id": number})
    assert [InferredOperationWarning] == [item.category for item in warned]
    text = str(warned[0].message)
    assert "demo listPerks (GET /perks/{id}): the method and path are inferred, not stated by the vendor." in text
    assert "Confirm it by a call with a test account" in text


def test_inferred_operations_by_choice(kit: SyncKit, warned: list[warnings.WarningMessage]) -> None:
    """A client may allow them in silence, or refuse them before sending; what is stated goes on, and a sandbox on this machine is no vendor."""
    assert {} == kit.tried(GUESSED, OK, settings={"inferred": "allow"}, path={"id": "1"})[0]
    error, script = kit.tried(GUESSED, settings={"inferred": "refuse"}, path={"id": "1"})
    assert (ArgumentError, "inferred", []) == (type(error), error.argument, script.requests)
    assert {} == kit.tried(POST, OK, settings={"inferred": "refuse"})[0]
    for here in ("http://127.0.0.1:1", "http://localhost:1", "https://[::1]"):
        kit.run(kit.scripted(OK, base_url=here)[0].call(GUESSED, path={"id": "1"}))
    assert [] == warned
