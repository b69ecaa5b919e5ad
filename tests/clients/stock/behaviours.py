"""What a client has to do, one function a promise, written so that stock output can be asked the same.

Each takes a kit, the recording server and whether to call asynchronously, and fails with `AssertionError` or with the error it got.
`FAULTS` says how stock output breaks the promise.
"""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.recording import Recorder
from tests.clients.replies import type_name
from tests.clients.stock.kits import TOKEN, Kit

Behaviour = Callable[[Kit, Recorder, bool], None]
FAULTS: dict[Behaviour, type[Exception]] = {}


def broken_by_stock(fault: type[Exception]) -> Callable[[Behaviour], Behaviour]:
    """Register a promise with the error that stock output answers it with."""

    def register(behaviour: Behaviour) -> Behaviour:
        FAULTS[behaviour] = fault
        return behaviour

    return register


def thing(kit: Kit, recorder: Recorder, asynchronous: bool, body: object, status: int = 200, **details: Any) -> Any:
    """Serve a body and read it as a thing."""
    recorder.answer(status, body, **details)
    return kit.call(recorder.url, "things.get_thing", "thing-1", asynchronous=asynchronous)


def keeps(kit: Kit, recorder: Recorder, asynchronous: bool, member: str, value: object) -> Any:
    """Demand that a thing with an odd member is read, and written back with it; return what the member became."""
    body = {"id": "thing-1", "kind": "round", member: value}
    found = thing(kit, recorder, asynchronous, body)
    assert body == found.to_dict()
    return getattr(found, member)


