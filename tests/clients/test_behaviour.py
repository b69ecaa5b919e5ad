"""What every client does with odd answers and dangerous arguments, sync and async."""

from __future__ import annotations

import asyncio
import socket
import warnings
from dataclasses import replace
from typing import Any

import pytest

from loyalty_runtime import APITimeoutError, ArgumentError, DecodeError, InternalServerError, NotFoundError
from loyalty_runtime.types import File
from tests.clients.doors import calls, facade_method
from tests.clients.recording import Recorder
from tests.clients.replies import SYNC_AND_ASYNC, perform
from tests.clients.rows import Row, read_form
from tests.clients.tables import ROWS
from tests.clients.vendors import CLIENTS, PEPPER, Client

SECRET = "artificial-secret-0815"

every_client = pytest.mark.parametrize("client", CLIENTS, ids=[client.slug for client in CLIENTS])
sync_and_async = pytest.mark.parametrize("asynchronous", SYNC_AND_ASYNC, ids=["sync", "async"])

# One operation of each vendor that documents 404, and one whose answer has a required member: its JSON path, and a body without it.
NOT_FOUND = {"stampede": "getGuest", "stamps": "cancelAward", "orderingstack": "getAccount", "pepper": "getUser"}
INCOMPLETE: dict[str, tuple[str, object, str]] = {
    "stampede": ("listGuests", {"data": [{"id": "guest-1"}], "links": {}}, "$.data[0].organization_id"),
    "stamps": ("addStamps", {"customer": {"id": 1, "status": "Blue"}, "award": {}}, "$.customer.stamps"),
    "pepper": ("listUsers", {"items": [{"id": "user-1"}, {}], "page": {}}, "$.items[1].id"),
}


def row(client: Client, operation: str) -> Row:
    """Return the request row of an operation."""
    return ROWS[client.slug][operation]


def some_row(client: Client) -> Row:
    """Return the row of an operation that documents 404."""
    return row(client, NOT_FOUND[client.slug])


@every_client
@sync_and_async
@pytest.mark.parametrize("status", [500, 520, 599])
def test_undocumented_failure(client: Client, asynchronous: bool, status: int, recorder: Recorder) -> None:
    """A failure nobody documents, odd codes included, is raised as the error of its kind with the status as a plain number."""
    recorder.answer(status, {"message": "artificial failure"})
    error = perform(client, some_row(client), recorder, asynchronous=asynchronous).status_error
    assert (InternalServerError, status) == (type(error), error.status)
    assert type(error.status) is int


@every_client
@sync_and_async
def test_documented_failure(client: Client, asynchronous: bool, recorder: Recorder) -> None:
    """A documented 404 is raised, and never returned as a value."""
    recorder.answer(404, {"message": "Not Found"})
    error = perform(client, some_row(client), recorder, door="facade", asynchronous=asynchronous).status_error
    assert (NotFoundError, 404) == (type(error), error.status)


@every_client
@sync_and_async
@pytest.mark.parametrize("status", [404, 520])
def test_raw_access(client: Client, asynchronous: bool, status: int, recorder: Recorder) -> None:
    """Whoever asks for the whole reply gets it under any status, and the error when the value is asked for."""
    recorder.answer(status, {"message": "Not Found"}, X_Request_Id="request-1")
    reply = perform(client, some_row(client), recorder, door="facade, whole reply", asynchronous=asynchronous).value
    assert (status, {"message": "Not Found"}, "request-1") == (reply.status, reply.json(), reply.request_id)
    with pytest.raises(NotFoundError if status == 404 else InternalServerError):
        _ = reply.parsed


@every_client
@sync_and_async
@pytest.mark.parametrize("status", [404, 502])
def test_html_failure(client: Client, asynchronous: bool, status: int, recorder: Recorder) -> None:
    """An error page of a proxy in front of the vendor keeps its status and its body."""
    page = b"<html><body>Bad gateway</body></html>"
    recorder.answer(status, page, "text/html")
    error = perform(client, some_row(client), recorder, asynchronous=asynchronous).status_error
    assert (status, page, None) == (error.status, error.raw, error.body)


@every_client
@sync_and_async
def test_html_success(client: Client, asynchronous: bool, recorder: Recorder) -> None:
    """A page in the place of a JSON answer is an error of decoding that keeps status and body."""
    recorder.answer(200, b"<html>maintenance</html>", "text/html")
    error = perform(client, some_row(client), recorder, asynchronous=asynchronous).error
    assert isinstance(error, DecodeError)
    assert (200, b"<html>maintenance</html>", some_id(client)) == (error.status, error.raw, error.operation)


def some_id(client: Client) -> str:
    """Return the operationId of `some_row`."""
    return NOT_FOUND[client.slug]


@sync_and_async
@pytest.mark.parametrize("client", [client for client in CLIENTS if client.slug in INCOMPLETE], ids=list(INCOMPLETE))
def test_missing_required_member(client: Client, asynchronous: bool, recorder: Recorder) -> None:
    """A missing required member is an error that names operation and JSON path and keeps the body; nothing of the body is in its text."""
    operation, body, path = INCOMPLETE[client.slug]
    recorder.answer(200, body)
    error = perform(client, row(client, operation), recorder, asynchronous=asynchronous).error
    assert isinstance(error, DecodeError)
    assert (client.slug, operation, path) == (error.vendor, error.operation, error.json_path)
    assert error.raw
    assert path in str(error)
    assert "guest-1" not in str(error)


