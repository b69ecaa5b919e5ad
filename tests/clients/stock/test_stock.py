"""Our templates keep every promise, and stock output of the generator breaks it: each override is still needed."""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from loyalty_runtime import DecodeError, MisfitError, NotFoundError
from tests.clients.recording import Recorder
from tests.clients.stock.kits import Kit, generate
from tests.clients.tables import SYNC_AND_ASYNC

Ask = Callable[[Kit, Recorder], object]
LOST, FOUND = {"type": "lost", "place": "park"}, {"type": "found", "place": "park"}


def thing(kit: Kit, recorder: Recorder, body: object, status: int = 200) -> Any:
    """Serve a body and read it as a thing."""
    recorder.answer(status, body)
    return kit.call("getThing", "thing-1")


def read(member: str, value: object) -> Ask:
    """Read a thing with an odd member; returns what the member became, and whether the thing is written back the same."""

    def ask(kit: Kit, recorder: Recorder) -> object:
        body = {"id": "thing-1", "kind": "round", member: value}
        found = thing(kit, recorder, body)
        try:
            became = getattr(found, member)
        except MisfitError as error:
            became = f"{error.member} misfits"
        return became, body == found.to_dict()

    return ask


def event(body: object) -> Ask:
    """Read one of several kinds; returns its class, and what came where no class fits."""

    def ask(kit: Kit, recorder: Recorder) -> object:
        recorder.answer(200, {"event": body})
        found = kit.call("getEvent", "event-1")
        try:
            return type(found.event).__name__
        except MisfitError as error:
            return error.value

    return ask


def part(value: object) -> Ask:
    """Put a value into a path; returns the requests that left although it was refused."""

    def ask(kit: Kit, recorder: Recorder) -> object:
        with pytest.raises(ValueError, match="thing_id"):
            kit.call("getThing", value, whole=True)
        return recorder.requests

    return ask


def query(**filters: object) -> Ask:
    """Call a list with filters; returns the query as it left."""

    def ask(kit: Kit, recorder: Recorder) -> object:
        recorder.answer(200, [])
        models = kit.module("models")
        given = {key: models.Filter(**value) if isinstance(value, dict) else value for key, value in filters.items()}
        kit.call("listThings", whole=True, **given)
        return recorder.only.query

    return ask


def missing(kit: Kit, recorder: Recorder) -> object:
    """Read a thing without a required member; returns where the error says it is missing."""
    with pytest.raises(DecodeError) as caught:
        thing(kit, recorder, {"id": "thing-1"})
    return caught.value.operation, caught.value.json_path, caught.value.status


def failure(kit: Kit, recorder: Recorder) -> object:
    """Meet a documented failure; returns the class of the error's body."""
    with pytest.raises(NotFoundError) as caught:
        thing(kit, recorder, {"message": "no such thing"}, status=404)
    return type(caught.value.body).__name__


def odd_status(kit: Kit, recorder: Recorder) -> object:
    """Meet a status that no list has; returns it and its type."""
    recorder.answer(520, {})
    reply = kit.call("getThing", "thing-1", whole=True)
    return reply.status, type(reply.status)


def boundaries(kit: Kit, recorder: Recorder) -> object:
    """Upload a file twice; returns the number of different boundaries."""
    for _ in range(2):
        file = kit.module("types").File(io.BytesIO(b"a"), "a.csv", "text/csv")
        recorder.answer(204)
        kit.call("uploadFile", whole=True, body=kit.module("models").Upload(file=file, note="hello"))
    return len({request.headers["content-type"] for request in recorder.requests})


def deprecated(kit: Kit, recorder: Recorder) -> object:
    """Call a deprecated operation; returns the warnings."""
    recorder.answer(204)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        kit.call("deleteThing", "thing-1", whole=True)
    return [item.category for item in caught]


