"""Replies to values: which documented reply fits, where a body does not, errors that keep what came."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from loyalty_runtime import (
    DecodeError,
    FieldProblem,
    LoyaltyError,
    NotFoundError,
    RateLimitError,
    Reply,
    TransportFailure,
)
from loyalty_runtime.declared.modeling import Model
from loyalty_runtime.declared.reading import NoFit, read_union
from tests.runtime.support import GET, SyncKit, operation, reply, travelled


class Tag:
    def __init__(self, raw: dict[str, Any]) -> None:
        self.name = raw["name"]


class Guest:
    def __init__(self, raw: dict[str, Any]) -> None:
        d = dict(raw)
        self.tags = [Tag(item) for item in d.pop("tags")]
        born = d.pop("born")
        self.born = datetime.fromisoformat(born)


class Problem:
    def __init__(self, raw: dict[str, Any]) -> None:
        self.code = raw["code"]


def read_guests(value: Any) -> list[Guest]:
    return [Guest(item) for item in value["data"]]


def below_zero(value: Any) -> Any:
    raise FieldProblem("points", "is below zero")


GUESTS = operation(
    responses={200: Reply(read_guests), 404: Reply(Problem), "5XX": Reply(Problem), "default": Reply(Problem)}
)
GOOD = {"born": "2000-01-02", "tags": [{"name": "a"}]}


@pytest.mark.parametrize(
    ("body", "path", "problem"),
    [
        ({"data": [{**GOOD, "born": "yesterday"}]}, "$", "ValueError"),
        ({"data": [GOOD, 7]}, "$", "TypeError"),
        ({}, "$", "KeyError"),
        ({"points": -1}, "$.points", "at $.points is below zero"),
    ],
)
def test_where_a_body_does_not_fit(kit: SyncKit, body: Any, path: str, problem: str) -> None:
    """A decoder that names the member gives its place; whatever else it raises, the body is kept, and no value is in the text."""
    call = operation(responses={200: Reply(below_zero)}) if "points" in body else GUESTS
    error, _ = kit.tried(call, reply(200, body))
    assert (DecodeError, path) == (type(error), error.json_path)
    assert problem in str(error)
    assert error.raw
    assert "yesterday" not in str(error)
    assert error.__context__ is None
    assert ("getGuest", 200) == (error.operation, error.status)


@pytest.mark.parametrize(
    ("content", "media", "text"),
    [
        (b"<html>", "text/html", "text/html that is not JSON"),
        (b"", "application/json", "an empty body came"),
        (b" \n", "application/json", "an empty body"),
        (b'{"a": ', "application/json", "not JSON"),
        (b'{"a":\n 1 2}', "application/json", "not JSON came (Expecting ',' delimiter at line 2, column 4)"),
        (b"\xff{}", "application/json", "not JSON came (invalid UTF-8 at byte 0)"),
        (b"[" * 100_000, "application/json", "not JSON came (nested too deeply)"),
        (b'{"a": %s}' % (b"9" * 5000), "application/json", "not JSON came (a number of too many digits)"),
    ],
)
def test_what_is_not_json(kit: SyncKit, content: bytes, media: str, text: str) -> None:
    """The error says what came instead and keeps it."""
    error, _ = kit.tried(GET, reply(200, content, {"content-type": media}))
    assert (DecodeError, content) == (type(error), error.raw)
    assert text in str(error)


FIRST = Reply(lambda value: value["a"])
BOTH: dict[Any, Any] = {200: (Reply(), Reply(media="text/csv"))}


@pytest.mark.parametrize(
    ("status", "content", "media", "responses", "expected"),
    [
        (200, b"\xef\xbb\xbf{}", "", {200: Reply()}, {}),
        (200, '{"a":"é"}'.encode("utf-16"), "", {200: Reply()}, {"a": "é"}),
        (200, b'["\\ud83d", 1e999]', "", {200: Reply()}, ["\ud83d", float("inf")]),
        (201, b'{"a": 1}', "", {200: FIRST}, 1),
        (200, b'{"a": 1}', "", {201: FIRST, 204: Reply(media=None)}, 1),
        (202, b'{"a": 1}', "", {"2XX": FIRST}, 1),
        (200, b"ignored", "", {204: Reply(media=None)}, None),
        (204, b"", "", {200: Reply(lambda value: 1 / 0)}, None),
        (200, b'{"a": 1}', "", {}, {"a": 1}),
        (200, b"", "", {}, None),
        (201, b'{"a": 1}', "", {404: Reply(), "default": FIRST}, 1),
        (200, b'{"a": 1}', "", {201: Reply(), "default": FIRST}, {"a": 1}),
        (200, b"a,b", "", {200: Reply(media="text/csv")}, "a,b"),
        (200, b'{"a": "\xe9"}', "application/json; charset=iso-8859-1", {200: Reply()}, {"a": "é"}),
        (200, b"%PDF", "", {200: Reply(media="application/pdf")}, b"%PDF"),
        (200, b"%PDF", "", {200: Reply(len, media="application/pdf")}, 4),
        (200, b"{}", "", {200: Reply(media="application/problem+json; charset=utf-8")}, {}),
        (200, b"\xe9", "text/csv; charset=latin-1", BOTH, "é"),
        *[
            (200, "é\\x41".encode(), f"text/csv; charset={name}", BOTH, "é\\x41")
            for name in ("", "zip", "rot13", "base64", "hex", "idna", "undefined", "unicode_escape", "mbcs", "no-such")
        ],
        (200, b'{"a": 1}', "application/json", BOTH, {"a": 1}),
        (200, b'{"a": 1}', "text/html", BOTH, {"a": 1}),
    ],
)
def test_which_reply_is_read(
    kit: SyncKit, status: int, content: bytes, media: str, responses: Any, expected: object
) -> None:
    """An undocumented success is read like its documented sibling; media types decide among replies and what a decoder gets."""
    sent = reply(status, content, {"content-type": media} if media else None)
    assert expected == kit.tried(operation(responses=responses), sent)[0]


@pytest.mark.parametrize("kind", [None, 7, [], {}, "found"])
def test_a_kind_nobody_knows_fits_no_model(kind: object) -> None:
    """What should tell kinds apart is of another kind, or names none of them."""
    with pytest.raises(NoFit):
        read_union({"type": kind}, (), "type", {"lost": Model})


@pytest.mark.parametrize("status", [404, 500, 418])
def test_documented_errors_are_typed(kit: SyncKit, status: int) -> None:
    """By status, by range, by default."""
    error, _ = kit.tried(GUESTS, reply(status, {"code": "E7"}), settings={"max_retries": 0})
    assert (status, Problem, "E7") == (error.status, type(error.body), error.body.code)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"<html>", None), (b"", None), (b'{"other": 1}', {"other": 1}), (b'["x"]', ["x"]), (b"{", None), (b"null", None)],
)
def test_odd_error_bodies_never_hide_the_status(kit: SyncKit, content: bytes, expected: object) -> None:
    """HTML, nothing, another shape: the error is still that of the status, with the bytes."""
    error, _ = kit.tried(GUESTS, reply(404, content))
    assert (NotFoundError, expected, content) == (type(error), error.body, error.raw)


def test_what_an_error_keeps_and_says(kit: SyncKit) -> None:
    """Everything is there as attributes; the text has only what may be logged."""
    get = operation(path="/v1/guests/{guest_id}")
    body, personal = {"email": "ada@example.com"}, "ada@example.com"
    sent = reply(404, body, {"x-request-id": "req-7\tbad\x7f"})
    error, _ = kit.tried(get, sent, path={"guest_id": personal}, query={"email": personal})
    assert "demo getGuest: GET /v1/guests/{guest_id} answered 404 (request id req-7bad)" == str(error)
    assert {
        "vendor": "demo",
        "operation": "getGuest",
        "method": "GET",
        "path": "/v1/guests/{guest_id}",
        "status": 404,
        "body": body,
        "raw": sent.content,
        "headers": sent.headers,
        "request_id": "req-7bad",
        "attempts": 1,
        "retry_after": None,
    } == vars(error)


def test_errors_travel_between_processes(kit: SyncKit) -> None:
    """A pickled error has the same class, text and attributes."""
    error, _ = kit.tried(GET, reply(429, {"a": 1}, {"retry-after": "100"}))
    back = travelled(error)
    assert (RateLimitError, 100.0) == (type(back), back.retry_after)
    assert (str(error), vars(error)) == (str(back), vars(back))
    assert "cut" == travelled(TransportFailure("cut", "x", sent=True)).problem


def test_the_whole_reply(kit: SyncKit) -> None:
    """call_raw raises no status; reading `parsed` does."""
    sent = [reply(404, {"code": "E7"}, {"request-id": "r"}), reply(200, {"data": [GOOD]}), reply(200, b"x")]
    client, _ = kit.scripted(*sent)
    missing, found, broken = (kit.run(client.call_raw(GUESTS)) for _ in sent)
    shown = (missing.status, missing.ok, missing.request_id, missing.attempts, missing.content)
    assert (404, False, "r", 1, b'{"code": "E7"}') == shown
    assert ("E7", {"code": "E7"}) == (missing.error_body.code, missing.json())
    assert found.parsed is found.parsed
    assert (1, None, "<Response 200 of demo getGuest>") == (len(found.parsed), found.error_body, repr(found))
    for read, kind in (
        (lambda: missing.parsed, NotFoundError),
        (lambda: broken.parsed, DecodeError),
        (broken.json, DecodeError),
    ):
        with pytest.raises(LoyaltyError) as caught:
            read()
        assert kind is type(caught.value)