@every_client
def test_secrets_are_masked(client: Client) -> None:
    """No credential appears in the repr of a client, of its views, or in their attributes' reprs."""
    with client.make("http://127.0.0.1:9", **dict.fromkeys(client.credentials, SECRET)) as made:
        texts = [repr(made), str(made), repr(vars(made)), repr(made.with_options(timeout=1.0))]
    assert [] == [text for text in texts if SECRET in text]


@every_client
def test_secrets_stay_out_of_errors(client: Client, recorder: Recorder) -> None:
    """No credential and nothing of a path appears in the text of an error."""
    recorder.answer(404, {"message": SECRET})
    secrets: dict[str, Any] = dict.fromkeys(client.credentials, SECRET)
    error = perform(client, some_row(client), recorder, **secrets).status_error
    text = f"{error} {error!r}"
    assert SECRET not in text
    assert [] == [part for part in some_row(client).path if str(part) in text]


@every_client
def test_default_timeout(client: Client) -> None:
    """A client gives up after a minute unless told otherwise."""
    with client.make("http://127.0.0.1:9") as made:
        assert made._timeout == 60.0


@every_client
@sync_and_async
def test_silent_server(client: Client, asynchronous: bool) -> None:
    """A server that never answers ends in a timeout error, not in a wait for ever."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        error = perform(client, some_row(client), _At(url), asynchronous=asynchronous, timeout=0.05).error
    assert isinstance(error, APITimeoutError)


class _At(Recorder):
    """A stand-in for the recorder: only an address."""

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def url(self) -> str:
        """Return the address."""
        return self._url


WITH_PATH = [
    pytest.param(client, item, id=f"{client}-{name}")
    for client in CLIENTS
    for name, item in ROWS[client.slug].items()
    if item.path
]
BAD_PARTS: list[Any] = ["..", ".", "", None]


@pytest.mark.parametrize(("client", "item"), WITH_PATH)
def test_path_parts(client: Client, item: Row, recorder: Recorder) -> None:
    """A part of a path that is `..`, `.`, empty or None is refused by every door before anything is sent."""
    with client.make(recorder.url) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for index in range(len(item.path)):
            for bad in BAD_PARTS:
                wrong = replace(item, path=(*item.path[:index], bad, *item.path[index + 1 :]))
                for door, call in calls(made, wrong).items():
                    with pytest.raises(ArgumentError):
                        ask(call())
                    assert recorder.requests == [], door


def ask(result: Any) -> None:
    """Ask a list for its first page; anything else has been asked for already."""
    result.first_page()


@pytest.mark.parametrize(("client", "item"), WITH_PATH)
def test_slash_in_a_path_part(client: Client, item: Row, recorder: Recorder) -> None:
    """A slash, a question mark or a dot pair inside a part never reaches another path."""
    hostile = "../x?y=1#z/.."
    with client.make(recorder.url) as made:
        wrong = replace(item, path=(hostile, *item.path[1:]))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                calls(made, wrong)["facade, whole reply"]()
        except ArgumentError:
            assert recorder.requests == []  # the vendor's own pattern or list forbids it
        else:
            request = recorder.only
            assert len(item.sends.path.split("/")) == len(request.path.split("/"))
            assert "..%2Fx%3Fy%3D1%23z%2F.." in request.path.split("/")
            assert sorted(item.sends.query) == request.query


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
    client = next(item for item in CLIENTS if item.slug == slug)
    with client.make("", **{"base_url": None, **settings}) as made:
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
    hostile = replace(row(PEPPER, operation), body={"file": File(INJECTION, name, "text/csv")})
    boundaries = set()
    for _ in range(2):
        perform(PEPPER, hostile, recorder, door="facade, whole reply", asynchronous=asynchronous)
        request = recorder.requests[-1]
        media = request.headers["content-type"]
        boundaries.add(media.partition("boundary=")[2])
        (part,) = read_form(media, request.body)
        assert ("file", "text/csv", INJECTION) == (part.name, part.media, part.content)
        assert request.body.count(b"Content-Disposition") == 1 + INJECTION.count(b"Content-Disposition")
    assert len(boundaries) == 2
    assert all(len(boundary) >= 32 for boundary in boundaries)


def test_headers_cannot_be_injected(recorder: Recorder) -> None:
    """A line break in the value of a header parameter is refused before anything is sent."""
    with PEPPER.make(recorder.url) as made, pytest.raises(ArgumentError):
        facade_method(made, "users.login")(auth_provider="MOBILE\r\nx-admin: yes")
    assert recorder.requests == []


def test_nothing_is_sent_after_an_asynchronous_refusal(recorder: Recorder) -> None:
    """The asynchronous client refuses a bad part of a path as well."""

    async def run() -> None:
        async with PEPPER.make_async(recorder.url) as made:
            with pytest.raises(ArgumentError):
                await facade_method(made, "users.get")("..")

    asyncio.run(run())
    assert recorder.requests == []
