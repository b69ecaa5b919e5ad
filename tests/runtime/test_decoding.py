"""Replies to values: which documented reply fits, where a body does not, errors that keep what came."""

from __future__ import annotations

from typing import Any

import pytest

import loyalty_runtime
from loyalty_runtime import (
    APIError,
    APIStatusError,
    DecodeError,
    FieldProblem,
    InternalServerError,
    LoyaltyError,
    NotFoundError,
    RateLimitError,
    Reply,
)
from loyalty_runtime.errors import TransportFailure, status_error_class
from tests.runtime.support import GET, SyncKit, operation, reply, travelled


class Tag:
    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Tag:
        d = dict(src_dict)
        return cls(d.pop("name"))


class Guest:
    def __init__(self, born: Any, tags: list[Tag]) -> None:
        self.born, self.tags = born, tags

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Guest:
        from datetime import datetime

        d = dict(src_dict)
        tags = [Tag.from_dict(item) for item in d.pop("tags")]
        _born = d.pop("born")
        return cls(datetime.fromisoformat(_born), tags)


class Problem:
    code: str

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Problem:
        made = cls()
        made.code = src_dict["code"]
        return made


def read_guests(value: Any) -> list[Guest]:
    return [Guest.from_dict(item) for item in value["data"]]


GUESTS = operation(
    responses={
        200: Reply(read_guests),
        404: Reply(Problem.from_dict),
        "5XX": Reply(Problem.from_dict),
        "default": Reply(Problem.from_dict),
    }
)
GOOD = {"born": "2000-01-02", "tags": [{"name": "a"}]}


def test_a_typed_reply(kit: SyncKit) -> None:
    """The decoder of the status makes the value."""
    client, _ = kit.scripted(reply(200, {"data": [GOOD]}))
    (guest,) = kit.run(client.call(GUESTS))
    assert (guest.born.year, guest.tags[0].name) == (2000, "a")


@pytest.mark.parametrize(
    ("body", "path", "problem"),
    [
        ({"data": [GOOD, {"born": "2000-01-02", "tags": [{"name": "a"}, {}]}]}, "$.data[1].tags[1].name", "missing"),
        ({"data": [GOOD, {"tags": []}]}, "$.data[1].born", "missing"),
        ({"data": [{**GOOD, "born": "yesterday"}]}, "$.data[0].born", "ValueError"),
        ({"data": [{**GOOD, "born": 7}]}, "$.data[0]", "TypeError"),
        ({"data": [GOOD, 7]}, "$", "TypeError"),
        ({}, "$.data", "missing"),
        ([], "$", "TypeError"),
    ],
)
def test_where_a_body_does_not_fit(kit: SyncKit, body: Any, path: str, problem: str) -> None:
    """The JSON path names the member, list index included; the body is kept; no value is in the text."""
    client, _ = kit.scripted(reply(200, body))
    with pytest.raises(DecodeError, match=problem) as caught:
        kit.run(client.call(GUESTS))
    assert caught.value.json_path == path
    assert caught.value.raw
    assert "yesterday" not in str(caught.value)
    assert caught.value.__context__ is None
    assert (caught.value.operation, caught.value.status) == ("getGuest", 200)


def test_a_model_may_name_the_member(kit: SyncKit) -> None:
    """FieldProblem from a model gives the member and the reason."""

    def read(value: dict[str, Any]) -> Any:
        raise FieldProblem("points", "is below zero")

    client, _ = kit.scripted(reply(200, {"points": -1}))
    with pytest.raises(DecodeError, match=r"at \$\.points is below zero"):
        kit.run(client.call(operation(responses={200: Reply(read)})))


@pytest.mark.parametrize(
    ("content", "media", "text"),
    [
        (b"<html>", "text/html", "text/html that is not JSON"),
        (b"", "application/json", "an empty body came"),
        (b" \n", "application/json", "an empty body"),
        (b'{"a": ', "application/json", "not JSON"),
        (b'{"a": NaN}', "application/json", "not JSON"),
        (b"\xff\xfe", "application/json", "not JSON"),
        (b"[" * 100_000, "application/json", "not JSON"),
    ],
)
def test_what_is_not_json(kit: SyncKit, content: bytes, media: str, text: str) -> None:
    """The error says what came instead and keeps it."""
    client, _ = kit.scripted(reply(200, content, {"content-type": media}))
    with pytest.raises(DecodeError, match=text) as caught:
        kit.run(client.call(GET))
    assert caught.value.raw == content


@pytest.mark.parametrize(
    ("status", "content", "responses", "expected"),
    [
        (200, b"\xef\xbb\xbf{}", {200: Reply()}, {}),
        (201, b'{"a": 1}', {200: Reply(lambda value: value["a"])}, 1),
        (200, b'{"a": 1}', {201: Reply(lambda value: value["a"]), 204: Reply(media=None)}, 1),
        (202, b'{"a": 1}', {"2XX": Reply(lambda value: value["a"])}, 1),
        (200, b"ignored", {204: Reply(media=None)}, None),
        (204, b"", {200: Reply(lambda value: 1 / 0)}, None),
        (200, b'{"a": 1}', {}, {"a": 1}),
        (200, b"", {}, None),
        (200, b"a,b", {200: Reply(media="text/csv")}, "a,b"),
        (200, b"%PDF", {200: Reply(media="application/pdf")}, b"%PDF"),
        (200, b"%PDF", {200: Reply(len, media="application/pdf")}, 4),
        (200, b"{}", {200: Reply(media="application/problem+json; charset=utf-8")}, {}),
    ],
)
def test_which_reply_is_read(kit: SyncKit, status: int, content: bytes, responses: Any, expected: object) -> None:
    """An undocumented success is read like its documented sibling; media types decide what the decoder gets."""
    client, _ = kit.scripted(reply(status, content))
    assert kit.run(client.call(operation(responses=responses))) == expected


