"""Values to path, query, header and form text, seen in the request that leaves."""

from __future__ import annotations

import datetime
import enum
import uuid
from decimal import Decimal
from typing import Any

import pytest

from loyalty_runtime import ArgumentError
from loyalty_runtime.declared.arguments import argument_text
from loyalty_runtime.types import UNSET
from tests.runtime.support import GET, SyncKit, operation, reply

OK = reply(200, {})


class Colour(enum.Enum):
    RED = "red"


class Word(str, enum.Enum):  # noqa: UP042 - older code has such enums
    BIG = "big"


class Level(enum.IntEnum):
    TOP = 3


class Model:
    def to_dict(self) -> dict[str, Any]:
        return {"a": 1, "b": None, "c": [1, 2]}


MOMENT = datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.UTC)
QUERIES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"a": "x y&z", "b": UNSET, "c": None}, {}, "a=x%20y%26z"),
    ({"a": True, "b": False, "n": 0, "f": 1.5}, {}, "a=true&b=false&n=0&f=1.5"),
    ({"ids": ["a", "b,c"]}, {}, "ids=a&ids=b%2Cc"),
    ({"ids": ["a", "b,c"]}, {"ids": "csv"}, "ids=a,b%2Cc"),
    ({"ids": ("a", "b")}, {"ids": "space"}, "ids=a%20b"),
    ({"ids": ["a", "b"]}, {"ids": "pipe"}, "ids=a%7Cb"),
    ({"ids": [], "x": 1}, {"ids": "csv"}, "x=1"),
    ({"f": {"a": 1, "b": {"c": [1, 2]}}}, {"f": "deep"}, "f%5Ba%5D=1&f%5Bb%5D%5Bc%5D=1&f%5Bb%5D%5Bc%5D=2"),
    ({"f": {"_start": 0, "id": ["a", "b"]}}, {}, "_start=0&id=a&id=b"),
    ({"f": {"a": 1, "b": 2}}, {"f": "csv"}, "f=a,1,b,2"),
    ({"m": Model()}, {"m": "deep"}, "m%5Ba%5D=1&m%5Bc%5D=1&m%5Bc%5D=2"),
    ({"c": Colour.RED, "w": Word.BIG, "l": Level.TOP}, {}, "c=red&w=big&l=3"),
    ({"when.timestamp.gt": MOMENT}, {}, "when.timestamp.gt=2026-01-02T03%3A04%3A00%2B00%3A00"),
    ({"d": MOMENT.date(), "x": Decimal("1.10")}, {}, "d=2026-01-02&x=1.10"),
    ({"u": uuid.UUID(int=1)}, {}, "u=00000000-0000-0000-0000-000000000001"),
    ({"é": "ü"}, {}, "%C3%A9=%C3%BC"),
    ({"f": [{"a": 1}, {"a": 2}]}, {"f": "deep"}, "f%5B0%5D%5Ba%5D=1&f%5B1%5D%5Ba%5D=2"),
    ({"f": [{"a": 1}]}, {}, "f=%7B%22a%22%3A1%7D"),
    ({"f": {"a": {"b": 1}}}, {}, "a=%7B%22b%22%3A1%7D"),
]


@pytest.mark.parametrize(("values", "styles", "expected"), QUERIES)
def test_query(kit: SyncKit, values: dict[str, Any], styles: Any, expected: str) -> None:
    """Each style writes its own form; absent and null values are left out."""
    _, script = kit.tried(operation(query_styles=styles), OK, query=values)
    assert f"/v1/guests?{expected}" == script.requests[0].target


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a/b", "a%2Fb"),
        ("é ?#", "%C3%A9%20%3F%23"),
        (7, "7"),
        (["a", "b"], "a,b"),
        ("...", "..."),
        ("%2e%2e", "%252e%252e"),
    ],
)
def test_path_parts_are_encoded(kit: SyncKit, value: object, expected: str) -> None:
    """Nothing in a value can leave its place in the path."""
    _, script = kit.tried(operation(path="/g/{id}/x"), OK, path={"id": value})
    assert f"/g/{expected}/x" == script.requests[0].target


LIST, OBJECT = ["a", "b/c"], {"x": 1, "y": "b,c"}


@pytest.mark.parametrize(
    ("style", "value", "expected"),
    [
        (None, OBJECT, "x,1,y,b%2Cc"),
        ("simple*", LIST, "a,b%2Fc"),
        ("simple*", OBJECT, "x=1,y=b%2Cc"),
        ("label", "a", ".a"),
        ("label", LIST, ".a,b%2Fc"),
        ("label*", LIST, ".a.b%2Fc"),
        ("label", OBJECT, ".x,1,y,b%2Cc"),
        ("label*", OBJECT, ".x=1.y=b%2Cc"),
        ("matrix", "a", ";id=a"),
        ("matrix", LIST, ";id=a,b%2Fc"),
        ("matrix*", LIST, ";id=a;id=b%2Fc"),
        ("matrix", OBJECT, ";id=x,1,y,b%2Cc"),
        ("matrix*", OBJECT, ";x=1;y=b%2Cc"),
    ],
)
def test_path_styles(kit: SyncKit, style: Any, value: object, expected: str) -> None:
    """Each style of a path part is written as RFC 6570 does; only what belongs to the value is encoded."""
    shaped = operation(path="/g/{id}/x", path_styles={"id": style} if style else {})
    _, script = kit.tried(shaped, OK, path={"id": value})
    assert f"/g/{expected}/x" == script.requests[0].target