@broken_by_stock(ValueError)
def unknown_enum_value(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A value that a closed list lacks is kept: equal to its text, written back the same."""
    assert keeps(kit, recorder, asynchronous, "state", "standby") == "standby"


@broken_by_stock(ValueError)
def unknown_number_in_enum(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """The same holds for a list of numbers."""
    assert keeps(kit, recorder, asynchronous, "size", 3) == 3


@broken_by_stock(ValueError)
def unknown_required_enum_value(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """And for a member that is always there."""
    assert keeps(kit, recorder, asynchronous, "kind", "oval") == "oval"


@broken_by_stock(TypeError)
def null_object(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A null in the place of an optional object is read as None."""
    assert keeps(kit, recorder, asynchronous, "owner", None) is None


@broken_by_stock(TypeError)
def null_array(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A null in the place of an optional array is read as None, which is not an empty list."""
    assert keeps(kit, recorder, asynchronous, "parts", None) is None


@broken_by_stock(ValueError)
def null_enum(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A null in the place of a closed list is read as None."""
    assert keeps(kit, recorder, asynchronous, "state", None) is None


@broken_by_stock(TypeError)
def null_date(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A null in the place of a date is read as None."""
    assert keeps(kit, recorder, asynchronous, "born", None) is None


@broken_by_stock(TypeError)
def null_time(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A null in the place of a time is read as None."""
    assert keeps(kit, recorder, asynchronous, "changed", None) is None


@broken_by_stock(ValueError)
def odd_date(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A date that is none stays as it came."""
    assert keeps(kit, recorder, asynchronous, "born", "31/12/2026") == "31/12/2026"


@broken_by_stock(KeyError)
def missing_required_member(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A missing required member is a decode error that names operation and JSON path and keeps the body."""
    from loyalty_runtime import DecodeError

    with pytest.raises(DecodeError) as caught:
        thing(kit, recorder, asynchronous, {"id": "thing-1"})
    error = caught.value
    assert ("getThing", "$.kind", 200, {"id": "thing-1"}) == (
        error.operation,
        error.json_path,
        error.status,
        json.loads(error.raw),
    )


def event(kit: Kit, recorder: Recorder, asynchronous: bool, body: object) -> Any:
    """Serve an event and return what it was read as."""
    recorder.answer(200, {"event": body})
    return kit.call(recorder.url, "things.get_event", "event-1", asynchronous=asynchronous).event


@broken_by_stock(AssertionError)
def discriminator(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """The member that tells kinds apart decides the class."""
    assert type_name(event(kit, recorder, asynchronous, {"type": "lost", "place": "park"})) == "Lost"


@broken_by_stock(AssertionError)
def unknown_kind(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A kind nobody knows stays an open object."""
    body = {"type": "found", "place": "park"}
    assert body == event(kit, recorder, asynchronous, body)


@broken_by_stock(ValueError)
def odd_status(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A status such as 520 is a plain number, of an error that is raised."""
    recorder.answer(520, {})
    reply = kit.call(recorder.url, "things.get_thing", "thing-1", asynchronous=asynchronous, whole=True)
    assert (520, int) == (reply.status, type(reply.status))


@broken_by_stock(pytest.fail.Exception)  # type: ignore[arg-type]
def undocumented_failure(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A failure nobody documents is raised, not turned into None."""
    with pytest.raises(Exception, match="500"):
        thing(kit, recorder, asynchronous, {}, status=500)


@broken_by_stock(pytest.fail.Exception)  # type: ignore[arg-type]
def documented_failure(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A documented failure is raised with its typed body, not returned like a value."""
    with pytest.raises(Exception, match="404") as caught:
        thing(kit, recorder, asynchronous, {"message": "no such thing"}, status=404)
    body = caught.value.body  # type: ignore[attr-defined]
    assert ("Problem", "no such thing") == (type_name(body), body.message)


@broken_by_stock(json.JSONDecodeError)
def html_failure(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """An HTML page under a documented failure keeps status and body."""
    from loyalty_runtime import NotFoundError

    with pytest.raises(NotFoundError) as caught:
        thing(kit, recorder, asynchronous, b"<html>gone</html>", status=404, media="text/html")
    assert (404, b"<html>gone</html>") == (caught.value.status, caught.value.raw)


@broken_by_stock(AssertionError)
def masked_token(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """The repr of a client shows no token."""
    assert TOKEN not in repr(kit.make(recorder.url, asynchronous=asynchronous))


@broken_by_stock(AssertionError)
def default_timeout(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A client has a time limit of its own, which ends every call."""
    client = kit.make(recorder.url, asynchronous=asynchronous)
    assert (client._timeout or 0) > 0


@broken_by_stock(AssertionError)
def own_user_agent(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A request says whose client it comes from, not which library sends it."""
    kit.call(recorder.url, "things.get_thing", "thing-1", asynchronous=asynchronous, whole=True)
    assert re.fullmatch(r"loyalty-clients/\S+ \(acme\)", recorder.only.headers["user-agent"])


def upload(kit: Kit, recorder: Recorder, asynchronous: bool, content: bytes) -> str:
    """Upload a file and return the boundary of the form."""
    import io

    body = kit.models.Upload(file=kit.types.File(io.BytesIO(content), "a.csv", "text/csv"), note="hello")
    recorder.reset()
    recorder.answer(204)
    kit.call(recorder.url, "files.upload_file", asynchronous=asynchronous, whole=True, body=body)
    return recorder.only.headers["content-type"].partition("boundary=")[2]


@broken_by_stock(AssertionError)
def random_boundary(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """Every form has another boundary."""
    assert upload(kit, recorder, asynchronous, b"a") != upload(kit, recorder, asynchronous, b"a")


@broken_by_stock(AssertionError)
def form_injection(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """The content of a file cannot end its part and begin another."""
    boundary = upload(kit, recorder, asynchronous, b"a")
    upload(
        kit,
        recorder,
        asynchronous,
        f'x\r\n--{boundary}\r\nContent-Disposition: form-data; name="admin"\r\n\r\nyes'.encode(),
    )
    from tests.clients.rows import read_form

    request = recorder.only
    assert ["file", "note"] == [part.name for part in read_form(request.headers["content-type"], request.body)]


def refuses(kit: Kit, recorder: Recorder, asynchronous: bool, part: object) -> None:
    """Demand that a part of a path is refused before anything is sent."""
    with pytest.raises(ValueError, match="thing_id"):
        kit.call(recorder.url, "things.get_thing", part, asynchronous=asynchronous, whole=True)
    assert recorder.requests == []


@broken_by_stock(pytest.fail.Exception)  # type: ignore[arg-type]
def climbing_path(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A part `..` is refused: it would reach the address above."""
    refuses(kit, recorder, asynchronous, "..")


@broken_by_stock(pytest.fail.Exception)  # type: ignore[arg-type]
def same_path(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A part `.` is refused: it would reach the list."""
    refuses(kit, recorder, asynchronous, ".")


@broken_by_stock(pytest.fail.Exception)  # type: ignore[arg-type]
def empty_path(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """An empty part is refused: it would reach the list."""
    refuses(kit, recorder, asynchronous, "")


@broken_by_stock(pytest.fail.Exception)  # type: ignore[arg-type]
def no_path(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """None is refused: it would reach a thing of that name."""
    refuses(kit, recorder, asynchronous, None)


@broken_by_stock(AssertionError)
def comma_separated_list(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A list with `explode: false` is one parameter with commas."""
    recorder.answer(200, [])
    kit.call(recorder.url, "things.list_things", asynchronous=asynchronous, whole=True, ids=["a", "b,c"])
    assert recorder.only.query == ["ids=a,b%2Cc"]


@broken_by_stock(AssertionError)
def deep_object(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """An object of the style deepObject has its members in brackets."""
    recorder.answer(200, [])
    chosen = kit.models.Filter(colour="red", size=2)
    kit.call(recorder.url, "things.list_things", asynchronous=asynchronous, whole=True, filter_=chosen)
    assert recorder.only.query == ["filter%5Bcolour%5D=red", "filter%5Bsize%5D=2"]


@broken_by_stock(pytest.fail.Exception)  # type: ignore[arg-type]
def deprecated_operation(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """A deprecated operation says so when it is called."""
    recorder.answer(204)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with pytest.warns(DeprecationWarning, match="deleteThing"):
            kit.call(recorder.url, "things.delete_thing", "thing-1", asynchronous=asynchronous, whole=True)


@broken_by_stock(TypeError)
def named_servers(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """The servers of the spec are there by name, the first one by default."""
    import importlib

    client = getattr(importlib.import_module(kit.package), "AuthenticatedClient" if kit.name == "stock" else "Acme")
    credentials = {"token": TOKEN} if kit.name == "stock" else {"api_key": TOKEN}
    hosts = [made._ready().origin.host for made in (client(**credentials), client(server="test", **credentials))]
    assert hosts == ["api.acme.example", "test.acme.example"]


@broken_by_stock(KeyError)
def own_authentication(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """The credential travels as the spec declares it."""
    kit.call(recorder.url, "things.get_thing", "thing-1", asynchronous=asynchronous, whole=True)
    headers = recorder.only.headers
    assert headers["x-acme-key"] == TOKEN
    assert "authorization" not in headers


_LOADED = """
import json, sys
{code}
print(json.dumps(sorted(name for name in sys.modules if name.startswith({package!r} + ".models."))))
"""


def loaded_models(kit: Kit, code: str) -> list[str]:
    """Run code in a fresh Python and return which models it has loaded."""
    program = _LOADED.format(code=code, package=kit.package)
    path = [str(kit.folder), *sys.path]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import sys; sys.path[:0] = {path!r}\n{program}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [name.rpartition(".")[2] for name in json.loads(done.stdout)]


@broken_by_stock(AssertionError)
def lazy_models(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """One model loads what it needs, not all models."""
    assert loaded_models(kit, f"from {kit.package}.models import Lost") == ["lost"]


@broken_by_stock(AssertionError)
def lazy_operation(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """An operation loads no model before it is called."""
    assert loaded_models(kit, f"import {kit.package}.api.things.get_thing") == []


def read_times(kit: Kit, recorder: Recorder, asynchronous: bool) -> None:
    """Both read well-formed answers alike, so that the promises above compare like with like."""
    found = thing(
        kit,
        recorder,
        asynchronous,
        {"id": "a", "kind": "round", "born": "2026-03-14", "changed": "2026-03-14T12:30:00+00:00"},
    )
    assert (datetime.date(2026, 3, 14), datetime.datetime(2026, 3, 14, 12, 30, tzinfo=datetime.UTC)) == (
        found.born,
        found.changed,
    )