@pytest.mark.parametrize(
    ("media", "expected"), [("text/csv; charset=latin-1", "é"), ("application/json", {"a": 1}), ("text/html", {"a": 1})]
)
def test_several_media_types(kit: SyncKit, media: str, expected: object) -> None:
    """The reply's own type chooses among the documented ones; an unknown one reads as the first."""
    both = operation(responses={200: (Reply(), Reply(media="text/csv"))})
    client, _ = kit.scripted(
        reply(200, "é".encode("latin-1") if "csv" in media else b'{"a": 1}', {"content-type": media})
    )
    assert kit.run(client.call(both)) == expected


@pytest.mark.parametrize("status", [404, 500, 418])
def test_documented_errors_are_typed(kit: SyncKit, status: int) -> None:
    """By status, by range, by default."""
    client, _ = kit.scripted(reply(status, {"code": "E7"}), max_retries=0)
    with pytest.raises(APIStatusError) as caught:
        kit.run(client.call(GUESTS))
    assert isinstance(caught.value.body, Problem)
    assert caught.value.body.code == "E7"
    assert type(caught.value) is status_error_class(status)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"<html>", None), (b"", None), (b'{"other": 1}', {"other": 1}), (b'["x"]', ["x"]), (b"{", None), (b"null", None)],
)
def test_odd_error_bodies_never_hide_the_status(kit: SyncKit, content: bytes, expected: object) -> None:
    """HTML, nothing, another shape: the error is still that of the status, with the bytes."""
    client, _ = kit.scripted(reply(404, content))
    with pytest.raises(NotFoundError) as caught:
        kit.run(client.call(GUESTS))
    assert (caught.value.body, caught.value.raw) == (expected, content)


@pytest.mark.parametrize(
    ("status", "name"),
    [(400, "BadRequestError"), (401, "AuthenticationError"), (403, "PermissionDeniedError"), (404, "NotFoundError"), (409, "ConflictError"),
     (422, "UnprocessableEntityError"), (429, "RateLimitError"), (500, "InternalServerError"), (520, "InternalServerError"), (418, "APIStatusError"), (302, "APIStatusError")],
)  # fmt: skip
def test_one_class_per_status(status: int, name: str) -> None:
    """Users catch the class of the status or any class above it."""
    found = status_error_class(status)
    assert found.__name__ == name
    assert issubclass(found, (APIStatusError, APIError, LoyaltyError))
    assert found is getattr(loyalty_runtime, name)


def test_what_an_error_keeps_and_says(kit: SyncKit) -> None:
    """Everything is there as attributes; the text has only what may be logged."""
    get = operation(path="/v1/guests/{guest_id}")
    client, _ = kit.scripted(reply(404, {"email": "ada@example.com"}, {"x-request-id": "req-7\tbad\x7f"}))
    with pytest.raises(NotFoundError) as caught:
        kit.run(client.call(get, path={"guest_id": "ada@example.com"}, query={"email": "ada@example.com"}))
    error = caught.value
    assert str(error) == "demo getGuest: GET /v1/guests/{guest_id} answered 404 (request id req-7bad)"
    kept = (
        error.vendor,
        error.operation,
        error.method,
        error.path,
        error.status,
        error.body,
        error.raw,
        error.request_id,
        error.attempts,
    )
    body = {"email": "ada@example.com"}
    assert kept == (
        "demo",
        "getGuest",
        "GET",
        "/v1/guests/{guest_id}",
        404,
        body,
        b'{"email": "ada@example.com"}',
        "req-7bad",
        1,
    )
    assert error.headers is not None
    assert error.headers["Content-Type"] == "application/json"
    assert error.retry_after is None


def test_errors_travel_between_processes(kit: SyncKit) -> None:
    """A pickled error has the same class, text and attributes."""
    client, _ = kit.scripted(reply(429, {"a": 1}, {"retry-after": "100"}))
    with pytest.raises(RateLimitError) as caught:
        kit.run(client.call(GET))
    back = travelled(caught.value)
    assert type(back) is RateLimitError
    assert (str(back), back.retry_after, back.body, back.headers) == (
        str(caught.value),
        100.0,
        {"a": 1},
        caught.value.headers,
    )
    assert travelled(TransportFailure("cut", "x", sent=True)).problem == "cut"


def test_the_whole_reply(kit: SyncKit) -> None:
    """call_raw raises no status; reading `parsed` does."""
    client, _ = kit.scripted(
        reply(404, {"code": "E7"}, {"request-id": "r"}), reply(200, {"data": [GOOD]}), reply(200, b"x"), max_retries=0
    )
    missing = kit.run(client.call_raw(GUESTS))
    assert (missing.status, missing.ok, missing.request_id, missing.attempts, missing.content) == (
        404,
        False,
        "r",
        1,
        b'{"code": "E7"}',
    )
    assert missing.error_body.code == "E7"
    assert missing.json() == {"code": "E7"}
    with pytest.raises(NotFoundError):
        _ = missing.parsed
    found = kit.run(client.call_raw(GUESTS))
    assert found.parsed is found.parsed
    assert (len(found.parsed), found.error_body, repr(found)) == (1, None, "<Response 200 of demo getGuest>")
    broken = kit.run(client.call_raw(GUESTS))
    with pytest.raises(DecodeError):
        broken.json()
    with pytest.raises(DecodeError):
        _ = broken.parsed


def test_a_server_error_without_body(kit: SyncKit) -> None:
    """Nothing at all is enough for the right class."""
    client, _ = kit.scripted(reply(503, b""), max_retries=0)
    with pytest.raises(InternalServerError):
        kit.run(client.call(GET))
