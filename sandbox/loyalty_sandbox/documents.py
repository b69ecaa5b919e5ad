"""JSON documents: what vendors store, receive and answer."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

# Members are checked against the effective spec at run time, which says more than a Python type could.
Document: TypeAlias = dict[str, Any]
JSON: TypeAlias = dict[str, Any] | list[Any] | str | int | float | bool | None


def to_json(value: JSON) -> str:
    """Write a value as compact JSON with its members in the order given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def from_json(text: str | bytes) -> JSON:
    """Read JSON; raises `ValueError` also for NaN, infinities and bytes that are not UTF-8."""
    value: JSON = json.loads(text, parse_constant=_refuse_constant)
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
