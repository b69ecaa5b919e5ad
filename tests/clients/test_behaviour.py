"""What every client does with incomplete replies, secrets, dangerous arguments and servers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from loyalty_runtime import ArgumentError, DecodeError, MisfitError
from tests.clients.doors import perform
from tests.clients.recording import Recorder
from tests.clients.rows import Row
from tests.clients.tables import every_client, rows_where, sync_and_async
from tests.clients.vendors import BY_SLUG, Client

SECRET = "artificial-secret-0815"

# An operation of each vendor, and replies with an odd record.
SOME = {"stampede": "getGuest", "stamps": "cancelAward", "orderingstack": "getAccount", "pepper": "getUser"}
# A setting, the operation, its reply, and the JSON path of what does not fit at once.
MISFITS: list[tuple[bool, str, str, object, str]] = [
    (False, "stampede", "getGuest", {"id": "guest-1"}, "$.organization_id"),
    (False, "stamps", "addStamps", {"customer": {"id": 1}}, "$.award"),
    (False, "pepper", "getUser", {"firstName": "guest-1"}, "$.id"),
    (True, "stampede", "listGuests", {"data": [{"id": 1}], "links": {}}, "$.data[0].id"),
    (True, "stamps", "addStamps", {"customer": {"id": 1, "status": "Blue"}, "award": {}}, "$.customer.stamps"),
    (True, "pepper", "listUsers", {"items": [{"id": "user-1"}, None], "page": {}}, "$"),
    (True, "pepper", "getUser", {"id": "user-1", "state": 7}, "$.state"),
]
ODD: list[tuple[str, str, object, str, str]] = [
    (
        "stampede",
        "listGuests",
        {"data": [{"id": "guest-1", "profile_id": "seven"}], "links": {}},
        "data.0.profile_id",
        "Guest.profile_id: text of 5 characters came, which does not fit; `to_dict()` gives it back.",
    ),
    (
        "stamps",
        "addStamps",
        {"customer": {"id": 1, "status": "Blue"}, "award": {}},
        "customer.stamps",
        "Customer.stamps is missing in what came; use `in` or `getattr` with a default to ask.",
    ),
    (
        "pepper",
        "listUsers",
        {"items": [{"id": "user-1"}, None], "page": {}},
        "items.1.id",
        "User.id: null came, which does not fit; `to_dict()` gives it back.",
    ),
]


def some(client: Client) -> Row:
    """Return the row of one operation of a client."""
    return client.rows[SOME.get(client.slug, next(iter(client.rows)))]


@sync_and_async
@pytest.mark.parametrize(("strict", "slug", "operation", "body", "path"), MISFITS)
def test_a_reply_that_does_not_fit(
    strict: bool, slug: str, operation: str, body: object, path: str, asynchronous: bool, recorder: Recorder
) -> None:
    """Without a required member of its outermost object, with `strict=True` of any, a reply is an error that names operation and JSON path and keeps the body; nothing of the body is in its text."""
    recorder.answer(200, body)
    row = BY_SLUG[slug].rows[operation]
    error = perform(BY_SLUG[slug], row, recorder, asynchronous=asynchronous, strict=strict).error
    assert isinstance(error, DecodeError)
    assert (slug, operation, path, True) == (error.vendor, error.operation, error.json_path, bool(error.raw))
    assert (True, False) == (path in str(error), "guest-1" in str(error))


@sync_and_async
@pytest.mark.parametrize(("slug", "operation", "body", "place", "words"), ODD)
def test_odd_record(
    slug: str, operation: str, body: object, place: str, words: str, asynchronous: bool, recorder: Recorder
) -> None:
    """An odd record costs nobody the reply: reading the member says what came, and the reply is written back the same."""
    recorder.answer(200, body)
    value: Any = perform(BY_SLUG[slug], BY_SLUG[slug].rows[operation], recorder, asynchronous=asynchronous).value
    assert body == value.to_dict()
    *parts, last = place.split(".")
    for part in parts:
        value = value[int(part)] if part.isdecimal() else getattr(value, part)
    with pytest.raises(MisfitError) as caught:
        getattr(value, last)
    assert words == str(caught.value)
    assert getattr(value, last, None) is None


@every_client
def test_secrets_stay_out_of_errors(client: Client, recorder: Recorder) -> None:
    """No credential, nothing of a path and nothing of a body appears in the text of an error."""
    recorder.answer(404, {"message": SECRET})
    secrets: dict[str, Any] = dict.fromkeys(client.credentials, SECRET)
    error = perform(client, some(client), recorder, **secrets).status_error
    assert [] == [part for part in (SECRET, *some(client).path) if str(part) in f"{error} {error!r}"]


@rows_where(lambda row: bool(row.path))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_path_parts(client: Client, row: Row, recorder: Recorder) -> None:
    """A part that is `..`, `.`, empty or None is refused by every way to call before anything is sent; a slash, a question mark or a dot pair inside one never reaches another path."""
    for index in range(len(row.path)):
        for bad in ("..", ".", "", None):
            wrong = replace(row, path=(*row.path[:index], bad, *row.path[index + 1 :]))
            outcome = perform(client, wrong, recorder, raw=bad == ".", asynchronous=bad == "")
            assert isinstance(outcome.error, ArgumentError), (bad, outcome)
    assert [] == recorder.requests
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
        assert 2 == len(list(client.account.list(filter_={"_start": 0, "_end": 1})))
    assert [["_end=1", "_start=0"], ["_end=2", "_start=1"]] == [request.query for request in recorder.requests]


def test_members_of_a_body_are_checked_by_name(recorder: Recorder) -> None:
    """One that the operation has not, and one that is required and missing, are named before anything is sent."""
    made: Any = BY_SLUG["stampede"].make(recorder.url)
    with made as client:
        for given, words in (({"nam": "x"}, "nam is no argument of this op"), ({"active": True}, "name is required")):
            with pytest.raises(ArgumentError, match=words):
                client.deals.create(**given)
    assert [] == recorder.requests


@every_client
def test_servers(client: Client) -> None:
    """A client calls the documented server, or the one that is named."""
    for row in client.table["servers"]:
        with client.make("", **{"base_url": None, **row.get("settings", {})}) as made:
            origin = made._ready().origin
        assert row["url"] == f"{origin.scheme}://{origin.host}"