# What is asked, what ours says, and how stock output fails: with another value, or with an error.
PROMISES: list[tuple[str, Ask, object, type[BaseException]]] = [
    ("a text that a list lacks", read("state", "standby"), ("standby", True), ValueError),
    ("a number that a list lacks", read("size", 3), (3, True), ValueError),
    ("a required text that a list lacks", read("kind", "oval"), ("oval", True), ValueError),
    ("null for an object", read("owner", None), (None, True), TypeError),
    ("null for an array", read("parts", None), (None, True), TypeError),
    ("null for a list of texts", read("state", None), (None, True), ValueError),
    ("null for a date", read("born", None), (None, True), TypeError),
    ("null for a time", read("changed", None), (None, True), TypeError),
    ("a date that is none", read("born", "31/12/2026"), ("born misfits", True), ValueError),
    ("a required member that is missing", missing, ("getThing", "$.kind", 200), KeyError),
    ("the member that tells kinds apart", event(LOST), "Lost", AssertionError),
    ("a kind nobody knows", event(FOUND), FOUND, AssertionError),
    ("a documented failure", failure, "Problem", pytest.fail.Exception),
    ("an odd status", odd_status, (520, int), ValueError),
    ("the address above", part(".."), [], pytest.fail.Exception),
    ("the same address", part("."), [], pytest.fail.Exception),
    ("an empty part", part(""), [], pytest.fail.Exception),
    ("no part", part(None), [], pytest.fail.Exception),
    ("a list joined by commas", query(ids=["a", "b,c"]), ["ids=a,b%2Cc"], AssertionError),
    ("a deep object", query(filter_={"colour": "red"}), ["filter%5Bcolour%5D=red"], AssertionError),
    ("two forms", boundaries, 2, AssertionError),
    ("a deprecated operation", deprecated, [DeprecationWarning], AssertionError),
]
promises = pytest.mark.parametrize(
    ("ask", "answer", "fault"), [item[1:] for item in PROMISES], ids=[item[0] for item in PROMISES]
)


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder with both clients, importable; several processes share it."""
    shared = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):
        shared = shared.parent
    folder = shared / "kits"
    with FileLock(shared / "kits.lock"):
        if not (folder / "done").exists():
            folder.mkdir()
            generate(folder)
            (folder / "done").touch()
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(params=SYNC_AND_ASYNC, ids=["sync", "async"])
def make(request: pytest.FixtureRequest, generated: Path, recorder: Recorder) -> Callable[[str], Kit]:
    """Return how a client is made, sync or async."""
    return lambda package: Kit(package, recorder.url, request.param)


@promises
def test_ours(
    ask: Ask, answer: object, fault: type[BaseException], make: Callable[[str], Kit], recorder: Recorder
) -> None:
    """Ours keeps the promise."""
    assert answer == ask(make("acme_client"), recorder)


@promises
def test_stock(
    ask: Ask, answer: object, fault: type[BaseException], make: Callable[[str], Kit], recorder: Recorder
) -> None:
    """Stock output breaks it, in the way that is written down; where it no longer does, our override can go."""
    with pytest.raises(fault) as caught:
        assert answer == ask(make("acme_stock"), recorder)
    assert fault is caught.type


@pytest.mark.parametrize("package", ["acme_client", "acme_stock"])
def test_both_read_what_fits(package: str, make: Callable[[str], Kit], recorder: Recorder) -> None:
    """Both read a well-formed reply alike, so that the promises compare like with like."""
    body = {"id": "a", "kind": "round", "born": "2026-03-14", "changed": "2026-03-14T12:30:00+00:00"}
    found = thing(make(package), recorder, body)
    assert (body["born"], body["changed"]) == (found.born.isoformat(), found.changed.isoformat())


@pytest.mark.parametrize("kind", [None, 7, [], {}], ids=["null", "number", "list", "object"])
def test_odd_kinds(kind: object, make: Callable[[str], Kit], recorder: Recorder) -> None:
    """A kind that is no text is a misfit too."""
    body = {"type": kind, "place": "park"}
    assert body == event(body)(make("acme_client"), recorder)
