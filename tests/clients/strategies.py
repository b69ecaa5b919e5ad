"""Hypothesis strategies for the JSON objects of generated models, made from the models' own fields.

Beside values that fit, every member may be null, a value of another kind, a number as text, an odd date, or a value outside its list.
"""

from __future__ import annotations

import datetime
import sys
import types
import typing
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from loyalty_runtime.types import File

Strategy = st.SearchStrategy[Any]

TEXT = st.text(max_size=6)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False, width=32)
JSON: Strategy = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=3,
)
SCALARS = st.none() | st.booleans() | NUMBERS | NUMBERS.map(str) | TEXT
ODD = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(TEXT, SCALARS, max_size=2)
ODD_DATES = st.sampled_from(
    [
        "",
        "0000-00-00",
        "2026-02-30",
        "2026-03-14T12:30:00.123Z",
        "2026-03-14 12:30",
        "14/03/2026",
        "2026-03-14T12:30:00.1234567Z",
        "2026-03-14T12:30:00+0530",
        "2026-03-14T12:30:00-00:00",
        "2026-03-14t12:30:00z",
        "2026-W11-6",
        "2026-W01-1T00:00:00Z",
        "now",
        "20260314",
    ]
)
DEPTH = 2
# The same examples every time: what fails here fails everywhere.
few = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
)


@cache
def hints(model: Any) -> dict[str, Any]:
    """Return the types of a model's attributes, and of its unnamed members."""
    found = typing.get_type_hints(model, vars(sys.modules[model.__module__]))
    extra = typing.get_type_hints(model.__init__)["additional_properties"]
    return {**found, "additional_properties": typing.get_args(extra)[0]}


def objects(model: Any, *, depth: int = DEPTH, odd: bool = True) -> Strategy:
    """Return JSON objects of a model: required members there, optional ones perhaps, unknown ones perhaps; without `odd` all fit."""
    kinds = hints(model)
    members = {wire: value_of(kinds[name], depth=depth, odd=odd) for name, wire in model.NAMES.items()}
    required = {name: strategy for name, strategy in members.items() if name in model.REQUIRED}
    optional = {name: strategy for name, strategy in members.items() if name not in model.REQUIRED}
    extra = typing.get_args(kinds["additional_properties"])[1]
    unknown = st.dictionaries(
        TEXT.filter(lambda name: name not in model.MEMBERS),
        JSON if extra is Any else value_of(extra, depth=depth, odd=odd),
        max_size=2,
    )
    return st.tuples(st.fixed_dictionaries(required, optional=optional), unknown).map(
        lambda pair: {**pair[1], **pair[0]}
    )


def value_of(kind: Any, *, depth: int, odd: bool) -> Strategy:
    """Return JSON values of a type, and others that come all the same."""
    fit = fitting(kind, depth=depth, odd=odd)
    return st.one_of(fit, fit, ODD) if odd else fit


def fitting(kind: Any, *, depth: int, odd: bool) -> Strategy:
    """Return JSON values of a type."""
    origin = typing.get_origin(kind)
    if kind is Any or origin is dict:
        return JSON
    if origin in (typing.Union, types.UnionType):
        return st.one_of([fitting(item, depth=depth, odd=odd) for item in typing.get_args(kind)])
    if origin is list:
        return st.lists(value_of(typing.get_args(kind)[0], depth=depth - 1, odd=odd), max_size=2)
    if hasattr(kind, "from_dict"):
        # Below the last level an object is left out, since models may refer to themselves.
        return st.deferred(lambda: objects(kind, depth=depth - 1, odd=odd)) if depth > 0 else st.none()
    return _scalar(kind)


def _scalar(kind: Any) -> Strategy:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from([member.value for member in kind]) | TEXT | st.integers(-5, 500)
    if kind is datetime.datetime:
        return st.datetimes(timezones=st.none() | st.just(datetime.UTC)).map(datetime.datetime.isoformat) | ODD_DATES
    if kind is datetime.date:
        return st.dates().map(datetime.date.isoformat) | ODD_DATES
    found = {
        str: TEXT,
        int: st.integers(-(2**53), 2**53),
        float: NUMBERS,
        bool: st.booleans(),
        UUID: st.uuids().map(str) | TEXT,
        type(None): st.none(),
        None: st.none(),
        File: st.none(),  # a file is no JSON value
    }
    return found[kind]


def is_of(value: Any, kind: Any) -> bool:
    """Tell whether a value is of a type, as type checkers see it."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return True
    if origin in (typing.Union, types.UnionType):
        return any(is_of(value, item) for item in inner)
    if origin is list:
        return isinstance(value, list) and all(is_of(item, inner[0]) for item in value)
    if kind is None or kind is type(None):
        return value is None
    if kind is float:
        return type(value) in (int, float)
    if kind is File:
        return True  # no JSON value is a file
    return type(value) is kind if kind in (int, bool, str) else isinstance(value, kind)