@pytest.mark.parametrize("value", ["", "..", None, []])
def test_no_style_makes_an_empty_part_a_value(kit: SyncKit, value: object) -> None:
    """A prefix does not turn a missing part into one that is there."""
    error, script = kit.tried(operation(path="/g/{id}", path_styles={"id": "label"}), path={"id": value})
    assert (ArgumentError, []) == (type(error), script.requests)


def test_a_path_with_a_query_of_its_own(kit: SyncKit) -> None:
    """What is asked for is added to the query that stands in the path."""
    _, script = kit.tried(operation(path="/g?kind=a"), OK, query={"page": 2})
    assert "/g?kind=a&page=2" == script.requests[0].target


def test_objects_in_headers_and_cookies(kit: SyncKit) -> None:
    """An object in a header goes as names and values by comma; the comma of a list in a cookie is percent-encoded."""
    headers = {"x": {"a": 1, "b": True}, "y": ["a", 1, True]}
    _, script = kit.tried(GET, OK, headers=headers, cookies={"ids": ["a", "b"], "flag": True})
    assert ("a,1,b,true", "a,1,true") == (script.header(0, "x"), script.header(0, "y"))
    assert "ids=a%2Cb; flag=true" == script.header(0, "cookie")


@pytest.mark.parametrize(
    ("form", "value", "expected"),
    [
        ("json", {"a": [1]}, '{"a":[1]}'),
        ("json", Model(), '{"a":1,"b":null,"c":[1,2]}'),
        ("pairs", {"a": 1, "b": "x"}, "a=1,b=x"),
        ("pairs", ["a", "b"], "a,b"),
        ("json", None, UNSET),
        ("pairs", UNSET, UNSET),
    ],
)
def test_parameters_with_a_form_of_their_own(form: str, value: object, expected: object) -> None:
    """A parameter with content goes as JSON, an exploded object in a header as pairs; an absent one stays absent."""
    assert expected == argument_text(value, form)


ELSEWHERE: list[object] = ["", ".", "..", None, UNSET, []]
NO_TEXT: list[object] = [
    float("nan"),
    float("inf"),
    Decimal("NaN"),
    10**5000,
    b"x",
    (n for n in "a"),
    {"a": 1}.keys(),
    enum,
    object(),
    "\ud800",
]
BREAKING = ["a\r\nInjected: 1", "a\nb", "a\x00b"]
NO_NAMES: list[Any] = [
    5,
    b"x",
    "",
    "a b",
    "a:b",
    "a\nb",
    "é",
    "Host",
    "content-length",
    "Transfer-Encoding",
    "Connection",
]
REFUSED: list[tuple[dict[str, Any], str]] = (
    [({"path": {"id": value}}, "id") for value in ELSEWHERE]
    + [({"headers": {"x-name": value}}, "x-name") for value in BREAKING]
    + [({"headers": {name: "x"}}, "headers") for name in NO_NAMES]
    + [({place: {"a": value}}, "a") for place in ("query", "headers", "cookies") for value in NO_TEXT]
    + [({"query": {"a": [value]}}, "a") for value in NO_TEXT]
    + [({"path": {"id": value}}, "id") for value in NO_TEXT]
    + [({"cookies": {"a": value}}, "a") for value in ("a; b=1", "a\r\nX: y", "a\0b", "é")]
    + [({"cookies": {"a=b; c": "1"}}, "headers")]
)


@pytest.mark.parametrize(("arguments", "named"), REFUSED)
def test_what_would_reach_elsewhere_is_refused(kit: SyncKit, arguments: dict[str, Any], named: str) -> None:
    """Path parts of another resource, values that break out of their place, what would arrive as a Python repr."""
    error, script = kit.tried(operation(path="/g/{id}"), **{"path": {"id": 1}, **arguments})
    assert (ArgumentError, named, []) == (type(error), error.argument, script.requests)
    assert isinstance(error, ValueError)
    assert "Injected" not in str(error)


@pytest.mark.parametrize(
    ("path", "sent"),
    [(path, None) for path in ("v1", "//other.example.com/x", "https://other.example.com", "/a?b=1", "/a#b")]
    + [(path, None) for path in ("/a/../b", "/a/%2E%2e/b", "/a/./b")]
    + [("/v1/a%2Fb/é {x}", "/v1/a%2Fb/%C3%A9%20%7Bx%7D")],
)
def test_raw_paths_cannot_leave_the_server(kit: SyncKit, path: str, sent: str | None) -> None:
    """The raw door takes a path below the base URL and nothing else; what is percent-encoded already stays as it is."""
    client, script = kit.scripted(OK)
    if sent is None:
        with pytest.raises(ArgumentError) as caught:
            kit.run(client.request("GET", path))
        assert "path" == caught.value.argument
    else:
        kit.run(client.request("GET", path))
        assert sent == script.requests[0].target
