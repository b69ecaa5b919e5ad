"""Which Python values a request can carry: as text in an address, header or form, and as JSON.

What would arrive as something else is refused before sending, with the name of the argument: a number that is none, a generator,
bytes, any object whose `repr` would travel.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import cast

from ..errors import ArgumentError
from ..types import File, Unset

_PLAIN = frozenset((str, int, bool, type(None)))
_TEXT = (str, bytes, bytearray, memoryview)
_MOST_BITS = 14_000  # Python writes no number of more than 4,300 digits


def text_of(value: object, argument: str = "value") -> str:
    """Return a scalar as text: `true`, ISO 8601 times, the value of an enum member.

    Raises `ArgumentError` for anything that is no scalar, and for numbers that are not finite.
    """
    if type(value) is str:
        return value
    if isinstance(value, Enum):
        return text_of(value.value, argument)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and value.bit_length() < _MOST_BITS:
        return int.__repr__(value)
    if isinstance(value, float) and value - value == 0:
        return float.__repr__(value)
    if isinstance(value, date | time):
        return moment(value).isoformat()
    if _is_uuid(value) or (_is_decimal(value) and value.is_finite()):  # type: ignore[attr-defined]
        return str(value)
    if isinstance(value, int | float) or _is_decimal(value):
        shown = "far too large" if isinstance(value, int) else value
        raise ArgumentError(f"{argument} is {shown}, which is no number a vendor can read.", argument=argument)
    raise ArgumentError(
        f"{argument} is of type {type(value).__name__}; give text, a number, a date or time, or a list of them.",
        argument=argument,
    )


def moment(value: date | time) -> date | time:
    """Return a date or time that RFC 3339 can write: one whose offset has seconds, as zones of old have, in UTC."""
    if isinstance(value, datetime) and (offset := value.utcoffset()) and offset.seconds % 60:
        return value.astimezone(UTC)
    return value


def utf8(text: str, argument: str) -> bytes:
    """Return text as UTF-8; raise `ArgumentError` for half a character, which only such text can hold."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass
    raise ArgumentError(f"{argument} holds half a character (a lone surrogate).", argument=argument)


def members_of(value: object) -> Mapping[str, object] | None:
    """Return the members of a mapping or model, None for anything else."""
    if isinstance(value, Mapping):
        return value
    to_dict: Callable[[], Mapping[str, object]] | None = getattr(value, "to_dict", None)
    return None if to_dict is None or isinstance(value, type) else to_dict()


def items_of(value: object) -> list[object] | None:
    """Return the items of a sequence or set that are not absent or None; None for what is no sequence."""
    if isinstance(value, _TEXT) or not isinstance(value, Sequence | set | frozenset):
        return None
    return [item for item in value if not (item is None or isinstance(item, Unset))]


class Unfit(Exception):
    """A value that JSON cannot carry; `path` leads to it from the inside out."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.path: list[str | int] = []

    def place(self) -> str:
        """Return the path as it is written in errors, such as `members[2].points`; empty for the value itself."""
        steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in reversed(self.path)]
        return "".join(steps).removeprefix(".")


def json_value(value: object) -> object:
    """Return a value made of JSON's own types, dates, UUIDs and decimals; models are written by `to_dict`. Raises `Unfit`."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return _object(cast("dict[str, object]", value))
    if kind is float or isinstance(value, float):
        number = cast("float", value)
        if number - number != 0:
            raise Unfit(f"is {number}, which JSON cannot carry")
        return float(number)
    if isinstance(value, Enum):
        return json_value(value.value)
    members = members_of(value)
    if members is not None:
        return _object(members)
    if isinstance(value, Sequence | Set) and not isinstance(value, _TEXT):
        return _array(value)
    return _scalar(value)


def _object(members: Mapping[str, object]) -> dict[str, object]:
    made: dict[str, object] = {}
    for key, member in members.items():
        name = key if type(key) is str else _key(key)
        try:
            made[name] = member if type(member) in _PLAIN else json_value(member)
        except Unfit as unfit:
            unfit.path.append(name)
            raise
    return made


def _array(items: Sequence[object] | Set[object]) -> list[object]:
    if not isinstance(items, Sequence | set | frozenset):
        raise Unfit(f"is of type {type(items).__name__}; give a list")
    made: list[object] = []
    for index, item in enumerate(items):
        try:
            made.append(item if type(item) in _PLAIN else json_value(item))
        except Unfit as unfit:
            unfit.path.append(index)
            raise
    return made


def _key(key: object) -> str:
    if isinstance(key, str | int) and not isinstance(key, bool):
        return text_of(key)
    raise Unfit(f"has a key of type {type(key).__name__}; names of members are text")


def _scalar(value: object) -> object:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, date | time):
        return moment(value)
    if _is_uuid(value):
        return value
    if _is_decimal(value):
        if value.is_finite():  # type: ignore[attr-defined]
            return value
        raise Unfit(f"is {value}, which JSON cannot carry")
    if isinstance(value, Unset):
        raise Unfit("is UNSET inside a JSON body; leave the member out instead")
    if isinstance(value, File) or hasattr(value, "read"):
        raise Unfit("is a file inside a JSON body; files travel in multipart bodies")
    if isinstance(value, _TEXT):
        raise Unfit("is bytes, which JSON cannot carry; give text (Base64 where the vendor wants that)")
    raise Unfit(f"is of type {type(value).__name__}, which cannot be written as JSON")


def unwritable(value: object) -> Unfit | None:
    """Find the text that is no Unicode, or the number without end, which only show when they are encoded."""
    if isinstance(value, str):
        return Unfit("holds half a character (a lone surrogate)") if _broken(value) else None
    if isinstance(value, int) and value.bit_length() >= _MOST_BITS:
        return Unfit("is a number of far too many digits")
    pairs: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        if any(_broken(name) for name in value):
            return Unfit("has a name that holds half a character (a lone surrogate)")
        pairs.extend(value.items())
    elif isinstance(value, list):
        pairs.extend(enumerate(value))
    for step, member in pairs:
        found = unwritable(member)
        if found is not None:
            found.path.append(step)
            return found
    return None


def _broken(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _is_uuid(value: object) -> bool:
    return _is(value, "uuid", "UUID")


def _is_decimal(value: object) -> bool:
    return _is(value, "decimal", "Decimal")


def _is(value: object, module: str, name: str) -> bool:
    """Say whether a value is of a class of a module that only those who have such values have imported."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, getattr(loaded, name))
