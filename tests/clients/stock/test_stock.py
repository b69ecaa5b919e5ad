"""Our templates keep every promise, and stock output of the generator breaks it: each override is still needed.

A promise is a function of a kit and the recording server; it fails with `AssertionError` or with the error it got.
"""

from __future__ import annotations

import datetime
import io
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from loyalty_runtime import DecodeError, NotFoundError
from tests.clients.recording import Recorder
from tests.clients.rows import read_form
from tests.clients.stock.kits import TOKEN, Kit, generate
from tests.clients.tables import SYNC_AND_ASYNC

Promise = Callable[[Kit, Recorder], None]
# Each promise, and the error with which stock output breaks it.
PROMISES: dict[Promise, type[BaseException]] = {}


def broken_by_stock(fault: type[BaseException]) -> Callable[[Promise], Promise]:
    """Register a promise."""

    def register(promise: Promise) -> Promise:
        PROMISES[promise] = fault
        return promise

    return register


def thing(kit: Kit, recorder: Recorder, body: object, status: int = 200, media: str = "application/json") -> Any:
    """Serve a body and read it as a thing."""
    recorder.answer(status, body, media)
    return kit.call("getThing", "thing-1")


def event(kit: Kit, recorder: Recorder, body: object) -> Any:
    """Serve an event and return what it was read as."""
    recorder.answer(200, {"event": body})
    return kit.call("getEvent", "event-1").event


def keeps(member: str, value: object) -> Promise:
    """An odd value of a member is read as it came, and written back."""

    def promise(kit: Kit, recorder: Recorder) -> None:
        body = {"id": "thing-1", "kind": "round", member: value}
        found = thing(kit, recorder, body)
        assert (body, value) == (found.to_dict(), getattr(found, member))

    promise.__name__ = f"keeps {value!r} as {member}"
    return promise


def refuses(part: object) -> Promise:
    """A part of a path that would reach another address is refused before anything is sent."""

    def promise(kit: Kit, recorder: Recorder) -> None:
        with pytest.raises(ValueError, match="thing_id"):
            kit.call("getThing", part, whole=True)
        assert [] == recorder.requests

    promise.__name__ = f"refuses {part!r} in a path"
    return promise


# Values that closed lists lack, nulls of every kind, and a date that is none.
for _member, _value, _fault in [
    ("state", "standby", ValueError),
    ("size", 3, ValueError),
    ("kind", "oval", ValueError),
    ("owner", None, TypeError),
    ("parts", None, TypeError),
    ("state", None, ValueError),
    ("born", None, TypeError),
    ("changed", None, TypeError),
    ("born", "31/12/2026", ValueError),
]:
    PROMISES[keeps(_member, _value)] = _fault
for _part in ("..", ".", "", None):
    PROMISES[refuses(_part)] = pytest.fail.Exception


@broken_by_stock(KeyError)
def missing_required_member(kit: Kit, recorder: Recorder) -> None:
    """A missing required member is a decode error that names operation and JSON path and keeps the body."""
    with pytest.raises(DecodeError) as caught:
        thing(kit, recorder, {"id": "thing-1"})
    error = caught.value
    assert ("getThing", "$.kind", 200) == (error.operation, error.json_path, error.status)
    assert {"id": "thing-1"} == json.loads(error.raw)


@broken_by_stock(AssertionError)
def discriminator(kit: Kit, recorder: Recorder) -> None:
    """The member that tells kinds apart decides the class."""
    assert "Lost" == type(event(kit, recorder, {"type": "lost", "place": "park"})).__name__


@broken_by_stock(AssertionError)
def unknown_kind(kit: Kit, recorder: Recorder) -> None:
    """A kind nobody knows stays an open object."""
    body = {"type": "found", "place": "park"}
    assert body == event(kit, recorder, body)


@broken_by_stock(ValueError)
def odd_status(kit: Kit, recorder: Recorder) -> None:
    """A status such as 520 is a plain number."""
    recorder.answer(520, {})
    reply = kit.call("getThing", "thing-1", whole=True)
    assert (520, int) == (reply.status, type(reply.status))


