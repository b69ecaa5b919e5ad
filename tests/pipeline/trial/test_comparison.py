"""The comparison of a client with its document finds what is wrong: each case spoils one thing in a client that is right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.trial.make import Made

Driven = Callable[..., dict[str, list[str]]]

GET, PATCH, FILE = "GET /things/{id}", "PATCH /things/{id}", "GET /files"
THINGS = "api/things/get_thing.py"
CHANGE = "api/things/change_thing.py"

# What is spoilt → the file, what stands there, what stands there instead; the operation, and what is said of it.
SPOILT: dict[str, tuple[str, str, str, str, str]] = {
    "another path": (THINGS, 'path="/things/{id}"', 'path="/thing/{id}"', GET, "path '/thing/"),
    "another method": (CHANGE, 'method="PATCH"', 'method="PUT"', PATCH, "method PUT"),
    "a lost query parameter": (THINGS, '"search": search,', "", GET, "query search="),
    "a parameter under another name": (THINGS, '"search": search', '"find": search', GET, "query find="),
    "another style": (THINGS, '"filter": "deep"', '"filter": "csv"', GET, "query filter"),
    "another media type": (CHANGE, "application/merge-patch+json", "application/json", PATCH, "body of type"),
    "a body sent as a form": (CHANGE, '"json": _content', '"form": _content', PATCH, "body"),
    "a member lost in writing": ("models/change.py", 'json_object["size"]', 'json_object["sise"]', PATCH, "body {"),
    "a member lost in reading": ("models/thing.py", 'get("name")', 'get("nome")', GET, "read {"),
    "a default that nobody gave": ("models/change.py", "return json_object", 'return {"size": 1}', PATCH, "body {"),
    "a type that names nothing": (
        "models/change.py",
        "size: int",
        "size: Size",
        PATCH,
        "the types of Change: name 'Size'",
    ),
    "an object without a class": (
        THINGS,
        "return read_reply_object(Thing, raw)",
        "return raw",
        GET,
        "no name for",
    ),
    "another class": (
        "models/thing.py",
        '"c": Cat, "d": Dog',
        '"c": Dog, "d": Cat',
        GET,
        "an object of Cat was read as",
    ),
    "another server": ("api/files/get_file.py", "files.shop.example", "shop.example", FILE, "sent to https://shop"),
    "no credentials": (THINGS, 'security=(("token",),)', "security=((),)", GET, "no credential of token"),
    "text read as JSON": ("api/files/get_file.py", 'media="text/csv"', "", FILE, "200 text/csv: DecodeError"),
    "credentials elsewhere": ("_vendor.py", 'Bearer("token")', 'Bearer("other")', GET, "nothing was sent"),
}


def test_a_client_that_is_right(driven: Driven) -> None:
    """Nothing is said of a client that does what its document says."""
    assert {GET: [], PATCH: [], FILE: []} == driven(lambda package: None)


@pytest.mark.parametrize("case", SPOILT)
def test_what_is_wrong_is_found(driven: Driven, case: str) -> None:
    """The operation is named, and what was seen."""
    file, old, new, operation, said = SPOILT[case]

    def spoil(package: Path) -> None:
        text = (package / file).read_text(encoding="utf-8")
        assert old in text
        (package / file).write_text(text.replace(old, new), encoding="utf-8")

    faults = driven(spoil)[operation]
    assert [True] == [any(said in fault for fault in faults)], faults


def test_a_lost_operation(driven: Driven, shop: tuple[Path, Made]) -> None:
    """An operation of the document that the client lacks is a fault of that operation."""
    calls = [call for call in shop[1].calls if call["operation"] != "getFile"]
    assert ["the client has no such call"] == driven(lambda package: None, calls)[FILE]


def test_a_client_that_cannot_be_imported(driven: Driven) -> None:
    """What Python says of it is the one answer."""
    faults = driven(lambda package: (package / "client.py").write_text("import nothing_of_this_name", encoding="utf-8"))
    assert {"import": ["ModuleNotFoundError: No module named 'nothing_of_this_name'"]} == faults
