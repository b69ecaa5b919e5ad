"""JSON documents: what vendors store, receive and answer."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any, TypeAlias

# Members are checked against the effective spec at run time, which says more than a Python type could.
Document: TypeAlias = dict[str, Any]
JSON: TypeAlias = dict[str, Any] | list[Any] | str | int | float | bool | None

_DEEPEST = 100


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
    if plain.count("[") + plain.count("{") > _DEEPEST and _is_deep(value):
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


def _is_deep(value: JSON) -> bool:
    level: list[JSON] = [value]
    for _ in range(_DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: JSON) -> Iterable[JSON]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
