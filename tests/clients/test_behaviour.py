"""What every client does with odd replies and dangerous arguments."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest

from loyalty_runtime import APITimeoutError, ArgumentError, DecodeError, InternalServerError, NotFoundError
from loyalty_runtime.types import File
from tests.clients.doors import perform
from tests.clients.recording import Recorder
from tests.clients.rows import Row, read_form
from tests.clients.tables import every_client, sync_and_async
from tests.clients.vendors import BY_SLUG, CLIENTS, Client

SECRET = "artificial-secret-0815"
PAGE = b"<html><body>Bad gateway</body></html>"
PEPPER = BY_SLUG["pepper"]

# An operation of each vendor, and replies that lack a required member, with its JSON path.
SOME = {"stampede": "getGuest", "stamps": "cancelAward", "orderingstack": "getAccount", "pepper": "getUser"}
INCOMPLETE: list[tuple[str, str, object, str]] = [
    ("stampede", "listGuests", {"data": [{"id": "guest-1"}], "links": {}}, "$.data[0].organization_id"),
    ("stamps", "addStamps", {"customer": {"id": 1, "status": "Blue"}, "award": {}}, "$.customer.stamps"),
    ("pepper", "listUsers", {"items": [{"id": "user-1"}, {}], "page": {}}, "$.items[1].id"),
]


def some(client: Client) -> Row:
    """Return the row of one operation of a client."""
    return client.rows[SOME[client.slug]]


@every_client
@sync_and_async
@pytest.mark.parametrize(("status", "error"), [(404, NotFoundError), (520, InternalServerError)])
def test_raw_access(
    client: Client, status: int, error: type[Exception], asynchronous: bool, recorder: Recorder
) -> None:
    """Whoever asks for the whole reply gets it under any status, and the error when the value is asked for."""
    recorder.answer(status, {"message": "Not Found"}, X_Request_Id="request-1")
    reply = perform(client, some(client), recorder, raw=True, asynchronous=asynchronous).value
    assert (status, {"message": "Not Found"}, "request-1") == (reply.status, reply.json(), reply.request_id)
    with pytest.raises(error):
        _ = reply.parsed


@every_client
@sync_and_async
@pytest.mark.parametrize("status", [404, 502])
def test_html_failure(client: Client, status: int, asynchronous: bool, recorder: Recorder) -> None:
    """An error page of a proxy in front of the vendor keeps its status and its body."""
    recorder.answer(status, PAGE, "text/html; charset=utf-8")
    error = perform(client, some(client), recorder, asynchronous=asynchronous).status_error
    assert (status, PAGE, None) == (error.status, error.raw, error.body)


@every_client
@sync_and_async
def test_html_success(client: Client, asynchronous: bool, recorder: Recorder) -> None:
    """A page in the place of a JSON reply is an error of decoding that keeps status and body."""
    recorder.answer(200, PAGE, "text/html")
    error = perform(client, some(client), recorder, asynchronous=asynchronous).error
    assert isinstance(error, DecodeError)
    assert (200, PAGE, SOME[client.slug]) == (error.status, error.raw, error.operation)


@sync_and_async
@pytest.mark.parametrize(("slug", "operation", "body", "path"), INCOMPLETE)
def test_missing_required_member(
    slug: str, operation: str, body: object, path: str, asynchronous: bool, recorder: Recorder
) -> None:
    """A missing required member is an error that names operation and JSON path and keeps the body; nothing of the body is in its text."""
    recorder.answer(200, body)
    error = perform(BY_SLUG[slug], BY_SLUG[slug].rows[operation], recorder, asynchronous=asynchronous).error
    assert isinstance(error, DecodeError)
    assert (slug, operation, path, True) == (error.vendor, error.operation, error.json_path, bool(error.raw))
    assert (True, False) == (path in str(error), "guest-1" in str(error))


@every_client
def test_secrets_are_masked(client: Client) -> None:
    """No credential appears in the repr of a client, of its views, or in their attributes' reprs."""
    with client.make("http://127.0.0.1:9", **dict.fromkeys(client.credentials, SECRET)) as made:
        texts = [repr(made), str(made), repr(vars(made)), repr(made.with_options(timeout=1.0))]
    assert [] == [text for text in texts if SECRET in text]


@every_client
def test_secrets_stay_out_of_errors(client: Client, recorder: Recorder) -> None:
    """No credential, nothing of a path and nothing of a body appears in the text of an error."""
    recorder.answer(404, {"message": SECRET})
    secrets: dict[str, Any] = dict.fromkeys(client.credentials, SECRET)
    error = perform(client, some(client), recorder, **secrets).status_error
    assert [] == [part for part in (SECRET, *some(client).path) if str(part) in f"{error} {error!r}"]


@every_client
def test_default_timeout(client: Client) -> None:
    """A client gives up after a minute unless told otherwise."""
    with client.make("http://127.0.0.1:9") as made:
        assert 60.0 == made._timeout


