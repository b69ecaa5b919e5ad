"""Values to path, query, header and form text."""

from __future__ import annotations

import datetime
import enum
import uuid
from decimal import Decimal
from typing import Any

import pytest

from loyalty_runtime import ArgumentError
from loyalty_runtime.types import UNSET
from loyalty_runtime.wire.encoding import (
    encode_form,
    encode_header,
    encode_path,
    encode_query,
    encode_raw_path,
    header_name,
)
from tests.runtime.support import operation


class Colour(enum.Enum):
    RED = "red"


class Word(str, enum.Enum):  # noqa: UP042 - older code has such enums
    BIG = "big"


class Level(enum.IntEnum):
    TOP = 3


class Model:
    def to_dict(self) -> dict[str, Any]:
        return {"a": 1, "b": None, "c": [1, 2]}


UTC = datetime.UTC


@pytest.mark.parametrize(
    ("values", "styles", "expected"),
    [
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
        (
            {"when.timestamp.gt": datetime.datetime(2026, 1, 2, 3, 4, tzinfo=UTC)},
            {},
            "when.timestamp.gt=2026-01-02T03%3A04%3A00%2B00%3A00",
        ),
        (
            {"d": datetime.date(2026, 1, 2), "u": uuid.UUID(int=1), "x": Decimal("1.10")},
            {},
            "d=2026-01-02&u=00000000-0000-0000-0000-000000000001&x=1.10",
        ),
        ({"é": "ü"}, {}, "%C3%A9=%C3%BC"),
    ],
)
def test_query(values: dict[str, Any], styles: Any, expected: str) -> None:
    """Each style writes its own form; absent and null values are left out."""
    assert encode_query(values, styles) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a/b", "/g/a%2Fb/x"),
        ("é ?#", "/g/%C3%A9%20%3F%23/x"),
        (7, "/g/7/x"),
        (["a", "b"], "/g/a,b/x"),
        ("...", "/g/.../x"),
        ("%2e%2e", "/g/%252e%252e/x"),
    ],
)
def test_path_parts_are_encoded(value: object, expected: str) -> None:
    """Nothing in a value can leave its place in the path."""
    assert encode_path(operation(path="/g/{id}/x").parts, {"id": value}, "op") == expected


@pytest.mark.parametrize("value", ["", ".", "..", None, UNSET, []])
def test_path_parts_that_reach_another_resource_are_refused(value: object) -> None:
    """Empty, dotted and missing parts raise before anything is sent, naming the argument."""
    with pytest.raises(ArgumentError) as caught:
        encode_path(operation(path="/g/{id}").parts, {"id": value}, "getGuest")
    assert caught.value.argument == "id"
    assert isinstance(caught.value, ValueError)
    assert "getGuest" in str(caught.value)


def test_header_values_use_the_simple_style() -> None:
    """Lists are joined by commas, booleans are words."""
    assert encode_header("x", ["a", 1, True]) == b"a,1,true"


@pytest.mark.parametrize("value", ["a\r\nInjected: 1", "a\nb", "a\x00b"])
def test_header_values_cannot_break_out(value: str) -> None:
    """A line break is refused, and the value is not repeated in the message."""
    with pytest.raises(ArgumentError) as caught:
        encode_header("x-name", value)
    assert "Injected" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\nb", "é"])
def test_header_names_are_checked(name: str) -> None:
    """What is no header name is refused."""
    with pytest.raises(ArgumentError):
        header_name(name)


def test_forms_repeat_lists_and_write_spaces_as_plus() -> None:
    """The body of a form is encoded as browsers do."""
    assert encode_form({"a": "x y+z", "b": [1, 2], "c": None}) == b"a=x+y%2Bz&b=1&b=2"


@pytest.mark.parametrize(
    "path",
    ["v1", "//other.example.com/x", "https://other.example.com", "/a?b=1", "/a#b", "/a/../b", "/a/%2E%2e/b", "/a/./b"],
)
def test_raw_paths_cannot_leave_the_server(path: str) -> None:
    """The raw door takes a path below the base URL and nothing else."""
    with pytest.raises(ArgumentError) as caught:
        encode_raw_path(path)
    assert caught.value.argument == "path"


def test_raw_paths_keep_what_is_encoded() -> None:
    """Text that is percent-encoded already stays as it is, the rest is encoded."""
    assert encode_raw_path("/v1/a%2Fb/é {x}") == "/v1/a%2Fb/%C3%A9%20%7Bx%7D"
