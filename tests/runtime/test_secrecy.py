"""A planted secret comes out nowhere: not in reprs, logs, errors, or tracebacks with local variables."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from loyalty_runtime import Clock, LoyaltyError, RateLimiter, RawResponse, TransportFailure
from loyalty_runtime.calls.redaction import body_for_log, redact, redact_query
from tests.runtime.support import GET, RawServer, SyncKit, http, operation, reply

PLANTED = "planted-secret"
CREDENTIALS = {
    name: f"{PLANTED}-{name}"
    for name in (
        "client_id",
        "client_secret",
        "username",
        "password",
        "tenant",
        "token",
        "jwt",
        "application_id",
        "query_key",
        "cookie_key",
    )
}
SCHEMES = ("oauth", "form", "user", "token", "bearer", "app", "query", "cookie", "basic")


class Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=0)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{record.name} {record.getMessage()} {record.args!r}")


@pytest.fixture
def records() -> Iterator[list[str]]:
    """Everything any library logs, at the lowest level."""
    root = logging.getLogger()
    handler = Collector()
    level = root.level
    root.addHandler(handler)
    root.setLevel(0)
    yield handler.texts
    root.removeHandler(handler)
    root.setLevel(level)


def token() -> RawResponse:
    return reply(200, {"access_token": f"{PLANTED}-access", "refresh_token": f"{PLANTED}-refresh", "expires_in": 100})


def shown(error: BaseException) -> str:
    """All an error tracker could write down: text, repr, the traceback with the local variables of this package."""
    found = traceback.TracebackException.from_exception(error, capture_locals=True)
    own = [frame for frame in found.stack if "loyalty_runtime" in frame.filename or "httpcore" in frame.filename]
    assert own
    return f"{error} {error!r} {''.join(found.format_exception_only())} {[(frame.name, frame.locals) for frame in own]}"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "fault",
    [reply(500), reply(401), reply(422, b"<html>"), TransportFailure("cut", "broken", sent=True), reply(200, b"{"), reply(302, headers={"location": "https://o.example.com"})],
    ids=["500", "401", "422", "cut", "decode", "redirect"],
)  # fmt: skip
def test_errors_of_calls(kit: SyncKit, records: list[str], scheme: str, fault: Any) -> None:
    """Whatever the scheme and the failure."""

    def answer(request: Any) -> Any:
        return token() if "/oauth/token" in request.target else fault

    client, script = kit.scripted(*[answer] * 10, credentials=CREDENTIALS, log_bodies=True)
    with pytest.raises(LoyaltyError) as caught:
        kit.run(client.call(operation(security=((scheme,),)), path={}, query={"a": 1}))
    assert PLANTED not in shown(caught.value)
    assert PLANTED not in "".join(records)
    plan = client._access.plan(((scheme,),), "x")
    objects = [
        client,
        client._access,
        plan,
        plan.tokens,
        plan.fields,
        plan.query,
        plan.cookies,
        client._credentials,
        script.requests,
    ]
    assert PLANTED not in repr(objects)
    assert PLANTED.encode() not in pickle.dumps(caught.value)


@pytest.mark.parametrize("scheme", ["oauth", "form", "user"])
@pytest.mark.parametrize(
    "fault",
    [
        reply(400, {"error": "x"}),
        reply(500),
        TransportFailure("refused", "no", sent=False),
        reply(200, b"{"),
        reply(200, {"token": PLANTED}),
    ],
)
def test_errors_of_token_requests(kit: SyncKit, records: list[str], scheme: str, fault: Any) -> None:
    """Credentials in the body of a token request stay there."""
    client, _ = kit.scripted(*[fault] * 10, credentials=CREDENTIALS, log_bodies=True)
    with pytest.raises(LoyaltyError) as caught:
        kit.run(client.call(operation(security=((scheme,),))))
    assert PLANTED not in shown(caught.value)
    assert PLANTED not in "".join(records)


@pytest.mark.parametrize("scheme", ["oauth", "token"])
def test_over_real_sockets(kit: SyncKit, raw_server: RawServer, records: list[str], scheme: str) -> None:
    """The libraries underneath log and raise too."""
    if scheme == "oauth":
        raw_server.steps = [http(body=token().content)]
    raw_server.steps += [http(500, headers=f"Set-Cookie: session={PLANTED}\r\n"), b"nonsense\r\n\r\n"]
    client = kit.client(
        raw_server.url, CREDENTIALS, clock=Clock(), max_retries=0, limiter=RateLimiter(), log_bodies=True
    )
    for _ in range(2):
        with pytest.raises(LoyaltyError) as caught:
            kit.run(client.call(operation(security=((scheme,),))))
        assert PLANTED not in shown(caught.value)
    ours = [text for text in records if text.startswith("loyalty_runtime")]
    assert len(ours) >= 2
    assert PLANTED not in "".join(ours)
    assert f"{PLANTED}-" not in "".join(records)  # credentials that were sent, in any library's log


def test_what_is_logged(kit: SyncKit, records: list[str]) -> None:
    """Attempts by template and status; waits; no body, no query, no path value."""
    client, _ = kit.scripted(token(), reply(503), reply(200, {"email": "ada@example.com"}), credentials=CREDENTIALS)
    get = operation(path="/v1/guests/{id}", security=(("oauth",),))
    kit.run(client.call(get, path={"id": "ada"}, query={"email": "ada@example.com"}))
    texts = [text.partition(" (")[0] for text in records if text.startswith("loyalty_runtime")]
    assert texts == [
        "loyalty_runtime demo createToken: POST /oauth/token, attempt 1: 200",
        "loyalty_runtime demo: token fetched",
        "loyalty_runtime demo getGuest: GET /v1/guests/{id}, attempt 1: 503",
        "loyalty_runtime demo getGuest: GET /v1/guests/{id}, attempt 2: 200",
    ]
    assert "ada" not in "".join(records)


def test_bodies_are_logged_only_when_asked(kit: SyncKit, records: list[str]) -> None:
    """With log_bodies both bodies are written, members named like credentials masked."""
    client, _ = kit.scripted(reply(200, {"session_token": PLANTED, "name": "Ada"}), log_bodies=True)
    kit.run(client.call(operation(method="POST"), json={"password": PLANTED, "n": 1}))
    text = "".join(records)
    assert '"n":1' in text
    assert '"name":"Ada"' in text
    assert PLANTED not in text


def test_redaction() -> None:
    """Names decide, at any depth, in JSON, queries and forms; other bodies are only measured."""
    value = {"a": [{"access_token": "x", "PIN": "1", "client-secret": "y", "author": "Ada"}], "apiKey": {"deep": 1}}
    assert redact(value) == {
        "a": [{"access_token": "***", "PIN": "***", "client-secret": "***", "author": "***"}],
        "apiKey": "***",
    }
    assert redact_query("a=1&token=x&sig=2&X-Signature=3&flag") == "a=1&token=***&sig=2&X-Signature=***&flag"
    assert body_for_log(b"password=x&a=1", "application/x-www-form-urlencoded") == "password=***&a=1"
    assert body_for_log(b"{broken", "application/json") == "(7 bytes of application/json)"
    assert body_for_log(b"\x00" * 5, "") == "(5 bytes of unknown type)"
    assert body_for_log(None, "") == "(no body)"
    assert body_for_log(object(), "") == "(streamed body)"


def test_nothing_is_logged_where_logging_was_never_imported(kit: SyncKit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the logging module the client works all the same."""
    import sys

    monkeypatch.delitem(sys.modules, "logging")
    client, _ = kit.scripted(reply(200, {}))
    assert kit.run(client.call(GET)) == {}
