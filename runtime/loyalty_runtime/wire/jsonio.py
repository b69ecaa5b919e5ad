"""The JSON step: msgspec, imported at first use."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

from ..errors import ArgumentError
from .values import Unfit, json_value, members_of, unwritable

if TYPE_CHECKING:
    from collections.abc import Callable

_decode: Callable[[bytes], object] | None = None
_encode: Callable[[object], bytes] | None = None
_check: Callable[[object], object] | None = None
_DEPTH = 5
"""How deep the fast check of a body looks; deeper ones are walked. Its cost at the first use doubles with each level."""


class InvalidJSON(ValueError):
    """The bytes are not JSON; the text names the position, never the content."""


def load_json(content: bytes) -> object:
    """Parse JSON bytes; a UTF-8 byte order mark is skipped.

    What the fast parser refuses goes to Python's own, which also reads UTF-16, half an emoji, NaN and numbers beyond a float.
    Raises `InvalidJSON` with the place.
    """
    global _decode  # noqa: PLW0603 - loaded once, at first use
    decode = _decode
    if decode is None:
        import msgspec

        decode = _decode = msgspec.json.decode
    if content[:3] == b"\xef\xbb\xbf":
        content = content[3:]
    if not content.strip():
        raise InvalidJSON("empty body")
    try:
        return decode(content)
    except (ValueError, RecursionError):  # msgspec's DecodeError is a ValueError, bad UTF-8 too
        pass
    return _load_slowly(content)


def _load_slowly(content: bytes) -> object:
    import json

    problem = "nested too deeply"
    try:
        return json.loads(content)
    except UnicodeDecodeError as error:
        problem = f"invalid {error.encoding.upper()} at byte {error.start}"
    except json.JSONDecodeError as error:
        problem = f"{error.msg} at line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError) as error:
        if isinstance(error, ValueError):
            problem = "a number of too many digits"
    raise InvalidJSON(problem)


def dump_json(value: object, argument: str = "json") -> bytes:
    """Serialise plain values, models (`to_dict`), dates, UUIDs, enum members and decimals (as numbers).

    Raises `ArgumentError` for what JSON cannot carry, naming the member.
    """
    global _encode, _check  # noqa: PLW0603 - loaded once, at first use
    if _encode is None or _check is None:
        import msgspec

        _encode = msgspec.json.Encoder(decimal_format="number").encode
        _check = _checker()
    problem: Unfit | None
    plain: object = None
    try:
        members = members_of(value)
        plain = value if members is None else members
        _check(plain)  # what it makes is not written: its decimals are floats
        return _encode(plain)
    except (TypeError, ValueError, RecursionError, AttributeError):  # arrays of other libraries it takes for mappings
        pass
    try:
        plain = json_value(value)
        return _encode(plain)
    except Unfit as unfit:
        problem = unfit
    except RecursionError:
        problem = Unfit("is nested too deeply, or holds itself")
    except (TypeError, ValueError, OverflowError) as error:
        problem = unwritable(plain) or Unfit(f"cannot be written as JSON ({type(error).__name__})")
    place = problem.place() or argument
    raise ArgumentError(f"{place} {problem}.", argument=place)


def _checker() -> Callable[[object], object]:
    """Return a check that a value is of JSON's own types, by msgspec, which is five times faster than `json_value`."""
    import msgspec

    number: Any = Annotated[float, msgspec.Meta(ge=-sys.float_info.max, le=sys.float_info.max)]
    scalar: Any = str | int | bool | number | None
    shape: Any = scalar
    for _ in range(_DEPTH):
        shape = scalar | list[shape] | dict[str, shape]
    body: Any = msgspec.defstruct("body", [("value", shape)])
    return lambda value: msgspec.convert({"value": value}, body).value
