"""Events: what observers, traces and recordings learn of a call, and what they never learn."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any, ClassVar

import pytest

from loyalty_runtime import (
    CursorLinks,
    DecodeError,
    Event,
    HarFile,
    LoyaltyError,
    RateLimit,
    RateLimiter,
    Reply,
    TransportFailure,
    UncertainOutcomeError,
)
from loyalty_runtime.declared.arguments import Written
from loyalty_runtime.declared.enums import OpenStrEnum
from loyalty_runtime.declared.modeling import Model, make_sparse
from loyalty_runtime.declared.reading import convert, read_enum
from tests.runtime.support import GET, SyncKit, http, operation, paged, reply

OK = reply(200, {"name": "planted-name"}, {"x-request-id": "r-1"})
CLIENT = {"client_id": "planted-id", "client_secret": "planted-secret"}
TOKEN = reply(200, {"access_token": "planted-token", "expires_in": 3600})
ASKED = {"path": {"id": "planted-guest"}, "query": {"email": "planted@example.com"}}
GUEST = operation(path="/v1/guests/{id}", security=(("oauth",),))


def told(kit: SyncKit, called: Any, *replies: Any, settings: Any = None, **arguments: Any) -> list[Event]:
    """Make a call and return its events."""
    events: list[Event] = []
    kit.tried(called, *replies, settings={"observers": [events.append], **(settings or {})}, **arguments)
    return events


def test_the_events_of_a_call(kit: SyncKit) -> None:
    """Start, token, attempts, waits and end come in order; those of one logical call share a number."""
    events = told(kit, GUEST, TOKEN, reply(503), OK, credentials=CLIENT, **ASKED)
    shown = [(event.kind, event.operation, event.attempt, event.status) for event in events]
    assert [
        ("start", "getGuest", 0, None),
        ("start", "createToken", 0, None),
        ("attempt", "createToken", 1, 200),
        ("token", "createToken", 0, 200),
        ("end", "createToken", 0, 200),
        ("attempt", "getGuest", 1, 503),
        ("wait", "getGuest", 0, None),
        ("attempt", "getGuest", 2, 200),
        ("end", "getGuest", 0, 200),
    ] == shown
    mine = [event for event in events if event.operation == "getGuest"]
    assert 1 == len({event.call for event in mine})
    last = mine[-2]
    assert ("demo", "GET", "/v1/guests/{id}", "https://api.example.com") == (
        last.vendor,
        last.method,
        last.path,
        last.server,
    )
    assert ("r-1", len(OK.content), 0.5) == (last.request_id, last.size, mine[2].seconds)
    assert "planted" not in f"{events!r} {[str(event) for event in events]}"


def test_failures_and_waits_in_events(kit: SyncKit) -> None:
    """A failure has its kind and words; a wait says what for."""
    cut = TransportFailure("cut", "api.example.com closed the connection", sent=True)
    events = told(kit, operation(method="POST"), cut)
    assert ("attempt", "cut", "api.example.com closed the connection") == (
        events[1].kind,
        events[1].problem,
        events[1].failure,
    )
    assert ("end", "cut", UncertainOutcomeError.__name__) == (events[-1].kind, events[-1].problem, events[-1].failure)
    one = operation(rate_limits=(RateLimit(1, 10),))
    settings = {"limiter": RateLimiter()}
    told(kit, one, OK, settings=settings)
    waits = [event for event in told(kit, one, OK, settings=settings) if event.kind == "wait"]
    assert [("for its rate limit", 10.005)] == [(event.failure, round(event.seconds, 3)) for event in waits]


def test_pages_downloads_and_misfits_in_events(kit: SyncKit, raw_server: Any, tmp_path: Path) -> None:
    """Each page says how many items it has, a file how long it is, a misfit where it lies."""
    listing = paged(CursorLinks(items="data", parameter="cursor", next="next"))
    events: list[Event] = []
    client, _ = kit.scripted(reply(200, {"data": [1, 2]}), reply(200, b"{"), observers=[events.append])
    kit.items(client.pages(listing))
    with pytest.raises(DecodeError):
        kit.run(client.call(GET))
    raw_server.steps = [http(body=b"a,b\n")]
    kit.run(kit.client(raw_server.url, observers=[events.append]).download(GET, tmp_path / "a.csv"))
    found = [
        (event.kind, event.size, event.failure) for event in events if event.kind in ("page", "misfit", "download")
    ]
    assert [
        ("page", 2, None),
        (
            "misfit",
            None,
            "at $ JSON was expected, application/json that is not JSON came (Expecting property name enclosed in double quotes at line 1, column 2)",
        ),
        ("download", 4, None),
    ] == found


def test_each_misfit_is_an_event(kit: SyncKit) -> None:
    """With its place and the kind of what came, before the end of its call; content and names that may be ids stay out."""
    body = {"planted@example.com": [{"level": 7}, {"level": "gold"}, {"level": None, "friend": {"level": ["planted"]}}]}
    read = {200: Reply(lambda raw: {key: [Guest.from_dict(item) for item in items] for key, items in raw.items()})}
    events = told(kit, operation(responses=read), reply(200, body))
    assert ["start", "attempt", "misfit", "misfit", "misfit", "end"] == [event.kind for event in events]
    assert [
        "at $['*'][0].level a number came, which does not fit",
        "at $['*'][2].level null came, which does not fit",
        "at $['*'][2].friend.level an array of 1 items came, which does not fit",
    ] == [event.failure for event in events if event.kind == "misfit"]
    assert 1 == len({event.call for event in events})


def test_an_observer_that_fails_harms_no_call(kit: SyncKit, caplog: pytest.LogCaptureFixture) -> None:
    """The call goes on, the other observers too; the log has the traceback."""
    events: list[Event] = []

    def broken(event: Event) -> None:
        raise RuntimeError("broken observer")

    result, _ = kit.tried(GET, OK, settings={"observers": [broken, events.append]})
    assert ({"name": "planted-name"}, 3) == (result, len(events))
    assert "broken observer" in caplog.text


class Level(OpenStrEnum):
    GOLD = "gold"


class Guest(Model):
    """A model as the generator makes them, by hand."""

    __slots__ = ("friend", "level")
    NAMES: ClassVar = {"level": "level", "friend": "friend"}
    MEMBERS = frozenset(NAMES.values())

    @classmethod
    def from_dict(cls, src_dict: Any) -> Any:
        model = cls()
        model._extra = {name: value for name, value in src_dict.items() if name not in cls.MEMBERS}
        model._came = None
        for name, reader in (("level", lambda raw: read_enum(Level, raw)), ("friend", cls.from_dict)):
            if name in src_dict:
                convert(model, src_dict, name, name, reader)
        make_sparse(model)
        return model


def recorded(kit: SyncKit, har: Any, called: Any, *answers: Any, **arguments: Any) -> Any:
    """Make a call and return the entries of its recording."""
    kit.tried(called, *answers, credentials=CLIENT, settings={"record": har}, **arguments)
    return json.loads(Path(har._path if isinstance(har, HarFile) else har).read_text())["log"]["entries"]


def test_recorded_traffic_is_redacted(kit: SyncKit, tmp_path: Path) -> None:
    """In a HAR file of mode 0600: templates, names, small numbers and enum texts are shown, names that may be ids, tokens and what the program names are not."""
    body = {"level": "gold", "points": 7, "phone": 447700900123, "pin": 1234, "friend": {"name": "gold"}}
    answer = reply(200, {**body, "planted@example.com": {"level": "gold"}}, {"set-cookie": "planted=1"})
    typed = operation(path=GUEST.path, method="POST", security=GUEST.security, responses={200: Reply(Guest.from_dict)})
    sent = Written({"points": 5, "secretly": 9, "friend": {"level": "planted"}}, Guest)
    har = HarFile(tmp_path / "traffic.har", mask=("secretly",))
    token, call = recorded(kit, har, typed, TOKEN, answer, **ASKED, json=sent)
    assert ("***", "***") == (token["request"]["postData"]["text"], token["response"]["content"]["text"])
    assert "https://api.example.com/v1/guests/{id}" == call["request"]["url"]
    kept = {"points": 5, "secretly": "***", "friend": {"level": "***"}}
    assert kept == json.loads(call["request"]["postData"]["text"])
    shown = {**body, "phone": "***", "pin": "***", "friend": {"name": "***"}, "***5": {"level": "***"}}
    assert shown == json.loads(call["response"]["content"]["text"])
    assert 0o600 == stat.S_IMODE((tmp_path / "traffic.har").stat().st_mode)
    assert "planted" not in (tmp_path / "traffic.har").read_text()


def test_recording_failures_and_errors(kit: SyncKit, tmp_path: Path) -> None:
    """An attempt without a reply has status 0 and its kind; a place that cannot be written is a clear error."""
    cut = TransportFailure("cut", "api.example.com closed the connection", sent=True)
    (entry,) = recorded(kit, str(tmp_path / "t.har"), operation(method="POST", security=((),)), cut)
    assert (0, "cut") == (entry["response"]["status"], entry["response"]["statusText"])
    error, _ = kit.tried(GET, OK, settings={"record": str(tmp_path / "missing" / "t.har")})
    assert isinstance(error, LoyaltyError)
    assert "The traffic cannot be recorded in t.har: No such file or directory." == str(error)
