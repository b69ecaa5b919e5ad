"""What generated models are made of: forgiving readers, open enums, unions, unknown members.

Reading never loses a reply over one odd member: a value that does not fit its type is kept as it came and is written back the same.
Only a missing required member is an error, since there is nothing to keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum, IntEnum, StrEnum
from typing import Any, Self, TypeVar

from ..errors import DecodeError, FieldProblem

EnumT = TypeVar("EnumT", bound=Enum)


class MissingMember(DecodeError, FieldProblem):
    """A required member is not there, so nothing can be kept in its place."""

    def __init__(self, member: str, model: str) -> None:
        DecodeError.__init__(self, f"the required member {member!r} of {model} is missing")
        self.member = member
        self.json_path = f"$.{member}"


def missing_member(holder: object, problem: KeyError, model: str) -> DecodeError:
    """Turn the `KeyError` of a generated reader into the error to raise."""
    if isinstance(holder, Mapping):
        return MissingMember(str(problem.args[0]), model)
    return NotAnObject(f"{model} is read from a JSON object, not from {type(holder).__name__}")


class NotAnObject(DecodeError, TypeError):
    """A model was given something else than a JSON object."""

    def __init__(self, problem: str) -> None:
        DecodeError.__init__(self, problem)


class OpenStrEnum(StrEnum):
    """A closed list of strings on the way out, an open one on the way in.

    A value that is not listed becomes a member of its own: equal to its string, written back the same, `is_known` False.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Tell whether the vendor's documentation lists this value."""
        return self._value_ in type(self)._value2member_map_


class OpenIntEnum(IntEnum):
    """The same for integers."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"VALUE_{value}"
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Tell whether the vendor's documentation lists this value."""
        return self._value_ in type(self)._value2member_map_

    def __str__(self) -> str:
        return str(self._value_)


def read_enum(cls: type[EnumT], raw: Any) -> Any:
    """Read an enum member; null, absence and values of another type stay as they are."""
    kind = type(raw)
    if kind is str or kind is int:  # exactly: True and 2.0 would be found under 1 and 2
        try:
            return cls._value2member_map_[raw]
        except KeyError:
            return cls(raw) if issubclass(cls, kind) else raw
    return raw


def read_datetime(raw: Any) -> Any:
    """Read an ISO 8601 date-time; what is none stays as it came."""
    if type(raw) is not str:
        return raw
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        return raw


def read_date(raw: Any) -> Any:
    """Read an ISO 8601 date; what is none stays as it came."""
    if type(raw) is not str:
        return raw
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return raw


def read_uuid(raw: Any) -> Any:
    """Read a UUID; what is none stays as it came."""
    if type(raw) is not str:
        return raw
    from uuid import UUID

    try:
        return UUID(raw)
    except ValueError:
        return raw


def read_union(
    raw: Any, variants: tuple[Any, ...], property_name: str = "", mapping: Mapping[str, Any] | None = None
) -> Any:
    """Read an object that is one of several models.

    With a discriminator the mapping decides, and an unknown kind stays an open object unless there are variants that no kind stands for.
    Without one, the variant whose required members are all there and that knows most of the members wins; when none fits, the object stays open.
    """
    if type(raw) is not dict:
        return raw
    if property_name:
        kind = raw.get(property_name)
        chosen = (mapping or {}).get(kind) if type(kind) is str else None
        if chosen is not None:
            return chosen.from_dict(raw)
    best, best_score = None, -1
    for variant in variants:
        if raw.keys() >= variant.REQUIRED:
            score = len(variant.MEMBERS & raw.keys())
            if score > best_score:
                best, best_score = variant, score
    return raw if best is None else best.from_dict(raw)


def unknown_members(raw: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Return the members of an object that its model does not know."""
    return {name: value for name, value in raw.items() if name not in known}
