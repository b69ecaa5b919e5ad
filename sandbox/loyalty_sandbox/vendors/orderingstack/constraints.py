"""Whether an account meets the constraints of a campaign; pure functions over documents (OC-16)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ...clock import parse_time
from ...documents import JSON, Document
from ...problems import SandboxError

_DATES = frozenset({"header.created", "header.lastOrder", "header.birthdate"})


def meets(account: Document, constraints: JSON) -> bool:
    """Say whether an account meets all of some constraints; something that is no list of constraints is never met."""
    if not isinstance(constraints, list):
        return False
    return all(isinstance(each, dict) and _meets_one(account, each) for each in constraints)


def has_birthday(account: Document, today: date) -> bool:
    """Say whether an account has its birthday on a day; one of 29 February has it on the 28th of other years (OC-17)."""
    try:
        born = date.fromisoformat(str(account["header"].get("birthdate", "")))
    except ValueError:
        return False
    day = (born.month, born.day)
    leap = today.year % 4 == 0 and (today.year % 100 != 0 or today.year % 400 == 0)
    if day == (2, 29) and not leap:
        day = (2, 28)
    return day == (today.month, today.day)


def _meets_one(account: Document, constraint: Document) -> bool:
    field, op, wanted = str(constraint.get("field", "")), constraint.get("op"), constraint.get("value") or []
    if not isinstance(wanted, list):
        return False
    found = _value(account, field)
    if op == "EXISTS":
        return (found is not None) != (wanted == ["false"])
    if op == "NE":
        return all(_compare(field, found, text) != 0 for text in wanted)
    if found is None or not wanted:
        return False
    if op in ("EQ", "IN"):
        return any(_compare(field, found, text) == 0 for text in wanted)
    orders = [_compare(field, found, text) for text in wanted]
    if None in orders:
        return False
    signs = [order for order in orders if order is not None]
    match op:
        case "GT":
            return all(sign > 0 for sign in signs)
        case "GTE":
            return all(sign >= 0 for sign in signs)
        case "LT":
            return all(sign < 0 for sign in signs)
        case "LTE":
            return all(sign <= 0 for sign in signs)
    return False


def _value(account: Document, field: str) -> JSON:
    """Return the value of a field; a tag or venue the account has is `true`."""
    kind, _, name = field.partition(".")
    match kind:
        case "counters" | "properties" | "header":
            value: JSON = account[kind].get(name)
            return value
        case "tags" | "venues":
            return "true" if name in account[kind] else None
    return None


def _compare(field: str, found: JSON, wanted: JSON) -> int | None:
    """Compare as dates, numbers or texts, whichever both sides are; None when they cannot be compared."""
    if found is None or not isinstance(wanted, str):
        return None
    if field in _DATES:
        left, right = _moment(str(found)), _moment(wanted)
        return None if left is None or right is None else (left > right) - (left < right)
    if isinstance(found, int | float) or field.startswith("counters."):
        numbers = _number(found), _number(wanted)
        if numbers[0] is None or numbers[1] is None:
            return None
        return (numbers[0] > numbers[1]) - (numbers[0] < numbers[1])
    return (str(found) > wanted) - (str(found) < wanted)


def _moment(text: str) -> datetime | None:
    try:
        return parse_time(text).astimezone(UTC)
    except SandboxError:
        return None


def _number(value: JSON) -> float | None:
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
