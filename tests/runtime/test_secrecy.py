"""A planted secret comes out nowhere: not in reprs, logs, errors, or tracebacks with local variables."""

from __future__ import annotations

import asyncio
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from typing import Any

import pytest

from loyalty_runtime import (
    ArgumentError,
    AuthenticationError,
    Clock,
    ConnectionOptions,
    LoyaltyError,
    RateLimiter,
)
from tests.runtime.support import GET, SCHEMES, VENDOR, Answering, RawServer, SyncKit, http, operation, reply

PLANTED = "planted-secret"
CREDENTIALS = {
    name: f"{PLANTED}-{name}" for name in VENDOR.arguments() if name not in ("access_token", "session_token")
} | {"merchant_id": "14"}
TOKEN = http(
    body=b'{"access_token": "%b-access", "refresh_token": "%b-refresh", "expires_in": 100, "data": {"token": "%b-data"}}'
    % ((PLANTED.encode(),) * 3)
)
FAULTS = {
    "500": http(500, headers=f"Set-Cookie: session={PLANTED}\r\n"),
    "401": http(401),
    "422": http(422, b"<html>"),
    "cut": b"",
    "no HTTP": b"nonsense\r\n\r\n",
    "no JSON": http(body=b"{"),
    "redirect": http(302, headers=f"Location: https://o.example.com/?t={PLANTED}\r\n"),
    "another name": http(body=b'{"token": "%b"}' % PLANTED.encode()),
}
FETCHING = ("oauth", "form", "user", "exchange")
CASES = [(scheme, "call", fault) for scheme in SCHEMES for fault in FAULTS if fault != "another name"]
CASES += [(scheme, "token", fault) for scheme in FETCHING for fault in FAULTS]


class Failing(Answering):
    """Fails each call, or each request for a token."""

    def __init__(self, place: str, fault: bytes) -> None:
        self._place = place
        self._fault = fault
        super().__init__()

    def answer_to(self, request: bytes) -> bytes:
        if self._place == "call" and request.startswith(b"POST"):
            return TOKEN
        if not self._fault:
            raise OSError  # ends the connection
        return self._fault