@broken_by_stock(pytest.fail.Exception)
def undocumented_failure(kit: Kit, recorder: Recorder) -> None:
    """A failure nobody documents is raised, not turned into None."""
    with pytest.raises(Exception, match="500"):
        thing(kit, recorder, {}, status=500)


@broken_by_stock(pytest.fail.Exception)
def documented_failure(kit: Kit, recorder: Recorder) -> None:
    """A documented failure is raised with its typed body, not returned like a value."""
    with pytest.raises(Exception, match="404") as caught:
        thing(kit, recorder, {"message": "no such thing"}, status=404)
    body = caught.value.body  # type: ignore[attr-defined]
    assert ("Problem", "no such thing") == (type(body).__name__, body.message)


@broken_by_stock(json.JSONDecodeError)
def html_failure(kit: Kit, recorder: Recorder) -> None:
    """An HTML page under a documented failure keeps status and body."""
    with pytest.raises(NotFoundError) as caught:
        thing(kit, recorder, b"<html>gone</html>", status=404, media="text/html")
    assert (404, b"<html>gone</html>") == (caught.value.status, caught.value.raw)


@broken_by_stock(AssertionError)
def masked_token(kit: Kit, recorder: Recorder) -> None:
    """The repr of a client shows no token."""
    assert TOKEN not in repr(kit.make())


@broken_by_stock(AssertionError)
def default_timeout(kit: Kit, recorder: Recorder) -> None:
    """A client has a time limit of its own, which ends every call."""
    assert (kit.make()._timeout or 0) > 0


@broken_by_stock(AssertionError)
def own_user_agent(kit: Kit, recorder: Recorder) -> None:
    """A request says whose client it comes from, not which library sends it."""
    kit.call("getThing", "thing-1", whole=True)
    assert re.fullmatch(r"loyalty-clients/\S+ \(acme\)", recorder.only.headers["user-agent"])


@broken_by_stock(KeyError)
def own_authentication(kit: Kit, recorder: Recorder) -> None:
    """The credential travels as the spec declares it."""
    kit.call("getThing", "thing-1", whole=True)
    assert (TOKEN, False) == (recorder.only.headers["x-acme-key"], "authorization" in recorder.only.headers)


def upload(kit: Kit, recorder: Recorder, content: bytes) -> str:
    """Upload a file and return the boundary of the form."""
    file = kit.module("types").File(io.BytesIO(content), "a.csv", "text/csv")
    recorder.reset()
    recorder.answer(204)
    kit.call("uploadFile", whole=True, body=kit.module("models").Upload(file=file, note="hello"))
    return recorder.only.headers["content-type"].partition("boundary=")[2]


@broken_by_stock(AssertionError)
def random_boundary(kit: Kit, recorder: Recorder) -> None:
    """Every form has another boundary."""
    assert upload(kit, recorder, b"a") != upload(kit, recorder, b"a")


@broken_by_stock(AssertionError)
def form_injection(kit: Kit, recorder: Recorder) -> None:
    """The content of a file cannot end its part and begin another."""
    part = f'\r\n--{upload(kit, recorder, b"a")}\r\nContent-Disposition: form-data; name="admin"\r\n\r\nyes'
    upload(kit, recorder, part.encode())
    request = recorder.only
    assert ["file", "note"] == [part.name for part in read_form(request.headers["content-type"], request.body)]


@broken_by_stock(AssertionError)
def comma_separated_list(kit: Kit, recorder: Recorder) -> None:
    """A list with `explode: false` is one parameter with commas."""
    recorder.answer(200, [])
    kit.call("listThings", whole=True, ids=["a", "b,c"])
    assert ["ids=a,b%2Cc"] == recorder.only.query


