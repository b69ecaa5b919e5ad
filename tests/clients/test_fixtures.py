"""Every body of `tests/fixtures` goes through the real client over HTTP and comes back the same.

Answers are served and decoded, requests are sent; variants have unknown members, nulls and new values.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import replace
from typing import Any

import pytest

from loyalty_runtime import ArgumentError, DecodeError
from loyalty_runtime.declared.modeling import read_union
from loyalty_runtime.errors import status_error_class
from loyalty_runtime.types import File
from tests.clients.fixtures import Fixture, answers, fixtures, requests
from tests.clients.packages import operations
from tests.clients.recording import Recorder
from tests.clients.replies import parsed, perform, same, to_plain
from tests.clients.rows import Row, actual
from tests.clients.tables import ROWS
from tests.clients.vendors import CLIENTS, STAMPS, Client

DOORS = [
    ("facade, whole body", False),
    ("facade, whole reply", False),
    ("facade, whole body", True),
    ("facade, whole reply", True),
]
# An error whose status the page does not print is served under one that no operation of Pepper documents.
UNPRINTED = 422

# Requests that are refused before they leave: the argument at fault.
REFUSED = {
    "postCampaign/request.json": "constraints",  # the page collapses its lists (O-18)
    "putCampaign/request.json": "constraints",
    "putCampaign/request.variant.json": "type",  # a value outside a closed list is read, not sent
    "setMyProfile/request.variant.json": "sex",
}
# Printed answers in which the page collapses an object that has a required member.
COLLAPSED = {
    f"{operation}.response.json": "$.user.id"
    for operation in ("activateUser", "createGuestSession", "loginUser", "loginWithSso")
}

# Printed requests that the vendor's own types refuse, since the page collapses lists and objects or prints the word `string`.
PRINTED_REFUSED = {
    "createLocation": "geo",
    "createRule": "conditions",
    "createSegmentMetricDefinition": "periods",
    "createStamps": "[0].locationId",
    "createUser": "credentials",
    "createUserAddress": "coordinates",
    "createVoucher": "voucherSchemeId",
    "suggestAddresses": "position",
    "updateLocation": "geo",
    "updateRule": "conditions",
    "updateSegmentMetricDefinition": "periods",
    "updateUserAddress": "coordinates",
    "updateVoucher": "voucherSchemeId",
}

ANSWERS = [
    pytest.param(client, item, id=f"{client}-{item}")
    for client in CLIENTS
    for item in answers(client.slug)
    if item.operation in ROWS[client.slug]
]
REQUESTS = [pytest.param(client, item, id=f"{client}-{item}") for client in CLIENTS for item in requests(client.slug)]
PRINTED = [
    pytest.param(client, item, id=f"{client}-{item}")
    for client in CLIENTS
    for item in fixtures(client.slug)
    if item.operation == "printed"
]
SHARED = [
    pytest.param(client, item, id=f"{client}-{item}")
    for client in CLIENTS
    for item in fixtures(client.slug)
    if item.operation == "errors"
]


def row_of(client: Client, operation: str) -> Row:
    """Return the request row of an operation."""
    return ROWS[client.slug][operation]


def test_every_body_is_used() -> None:
    """No file of the fixtures is left out: every one is an answer, a request, a printed sample, a shared error or an answer of the token address."""
    used = {item.values[1].path for item in [*ANSWERS, *REQUESTS, *PRINTED, *SHARED]}  # type: ignore[union-attr]
    left = [item for client in CLIENTS for item in fixtures(client.slug) if item.path not in used]
    assert ["token/200.json", "token/200.variant.json"] == [str(item) for item in left]


@pytest.mark.parametrize(("door", "asynchronous"), DOORS)
@pytest.mark.parametrize(("client", "fixture"), ANSWERS)
def test_answer(client: Client, fixture: Fixture, door: str, asynchronous: bool, recorder: Recorder) -> None:
    """An answer is read as the class its operation documents, or raised as the error of its status, and is written back the same."""
    check(
        client,
        fixture,
        fixture.operation,
        int(fixture.status) if fixture.status.isdigit() else UNPRINTED,
        recorder,
        door,
        asynchronous,
    )


@pytest.mark.parametrize(("client", "fixture"), PRINTED)
def test_printed_sample(client: Client, fixture: Fixture, recorder: Recorder) -> None:
    """A sample the vendor prints against its own types is read all the same; one of a request is sent as it is, or refused before it leaves."""
    operation, kind, _ = fixture.path.name.split(".")
    if fixture.path.name in COLLAPSED:
        recorder.answer(200, fixture.content)
        error = perform(client, row_of(client, operation), recorder).error
        assert isinstance(error, DecodeError)
        assert (COLLAPSED[fixture.path.name], fixture.content) == (error.json_path, error.raw)
    elif kind == "response":
        check(client, fixture, operation, 200, recorder, "facade, whole body", asynchronous=False)
    else:
        refused_or_sent(client, operation, fixture, PRINTED_REFUSED.get(operation), recorder)


@pytest.mark.parametrize(("client", "fixture"), SHARED)
def test_shared_error(client: Client, fixture: Fixture, recorder: Recorder) -> None:
    """An error that no single operation documents is raised by any of them."""
    operation = next(iter(ROWS[client.slug]))
    check(client, fixture, operation, int(fixture.status), recorder, "facade, whole body", asynchronous=False)


def check(
    client: Client, fixture: Fixture, operation: str, status: int, recorder: Recorder, door: str, asynchronous: bool
) -> None:
    """Serve a body and demand that it comes back whole."""
    media = {".json": "application/json", ".csv": "text/csv", ".html": "text/html"}[fixture.path.suffix]
    recorder.answer(status, fixture.content, media)
    outcome = perform(client, row_of(client, operation), recorder, door=door, asynchronous=asynchronous)
    if door.endswith("whole reply"):
        assert (status, fixture.content) == (outcome.value.status, outcome.value.content)
        value = parsed(outcome.value)
    elif status < 300:
        assert outcome.error is None, outcome.error
        value = outcome.value
    else:
        error = outcome.status_error
        assert status_error_class(status) is type(error)
        assert (status, fixture.content) == (error.status, error.raw)
        value = error.body
    if not fixture.is_json:
        assert (fixture.content.decode() if fixture.path.suffix == ".csv" else None) == value
        return
    assert same(fixture.json(), to_plain(value)), to_plain(value)
    if is_typed(client, operation, status) and fixture.json():
        assert not isinstance(value, dict), "the body was kept, but not read as its class"


def is_typed(client: Client, operation: str, status: int) -> bool:
    """Tell whether an operation documents a class for this status."""
    descriptor = next(item for item in operations(client).values() if item.id == operation)
    reply = (
        descriptor.responses.get(status)
        or descriptor.responses.get(f"{status // 100}XX")
        or descriptor.responses.get("default")
    )
    return reply is not None and not isinstance(reply, tuple) and reply.decode is not None


@pytest.mark.parametrize(("client", "fixture"), REQUESTS)
def test_request(client: Client, fixture: Fixture, recorder: Recorder) -> None:
    """The body of a request leaves as it is, given as a mapping and given as its model."""
    if not fixture.is_json:
        parts = form(client, fixture, recorder)
        assert [("file", fixture.content)] == [(part.name, part.content) for part in parts]
        return
    refused_or_sent(client, fixture.operation, fixture, REFUSED.get(str(fixture)), recorder)


def refused_or_sent(client: Client, operation: str, fixture: Fixture, argument: str | None, recorder: Recorder) -> None:
    """Demand that a body is sent as it is, or refused before it leaves on account of an argument; as a model it comes back the same in any case."""
    body = fixture.json()
    model = read_body(client, operation, body)
    assert same(body, to_plain(model))
    for given in (body, model):
        if argument is None:
            assert same(body, sent(client, operation, given, recorder))
        else:
            with pytest.raises(ArgumentError) as caught:
                sent(client, operation, given, recorder)
            assert argument == caught.value.argument
            assert recorder.requests == []


def form(client: Client, fixture: Fixture, recorder: Recorder) -> list[Any]:
    """Upload a file and return the parts of the form."""
    row = row_of(client, fixture.operation)
    perform(
        client,
        replace(row, body={"file": File(fixture.content, fixture.path.name, "text/csv")}),
        recorder,
        door="facade, whole reply",
    )
    body = actual(recorder.only).body
    assert isinstance(body, list)
    return body


def sent(client: Client, operation: str, body: object, recorder: Recorder) -> object:
    """Send a body and return what left."""
    recorder.reset()
    outcome = perform(client, replace(row_of(client, operation), body=body), recorder, door="facade, whole reply")
    if outcome.error is not None:
        raise outcome.error
    return recorder.only.json()


def read_body(client: Client, operation: str, body: Any) -> Any:
    """Read a body as the model its operation takes."""
    module = importlib.import_module(f"{client.package}.api.{row_of(client, operation).function}")
    models = importlib.import_module(f"{client.package}.models")
    found = [
        getattr(models, name)
        for name in re.findall(r"\w+", module.arguments.__annotations__["body"])
        if name in models.__all__
    ]
    if not found:
        return body
    return [read_union(item, tuple(found)) for item in body] if isinstance(body, list) else found[0].from_dict(body)


def test_html_answers_keep_their_body(recorder: Recorder) -> None:
    """The HTML of the vendor's test address for 500 is raised as the status error, with its bytes."""
    page = next(item for item in fixtures("stamps") if item.path.suffix == ".html")
    recorder.answer(500, page.content, "text/html; charset=utf-8")
    error = perform(STAMPS, row_of(STAMPS, "addStamps"), recorder).status_error
    assert (500, page.content, None) == (error.status, error.raw, error.body)