@every_client
@sync_and_async
def test_silent_server(client: Client, asynchronous: bool, recorder: Recorder) -> None:
    """A server that never answers ends in a timeout error, not in a wait for ever."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        outcome = perform(client, some(client), recorder, asynchronous=asynchronous, base_url=url, timeout=0.05)
    assert isinstance(outcome.error, APITimeoutError)


with_path = pytest.mark.parametrize(
    ("client", "row"),
    [
        pytest.param(client, row, id=f"{client}-{row.operation}")
        for client in CLIENTS
        for row in client.rows.values()
        if row.path
    ],
)
deprecated_too = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@with_path
@sync_and_async
@deprecated_too
def test_path_parts(client: Client, row: Row, asynchronous: bool, recorder: Recorder) -> None:
    """A part of a path that is `..`, `.`, empty or None is refused before anything is sent."""
    for index in range(len(row.path)):
        for bad in ("..", ".", "", None):
            wrong = replace(row, path=(*row.path[:index], bad, *row.path[index + 1 :]))
            outcome = perform(client, wrong, recorder, raw=bad == ".", asynchronous=asynchronous)
            assert isinstance(outcome.error, ArgumentError), (bad, outcome)
            assert [] == recorder.requests


@with_path
@deprecated_too
def test_slash_in_a_path_part(client: Client, row: Row, recorder: Recorder) -> None:
    """A slash, a question mark or a dot pair inside a part never reaches another path."""
    outcome = perform(client, replace(row, path=("../x?y=1#z/..", *row.path[1:])), recorder, raw=True)
    if isinstance(outcome.error, ArgumentError):
        assert [] == recorder.requests  # the vendor's own pattern or list forbids it
        return
    parts = recorder.only.path.split("/")
    assert (len(row.sends.path.split("/")), True) == (len(parts), "..%2Fx%3Fy%3D1%23z%2F.." in parts)
    assert sorted(row.sends.query) == recorder.only.query


def test_range_in_the_filter_is_the_range_of_the_walk(recorder: Recorder) -> None:
    """A list that is asked for a range in its filter asks for each position once, and goes on from there."""
    recorder.answer(200, [{}], X_Total_Count="2")
    recorder.answer(200, [{}], X_Total_Count="2")
    made: Any = BY_SLUG["orderingstack"].make(recorder.url)
    with made as client:
        assert 2 == len(list(client.account.get_accounts(filter_={"_start": 0, "_end": 1})))
    assert [["_end=1", "_start=0"], ["_end=2", "_start=1"]] == [request.query for request in recorder.requests]


SERVERS = [
    ("stampede", {}, "https://global.stampede.ai"),
    ("stamps", {}, "https://stamps.co.id"),
    ("orderingstack", {"server": "test"}, "https://ordering.3e.pl"),
    ("orderingstack", {"server": "production", "variables": {"host": "loyalty.example"}}, "https://loyalty.example"),
    ("pepper", {}, "https://api.pepperhq.com"),
    ("pepper", {"server": "uat"}, "https://beta-api.pepperhq.com"),
]


@pytest.mark.parametrize(("slug", "settings", "url"), SERVERS)
def test_servers(slug: str, settings: dict[str, Any], url: str) -> None:
    """A client calls the documented server, or the one that is named."""
    with BY_SLUG[slug].make("", **{"base_url": None, **settings}) as made:
        origin = made._ready().origin
    assert url == f"{origin.scheme}://{origin.host}"


@every_client
def test_unknown_server(client: Client) -> None:
    """A server nobody declares is refused by name."""
    with pytest.raises(ArgumentError, match="nowhere"):
        client.make("", base_url=None, server="nowhere")


UPLOADS = ["importUsers", "importAwards", "importLocations", "importSegmentUsers", "uploadApplePayDomainAssociation"]
INJECTION = b'user_id\r\n--+++\r\nContent-Disposition: form-data; name="dryRun"\r\n\r\nfalse\r\n--+++--\r\n'


@pytest.mark.parametrize("operation", UPLOADS)
@sync_and_async
def test_forms_cannot_be_injected(operation: str, asynchronous: bool, recorder: Recorder) -> None:
    """Every upload has a boundary of its own, and neither a file's content nor its name can add a part."""
    name = 'users.csv"\r\nContent-Type: text/html\r\n\r\nx'
    hostile = replace(PEPPER.rows[operation], body={"file": File(INJECTION, name, "text/csv")})
    boundaries = set()
    for _ in range(2):
        perform(PEPPER, hostile, recorder, raw=True, asynchronous=asynchronous)
        request = recorder.requests[-1]
        media = request.headers["content-type"]
        boundaries.add(media.partition("boundary=")[2])
        (part,) = read_form(media, request.body)
        assert ("file", "text/csv", INJECTION) == (part.name, part.media, part.content)
        assert 1 + INJECTION.count(b"Content-Disposition") == request.body.count(b"Content-Disposition")
    assert [True, True] == [len(boundary) >= 32 for boundary in boundaries]


def test_headers_cannot_be_injected(recorder: Recorder) -> None:
    """A line break in the value of a header parameter is refused before anything is sent."""
    row = PEPPER.rows["loginUser"]
    wrong = replace(row, arguments={**row.arguments, "auth_provider": "MOBILE\r\nx-admin: yes"})
    assert isinstance(perform(PEPPER, wrong, recorder).error, ArgumentError)
    assert [] == recorder.requests
