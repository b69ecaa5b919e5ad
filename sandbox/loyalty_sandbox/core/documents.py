"""JSON documents: what vendors store, receive and answer."""

from __future__ import annotations

import json
import math
import re
from itertools import accumulate
from typing import Any, TypeAlias

# Members are checked against the effective spec at run time, which says more than a Python type could.
Document: TypeAlias = dict[str, Any]
JSON: TypeAlias = dict[str, Any] | list[Any] | str | int | float | bool | None

_DEEPEST = 100
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def to_json(value: JSON) -> str:
    """Write a value as compact JSON with its members in the order given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def from_json(text: str | bytes) -> JSON:
    """Read JSON; raises `ValueError` also for what could not be stored or answered again.

    That is NaN, infinities and numbers beyond them, half characters, bytes that are not UTF-8, and nesting beyond 100 levels.
    """
    plain = text.decode("utf-8") if isinstance(text, bytes) else text
    try:
        value: JSON = json.loads(plain, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    brackets = re.findall(r"[\[\]{}]", _STRING.sub("", plain))
    if max(accumulate(1 if each in "[{" else -1 for each in brackets), default=0) > _DEEPEST:
        raise ValueError("nested too deeply")
    if "\\u" in plain:
        to_json(value).encode("utf-8")  # half of a surrogate pair raises UnicodeEncodeError, which is a ValueError
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number