@pytest.fixture
def records(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything any library logs, at the lowest level."""
    caplog.set_level(1)
    return caplog


def written(records: pytest.LogCaptureFixture, library: str = "") -> list[str]:
    """Return names, texts and arguments of what was logged."""
    found = [f"{record.name} {record.getMessage()} {record.args!r}" for record in records.records]
    return [text for text in found if text.startswith(library)]


def shown(error: BaseException) -> str:
    """All an error tracker could write down: text, repr, the traceback with the local variables of this package."""
    found = traceback.TracebackException.from_exception(error, capture_locals=True)
    own = [frame for frame in found.stack if "loyalty_runtime" in frame.filename or "httpcore" in frame.filename]
    assert own
    return f"{error} {error!r} {''.join(found.format_exception_only())} {[(frame.name, frame.locals) for frame in own]}"


@pytest.mark.parametrize(("scheme", "place", "fault"), CASES)
def test_errors(kit: SyncKit, records: pytest.LogCaptureFixture, scheme: str, place: str, fault: str) -> None:
    """Whatever the scheme and the failure, of a call or of a request for a token; the libraries underneath log and raise too."""
    with closing(Failing(place, FAULTS[fault])) as server:
        client = kit.client(server.url, CREDENTIALS, limiter=RateLimiter())
        with pytest.raises(LoyaltyError) as caught:
            kit.run(client.call(operation(security=((scheme,),)), query={"a": 1}))
        assert server.received
    ours = "".join(written(records, "loyalty_runtime"))
    assert ours
    assert PLANTED not in f"{shown(caught.value)} {ours} {client!r} {vars(client)!r} {pickle.dumps(caught.value)!r}"
    assert f"{PLANTED}-" not in "".join(written(records))  # credentials that were sent, in any library's log


@pytest.mark.parametrize("form", ["{}", "a={}&b=1", '{{"echo": "{}"}}'])
def test_a_token_endpoint_that_repeats_what_it_was_sent(kit: SyncKit, form: str) -> None:
    """Its refusal keeps the vendor's words and loses the credentials, in whatever way they are written."""
    given = {"client_id": "id", "client_secret": 'planted "/é', "username": "u", "password": "planted&pass word"}
    for echo in (
        'planted "/é',
        "planted+%22%2F%C3%A9",
        'planted \\"/é',
        "planted%26pass%20word",
        "planted%26pass+word",
    ):
        body = form.format(echo).encode()
        error, _ = kit.tried(operation(security=(("user",),)), reply(400, body), credentials=given)
        assert isinstance(error, AuthenticationError)
        assert form.format("***").encode() == error.raw
        assert "planted" not in f"{error.body} {vars(error)} {pickle.dumps(error)!r}"


def test_header_fields_of_errors(kit: SyncKit) -> None:
    """Cookies and the place of a redirect are attributes; repr and pickles, which reach logs and queues, mask them."""
    fields = {"location": f"https://o.example.com/?t={PLANTED}", "set-cookie": f"sid={PLANTED}", "x-trace": "t-1"}
    error, _ = kit.tried(operation(method="POST"), reply(302, headers=fields))
    assert f"sid={PLANTED}" == error.headers["set-cookie"]
    assert PLANTED not in f"{vars(error)} {pickle.dumps(error)!r}"
    assert "t-1" == pickle.loads(pickle.dumps(error)).headers["x-trace"]  # noqa: S301 - our own bytes


def frames_of(error: BaseException) -> str:
    """What a tracker writes down of an error that passes through: every frame below this one, the libraries' too."""
    found = traceback.TracebackException.from_exception(error, capture_locals=True)
    return " ".join(str(frame.locals) for frame in found.stack if frame.filename != __file__)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT raise `KeyboardInterrupt`, whatever a library of another test made of it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("scheme", ["oauth", "token", "query", "cookie"])
def test_a_call_that_is_interrupted(kit: SyncKit, raw_server: RawServer, scheme: str) -> None:
    """No frame of a running call shows what it sends, neither while it waits for the head of the reply nor in its body."""
    secured = operation(method="POST", security=((scheme,),))
    main = threading.main_thread().ident or 0
    stop: list[Callable[[], object]] = [lambda: signal.pthread_kill(main, signal.SIGINT)]

    async def cancellable(coroutine: Coroutine[Any, Any, object]) -> None:
        task = asyncio.ensure_future(coroutine)
        loop = asyncio.get_running_loop()
        stop[:] = [lambda: loop.call_soon_threadsafe(task.cancel)]
        await task

    for begun in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nSet-Cookie: a=" + PLANTED.encode() + b"\r\n\r\n{"):

        def interrupt(connection: Any, begun: bytes = begun) -> None:
            connection.sendall(begun)
            time.sleep(0.05)
            stop[0]()
            raw_server.wait(connection)

        raw_server.steps = [TOKEN, interrupt] if scheme == "oauth" else [interrupt]
        client = kit.client(raw_server.url, CREDENTIALS, clock=Clock(), headers={"X-Own": PLANTED})
        with pytest.raises((KeyboardInterrupt, asyncio.CancelledError)) as caught:
            called = client.call(secured, json={"password": PLANTED}, query={"a": PLANTED})
            kit.run(cancellable(called) if asyncio.iscoroutine(called) else called)
        assert PLANTED not in frames_of(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": f"https://u:{PLANTED}@h"},
        {"base_url": f"https://h/?token={PLANTED}"},
        {"headers": {"Authorization": f"{PLANTED}\n"}},
        {"connections": ConnectionOptions(proxy=f"http://u:{PLANTED}@h:99999"), "base_url": "https://far.example"},
    ],
    ids=lambda wrong: str(next(iter(wrong))),
)
def test_settings_that_are_refused(kit: SyncKit, wrong: dict[str, Any]) -> None:
    """Neither the client nor a frame of its package shows them."""
    settings = {"base_url": "https://far.example", "headers": {"X-Own": PLANTED}, "clock": Clock(), **wrong}
    with pytest.raises(ArgumentError) as caught:
        kit.run(kit.client_class(**settings).call(GET))
    assert PLANTED not in f"{shown(caught.value)}"


def test_what_is_logged(kit: SyncKit, records: pytest.LogCaptureFixture) -> None:
    """Attempts by template and status; waits; no body, no query, no path value."""
    get = operation(path="/v1/guests/{id}", security=(("oauth",),))
    token = reply(200, {"access_token": "t", "expires_in": 100})
    replies = (token, reply(503), reply(200, {"email": "ada@example.com"}))
    kit.tried(get, *replies, credentials=CREDENTIALS, path={"id": "ada"}, query={"email": "ada@example.com"})
    assert [
        "demo createToken: POST /oauth/token, attempt 1: 200",
        "demo: token fetched",
        "demo getGuest: GET /v1/guests/{id}, attempt 1: 503",
        "demo getGuest waits 0.5 s before it is repeated",
        "demo getGuest: GET /v1/guests/{id}, attempt 2: 200",
    ] == [record.getMessage() for record in records.records if record.name == "loyalty_runtime"]
    assert "ada" not in "".join(written(records))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "(no body)"),
        ({"json": {"password": PLANTED, "n": 1}}, '{"password":"***","n":1}'),
        ({"json": [{"PIN": PLANTED, "client-secret": {"deep": PLANTED}}]}, '[{"PIN":"***","client-secret":"***"}]'),
        ({"form": {"password": PLANTED, "a": 1}}, "password=***&a=1"),
        ({"content": b"\x00" * 5, "content_type": "x/y"}, "(5 bytes of x/y)"),
        ({"content": b"{broken", "content_type": "application/json"}, "(7 bytes of application/json)"),
        ({"multipart": [("password", PLANTED)]}, "(streamed body)"),
    ],
)
def test_bodies_that_are_shown(kit: SyncKit, body: dict[str, Any], text: str) -> None:
    """On a dry run members named like credentials are masked, what is no JSON or form is measured."""
    error, _ = kit.tried(operation(method="POST"), settings={"dry_run": True}, **body)
    assert text == error.body


def test_nothing_is_logged_where_logging_was_never_imported(kit: SyncKit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the logging module the client works all the same."""
    monkeypatch.delitem(sys.modules, "logging")
    assert {} == kit.tried(GET, reply(200, {}))[0]
