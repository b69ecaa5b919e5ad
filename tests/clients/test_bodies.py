"""Every other body of `tests/fixtures` goes through the real client too: requests, samples the vendor printed against its own types, shared errors."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loyalty_runtime import ArgumentError
from loyalty_runtime.declared.reading import read_union
from loyalty_runtime.types import File
from tests.clients.doors import facade_method, perform
from tests.clients.recording import Recorder
from tests.clients.replies import MEDIA, files, same, to_plain
from tests.clients.rows import Row, actual
from tests.clients.tables import every_client
from tests.clients.vendors import CLIENTS, FIXTURES, Client


def cases(found: list[tuple[Client, str, Path]]) -> pytest.MarkDecorator:
    """Parametrise a test over (client, operation, file)."""
    ids = [f"{client}-{path.parent.name}/{path.name}" for client, _, path in found]
    return pytest.mark.parametrize(("client", "operation", "path"), found, ids=ids)


EVERY = [(client, name, path) for client in CLIENTS for name in client.rows for path in files(client, name, "request")]
SHARED = [(client, next(iter(client.rows)), path) for client in CLIENTS for path in files(client, "errors")]
PRINTED = [(client, path.name.partition(".")[0], path) for client in CLIENTS for path in files(client, "printed")]
PRINTED_REQUESTS = [item for item in PRINTED if ".request." in item[2].name]
PRINTED_REPLIES = [item for item in PRINTED if item not in PRINTED_REQUESTS]


@every_client
def test_every_folder_is_used(client: Client) -> None:
    """A folder of fixtures belongs to an operation, or holds printed samples, shared errors or replies of a token address."""
    folders = {path.name for path in (FIXTURES / client.slug).iterdir() if path.is_dir()}
    assert folders <= {*client.rows, "printed", "errors", "token"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@cases([*EVERY, *PRINTED_REQUESTS])
def test_request(client: Client, operation: str, path: Path, recorder: Recorder) -> None:
    """A body is sent as it is, given as a mapping and as its model, or refused before it leaves; a file is sent as the part of a form."""
    row = client.rows[operation]
    if path.suffix == ".csv":
        upload = replace(row, body={"file": File(path.read_bytes(), path.name, "text/csv")})
        perform(client, upload, recorder, raw=True)
        body: Any = actual(recorder.only).body
        assert [("file", path.read_bytes())] == [(part.name, part.content) for part in body]
        return
    body, argument = (
        json.loads(path.read_bytes()),
        client.table.get("refused", {}).get(f"{path.parent.name}/{path.name}"),
    )
    model = read_body(client, row, body)
    assert same(body, to_plain(model))
    for given in (body, model):
        recorder.reset()
        error = perform(client, replace(row, body=given), recorder, raw=True).error
        if argument is None:
            assert same(body, recorder.only.json()), error
        else:
            assert isinstance(error, ArgumentError)
            assert (argument, []) == (error.argument, recorder.requests)


def read_body(client: Client, row: Row, body: Any) -> Any:
    """Read a body as the model its method takes."""
    with client.make("http://127.0.0.1:9") as made:
        annotation = inspect.signature(facade_method(made, row.call)).parameters["body"].annotation
    models = importlib.import_module(f"{client.package}.models")
    found = [getattr(models, name) for name in re.findall(r"\w+", annotation) if name in models.__all__]
    if not found:
        return body
    return [read_union(item, tuple(found)) for item in body] if isinstance(body, list) else found[0].from_dict(body)


@cases(PRINTED_REPLIES)
def test_printed_reply(client: Client, operation: str, path: Path, recorder: Recorder) -> None:
    """A reply the vendor prints against its own types is read all the same, and written back as it is printed."""
    recorder.answer(200, path.read_bytes())
    outcome = perform(client, client.rows[operation], recorder)
    assert same(json.loads(path.read_bytes()), to_plain(outcome.value))


@cases(SHARED)
def test_shared_error(client: Client, operation: str, path: Path, recorder: Recorder) -> None:
    """An error that no single operation documents is raised by any of them, a page of HTML too."""
    recorder.answer(int(path.name.partition(".")[0]), path.read_bytes(), MEDIA[path.suffix])
    error = perform(client, client.rows[operation], recorder).status_error
    assert (int(path.name[:3]), path.read_bytes()) == (error.status, error.raw)
    assert same(None if path.suffix == ".html" else json.loads(error.raw), to_plain(error.body))