@broken_by_stock(AssertionError)
def deep_object(kit: Kit, recorder: Recorder) -> None:
    """An object of the style deepObject has its members in brackets."""
    recorder.answer(200, [])
    kit.call("listThings", whole=True, filter_=kit.module("models").Filter(colour="red", size=2))
    assert ["filter%5Bcolour%5D=red", "filter%5Bsize%5D=2"] == recorder.only.query


@broken_by_stock(pytest.fail.Exception)
def deprecated_operation(kit: Kit, recorder: Recorder) -> None:
    """A deprecated operation says so when it is called."""
    recorder.answer(204)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with pytest.warns(DeprecationWarning, match="deleteThing"):
            kit.call("deleteThing", "thing-1", whole=True)


@broken_by_stock(TypeError)
def named_servers(kit: Kit, recorder: Recorder) -> None:
    """The servers of the spec are there by name, the first one by default."""
    made = [kit.make(base_url=None), kit.make(base_url=None, server="test")]
    assert ["api.acme.example", "test.acme.example"] == [client._ready().origin.host for client in made]


def loaded_models(kit: Kit, code: str) -> list[str]:
    """Run code in a fresh Python and return which models it has loaded."""
    program = f"import sys; sys.path[:0] = {[str(kit.folder), *sys.path]!r}\n{code}\nprint(*sorted(sys.modules))"
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    prefix = f"{kit.package}.models."
    return [name.removeprefix(prefix) for name in done.stdout.split() if name.startswith(prefix)]


@broken_by_stock(AssertionError)
def lazy_models(kit: Kit, recorder: Recorder) -> None:
    """One model loads what it needs, not all models."""
    assert ["lost"] == loaded_models(kit, f"from {kit.package}.models import Lost")


@broken_by_stock(AssertionError)
def lazy_operation(kit: Kit, recorder: Recorder) -> None:
    """An operation loads no model before it is called."""
    assert [] == loaded_models(kit, f"import {kit.package}.api.things.get_thing")


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
def ours(request: pytest.FixtureRequest, generated: Path, recorder: Recorder) -> Kit:
    """Return the client made with our templates."""
    return Kit("acme_client", generated, recorder.url, request.param)


@pytest.fixture(params=SYNC_AND_ASYNC, ids=["sync", "async"])
def stock(request: pytest.FixtureRequest, generated: Path, recorder: Recorder) -> Kit:
    """Return the client the generator makes on its own."""
    return Kit("acme_stock", generated, recorder.url, request.param)


each_promise = pytest.mark.parametrize("promise", PROMISES, ids=[promise.__name__ for promise in PROMISES])


@each_promise
def test_ours(promise: Promise, ours: Kit, recorder: Recorder) -> None:
    """Ours keeps the promise."""
    promise(ours, recorder)


@each_promise
def test_stock(promise: Promise, stock: Kit, recorder: Recorder) -> None:
    """Stock output breaks it, in the way that is written down; where it no longer does, our override can go."""
    with pytest.raises(PROMISES[promise]) as caught:
        promise(stock, recorder)
    assert PROMISES[promise] is caught.type


@pytest.mark.parametrize("package", ["acme_client", "acme_stock"])
@pytest.mark.parametrize("asynchronous", SYNC_AND_ASYNC, ids=["sync", "async"])
def test_both_read_what_fits(package: str, asynchronous: bool, generated: Path, recorder: Recorder) -> None:
    """Both read a well-formed reply alike, so that the promises compare like with like."""
    body = {"id": "a", "kind": "round", "born": "2026-03-14", "changed": "2026-03-14T12:30:00+00:00"}
    found = thing(Kit(package, generated, recorder.url, asynchronous), recorder, body)
    moment = datetime.datetime(2026, 3, 14, 12, 30, tzinfo=datetime.UTC)
    assert (moment.date(), moment) == (found.born, found.changed)


@pytest.mark.parametrize("kind", [None, 7, [], {}], ids=["null", "number", "list", "object"])
def test_odd_kinds(kind: object, ours: Kit, recorder: Recorder) -> None:
    """A kind that is no text stays an open object too."""
    body = {"type": kind, "place": "park"}
    assert body == event(ours, recorder, body)
