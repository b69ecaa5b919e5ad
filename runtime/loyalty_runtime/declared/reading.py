"""How generated models read JSON values: the helpers that their readers call where a plain type test is not enough.

A reader of one value raises `NoFit`; the model then leaves the member unset and keeps what came (`misfit`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from ..errors import DecodeError, FieldProblem
from ..types import UNSET
from ..wire.misfits import note, watching
from .modeling import Model, make_sparse, plain

ModelT = TypeVar("ModelT", bound=Model)
EnumT = TypeVar("EnumT", bound=Enum)
Reader = Callable[[Any], Any]

STR, INT, BOOL = frozenset([str]), frozenset([int]), frozenset([bool])
NUMBER = frozenset([int, float])

_DATE = r"\d{4}-\d\d-\d\d"
# RFC 3339, and what differs from it without another meaning: no zone, a zone without colon, a space in place of the T.
_TIME = r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:?\d\d)?"


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)


class NoFit(ValueError):
    """The value does not fit the type."""


class MissingMember(DecodeError, FieldProblem):
    """A required member of the outermost object of a reply is not there."""

    def __init__(self, member: str, model: str) -> None:
        DecodeError.__init__(self, f"the required member {member!r} of {model} is missing")
        self.member = member
        self.json_path = f"$.{member}"


class Gaps(dict[str, Any]):
    """A JSON object that lacks required members; they read as `UNSET`, which fits no type."""

    def __init__(self, source: dict[str, Any]) -> None:
        super().__init__(source)
        self.source = source

    def __missing__(self, key: str) -> object:
        return UNSET


def read_reply_object(cls: type[ModelT], raw: Any) -> ModelT:
    """Read the outermost object of a reply; raises `DecodeError` where a required member is missing, since then it is another object."""
    model = cls.from_dict(raw)
    if model._came is not None or not raw.keys() >= cls.REQUIRED:
        for wire in cls.NAMES.values():
            if wire in cls.REQUIRED and wire not in raw:
                raise MissingMember(wire, cls.__name__)
    return model


def read_with_gaps(cls: type[ModelT], raw: dict[str, Any]) -> ModelT:
    """Read an object that lacks required members."""
    model = cls._read(Gaps(raw))
    if model._extra is None:
        model._extra = unknown_members(raw, cls.MEMBERS) or None
    return model


def misfit(model: Model, raw: dict[str, Any], wire: str) -> None:
    """Leave a member unset that is missing or does not fit, and keep what came."""
    make_sparse(model)
    value = raw.get(wire, UNSET)
    if value is not UNSET:
        keep(model, wire, UNSET, value)
    elif model._came is None:
        model._came = {}  # so that it is written member by member
    note(raw.source if isinstance(raw, Gaps) else raw, wire, value)


def keep(model: Model, wire: str | None, value: Any, came: Any) -> None:
    """Remember what a member was read from, to write it back the same as long as its value stays."""
    kept = model._came
    if kept is None:
        kept = model._came = {}
    kept[wire] = value, came


def convert(model: Model, raw: dict[str, Any], name: str, wire: str, reader: Reader) -> None:
    """Set a member by a reader that may refuse; what a text was read from is kept where it would be written otherwise."""
    came = raw[wire]
    try:
        value = reader(came)
    except NoFit:
        misfit(model, raw, wire)
        return
    setattr(model, name, value)
    back = plain(value)
    if back != came or type(back) is not type(came):
        keep(model, wire, list(value) if type(value) is list else value, came)


def whole(raw: Any) -> int:
    """Read an integer, also one written with a decimal point (2.0)."""
    if type(raw) is int:
        return raw
    if type(raw) is float and raw.is_integer():
        return int(raw)
    raise NoFit


def fit(raw: Any, types: frozenset[type]) -> Any:
    """Return a value of one of these types."""
    if type(raw) in types:
        return raw
    raise NoFit


def items(raw: Any) -> list[Any]:
    """Return a list."""
    if type(raw) is list:
        return raw
    raise NoFit


def hollow(cls: type[ModelT], raw: Any) -> ModelT:
    """Return a model for an item of a list that is no such object: each member raises `MisfitError`, `to_dict()` gives back what came."""
    model = cls.__new__(cls)
    model._came = model._extra = None
    make_sparse(model)
    keep(model, None, UNSET, raw)
    note(raw, "", raw)
    return model


def read_enum(cls: type[EnumT], raw: Any) -> EnumT:
    """Read an enum member, known or new."""
    kind = type(raw)
    if (kind is str or kind is int) and issubclass(cls, kind):  # exactly: True and 2.0 would be found under 1 and 2
        try:
            return cls._value2member_map_[raw]  # type: ignore[return-value]
        except KeyError:
            return cls(raw)
    raise NoFit


def read_datetime(raw: Any) -> datetime:
    """Read a date-time of RFC 3339, also one without a zone."""
    match = _pattern(_TIME).fullmatch(raw) if type(raw) is str else None
    if match is not None:
        day, time, fraction, zone = match.groups("")
        fraction = f".{fraction[:6]:0<6}" if fraction else ""
        try:
            return datetime.fromisoformat(f"{day}T{time}{fraction}{zone.upper()}")
        except ValueError:
            pass
    raise NoFit


def read_date(raw: Any) -> date:
    """Read a full date of RFC 3339."""
    if type(raw) is str and _pattern(_DATE).fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            pass
    raise NoFit


def read_uuid(raw: Any) -> Any:
    """Read a UUID."""
    if type(raw) is str:
        from uuid import UUID

        try:
            return UUID(raw)
        except ValueError:
            pass
    raise NoFit


def read_first(raw: Any, readers: tuple[Reader, ...]) -> Any:
    """Return what the first reader makes of the value without a misfit and without an unknown member, else without a misfit, else at all."""
    best: Reader | None = None
    ranks = 3
    for reader in readers:
        try:
            with watching() as found:
                value = reader(raw)
        except NoFit:
            continue
        rank = (
            2 if found else int(type(value) is list and any(isinstance(item, Model) and item._extra for item in value))
        )
        if rank == 0:
            return value
        if rank < ranks:
            best, ranks = reader, rank
    if best is None:
        raise NoFit
    return best(raw)  # once more, so that its misfits are noted


def read_union(
    raw: Any,
    variants: tuple[type[Model], ...],
    property_name: str = "",
    mapping: Mapping[str, type[Model]] | None = None,
) -> Any:
    """Read an object that is one of several models.

    With a discriminator its value decides; `variants` are the models that no value stands for. An object without it must fit one of them all.
    Without one, the variants whose required members are all there are tried strictly, the one that knows most of the members first;
    where none fits, the first of them is read leniently. Raises `NoFit` for an object that is none of them.
    """
    if type(raw) is not dict:
        raise NoFit
    if property_name:
        kind = raw.get(property_name)
        chosen = (mapping or {}).get(kind) if type(kind) is str else None
        if chosen is not None:
            return chosen._read(raw)
        if property_name not in raw:  # nothing decides, so its members do
            variants = (*variants, *dict.fromkeys((mapping or {}).values()))
        if not variants:
            raise NoFit
    complete = [item for item in variants if raw.keys() >= item.REQUIRED]
    ranked = sorted(complete, key=lambda item: -len(item.MEMBERS & raw.keys()))
    for variant in ranked:
        with watching() as found:
            model = variant._read(raw)
        if not found:
            return model
    if (not ranked and len(variants) != 1) or (property_name and property_name not in raw):
        raise NoFit
    return (ranked or variants)[0]._read(raw)


def read_item(raw: Any, cls: type[Model], reader: Reader) -> Any:
    """Read an item of a list of unions; one that is none of them is a hollow model."""
    try:
        return reader(raw)
    except NoFit:
        return hollow(cls, raw)


def unknown_members(raw: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Return the members of an object that its model does not know."""
    return {name: value for name, value in raw.items() if name not in known}


def typed_members(model: Model, raw: dict[str, Any], reader: Reader) -> dict[str, Any] | None:
    """Read the members that have no name of their own but a type."""
    read: dict[str, Any] = {}
    for name, value in unknown_members(raw, model.MEMBERS).items():
        try:
            read[name] = found = reader(value)
        except NoFit:
            misfit(model, raw, name)
            continue
        if found is not value and not isinstance(found, Model) and plain(found) != value:
            keep(model, name, found, value)
    return read or None
