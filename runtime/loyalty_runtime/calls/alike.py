"""What a call sent, found by an expression, and whether an entry that is read back shows the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..types import UNSET, Unset
from ..wire.jsonio import dump_json, load_json

if TYPE_CHECKING:
    from ..options import CallArguments

_EXPRESSION = re.compile(r"\$request\.(?:(path|query|header)\.(.+)|body(?:#(/.+))?)")
_SECOND = 1.0  # what a vendor that keeps whole seconds takes off a time


def sent_value(expression: object, arguments: CallArguments) -> object:
    """Return the plain JSON value an expression such as `$request.body#/user` finds in a call; `UNSET` where the call has none.

    What is no expression stands for itself.
    """
    found = _EXPRESSION.fullmatch(expression) if isinstance(expression, str) else None
    if found is None:
        return expression
    place, name, pointer = found.groups()
    value: object
    if place:
        given: Mapping[str, object] = arguments.get("headers" if place == "header" else place) or {}  # type: ignore[assignment]
        value = next((held for key, held in given.items() if key == name), UNSET)
    else:
        value = _body(arguments)
    if value is None or isinstance(value, Unset):
        return UNSET
    value = load_json(dump_json(value))
    for step in (pointer or "").split("/")[1:]:
        value = value.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(value, Mapping) else None
    return UNSET if value is None or value == "" else value


def _body(arguments: CallArguments) -> object:
    for kind in ("json", "form"):
        value = arguments.get(kind)
        if value is not None and not isinstance(value, Unset):
            return value
    return dict(arguments.get("multipart") or ())


def alike(sent: object, shown: object) -> bool:
    """Say whether a value that is read back is the one that was sent: objects by the members sent, texts without case and outer
    space, numbers and ids also as text, times by their moment to the second."""
    if isinstance(sent, Mapping):
        return isinstance(shown, Mapping) and all(alike(value, shown.get(name)) for name, value in sent.items())
    if isinstance(sent, list):
        return isinstance(shown, list) and len(sent) == len(shown) and all(map(alike, sent, shown))
    if isinstance(sent, bool) or isinstance(shown, bool) or shown is None:
        return sent is shown
    if isinstance(sent, int | float) and isinstance(shown, int | float):
        return sent == shown
    if isinstance(shown, Mapping | list):
        return False
    if str(sent).strip().casefold() == str(shown).strip().casefold() or _number(sent) == _number(shown) is not None:
        return True
    first, second = moment(sent), moment(shown)
    return first is not None and second is not None and abs(first - second) <= _SECOND


def _number(value: object) -> float | None:
    """Read a decimal number, also one in a text; an id with leading zeros is none."""
    text = str(value)
    return float(text) if re.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d{1,9})?", text, re.ASCII) else None


def moment(value: object) -> float | None:
    """Return the seconds since 1970 of a date-time with a zone, or of a number that is one already; None for anything else."""
    if isinstance(value, int | float):
        return float(value)
    from datetime import datetime

    try:
        made = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return None if made.tzinfo is None else made.timestamp()
