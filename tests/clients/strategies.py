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

from hypothesis import strategies as st

from loyalty_runtime.types import File, Unset

Strategy = st.SearchStrategy[Any]

TEXT = st.text(max_size=6)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False, width=32)
JSON: Strategy = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=3,
)
SCALARS = st.none() | st.booleans() | NUMBERS | NUMBERS.map(str) | TEXT
# No objects: one in the place of a model lacks the required members, which is an error and not an oddity.
ODD = SCALARS | st.lists(SCALARS, max_size=2)
ODD_DATES = st.sampled_from(
    [
        "",
        "0000-00-00",
        "2026-02-30",
        "2026-03-14T12:30:00.123Z",
        "2026-03-14 12:30",
        "14/03/2026",
        "2026-W11-6",
        "now",
        "20260314",
    ]
)
DEPTH = 2


@cache
def wire_names(model: Any) -> dict[str, str]:
    """Return the name on the wire of every attribute of a model, found by reading marked values."""
    marks = {name: object() for name in model.MEMBERS}
    read = model.from_dict(dict(marks))
    by_mark = {id(mark): name for name, mark in marks.items()}
    return {
        item.name: by_mark[id(getattr(read, item.name))]
        for item in model.__attrs_attrs__
        if item.name != "additional_properties"
    }


@cache
def hints(model: Any) -> dict[str, Any]:
    """Return the types of a model's attributes."""
    return typing.get_type_hints(model, vars(sys.modules[model.__module__]))


def objects(model: Any, *, depth: int = DEPTH) -> Strategy:
    """Return JSON objects of a model: required members there, optional ones perhaps, unknown ones perhaps."""
    names, kinds = wire_names(model), hints(model)
    members = {wire: value_of(kinds[name], depth=depth) for name, wire in names.items()}
    required = {name: strategy for name, strategy in members.items() if name in model.REQUIRED}
    optional = {name: strategy for name, strategy in members.items() if name not in model.REQUIRED}
    extra = typing.get_args(kinds["additional_properties"])[1]
    unknown = st.dictionaries(
        TEXT.filter(lambda name: name not in model.MEMBERS),
        JSON if extra is Any else value_of(extra, depth=depth),
        max_size=2,
    )
    return st.tuples(st.fixed_dictionaries(required, optional=optional), unknown).map(
        lambda pair: {**pair[1], **pair[0]}
    )


def value_of(kind: Any, *, depth: int) -> Strategy:
    """Return JSON values of a type, and others that come all the same."""
    return st.one_of(fitting(kind, depth=depth), fitting(kind, depth=depth), ODD)


def fitting(kind: Any, *, depth: int) -> Strategy:
    """Return JSON values of a type."""
    origin = typing.get_origin(kind)
    if kind is Any or origin is dict:
        return JSON
    if origin in (typing.Union, types.UnionType):
        variants = [item for item in typing.get_args(kind) if item is not Unset]
        return st.one_of([fitting(item, depth=depth) for item in variants])
    if origin is list:
        return st.lists(value_of(typing.get_args(kind)[0], depth=depth - 1), max_size=2)
    if hasattr(kind, "from_dict"):
        # Below the last level an object is left out, since models may refer to themselves.
        return st.deferred(lambda: objects(kind, depth=depth - 1)) if depth > 0 else st.none()
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
