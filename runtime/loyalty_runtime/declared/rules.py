"""Check what leaves: required members, closed lists, patterns, lengths, bounds, as the vendor states them.

A rule is a plain dict with JSON Schema's words (`required`, `enum`, `pattern`, `minLength` …, `properties`, `items`, `nullable`), written by the generator
from the effective spec. Types are left to type checkers: a number given as text is the vendor's to judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from ..types import UNSET

if TYPE_CHECKING:
    from typing import TypeAlias

    Rule: TypeAlias = Mapping[str, object]


def check_value(rule: Rule, value: object, argument: str) -> None:
    """Raise `ArgumentError` naming the argument (dotted for nested members) if a plain JSON value breaks a rule."""
    if value is UNSET or value is None:
        return
    if "enum" in rule and value not in rule["enum"]:  # type: ignore[operator]
        allowed = ", ".join(map(repr, rule["enum"]))  # type: ignore[call-overload]
        raise ArgumentError(f"{argument} is none of the values the vendor accepts: {allowed}.", argument=argument)
    if isinstance(value, str):
        _check_text(rule, value, argument)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _check_number(rule, value, argument)
    elif isinstance(value, list | tuple):
        _check_list(rule, value, argument)
    elif isinstance(value, Mapping):
        _check_object(rule, value, argument)


def _check_text(rule: Rule, value: str, argument: str) -> None:
    _bounds(rule, len(value), argument, "minLength", "maxLength", "characters long")
    pattern = rule.get("pattern")
    if isinstance(pattern, str):
        import re

        if re.search(pattern, value) is None:
            raise ArgumentError(f"{argument} does not match the vendor's pattern {pattern}.", argument=argument)


def _check_number(rule: Rule, value: float, argument: str) -> None:
    _bounds(rule, value, argument, "minimum", "maximum", "")


def _check_list(rule: Rule, value: list[object] | tuple[object, ...], argument: str) -> None:
    _bounds(rule, len(value), argument, "minItems", "maxItems", "items long")
    items = rule.get("items")
    if isinstance(items, Mapping):
        for index, item in enumerate(value):
            check_value(items, item, f"{argument}[{index}]")


def _check_object(rule: Rule, value: Mapping[str, object], argument: str) -> None:
    for name in rule.get("required", ()):  # type: ignore[attr-defined]
        if value.get(name, UNSET) is UNSET:
            place = f"{argument}.{name}" if argument else name
            raise ArgumentError(f"{place} is required.", argument=place)
    properties = rule.get("properties")
    if isinstance(properties, Mapping):
        for name, inner in properties.items():
            if name in value:
                check_value(inner, value[name], f"{argument}.{name}" if argument else name)


def _bounds(rule: Rule, size: float, argument: str, low: str, high: str, what: str) -> None:
    least, most = rule.get(low), rule.get(high)
    if isinstance(least, int | float) and size < least:
        raise ArgumentError(
            f"{argument} must be at least {least} {what}".rstrip() + f", not {size}.", argument=argument
        )
    if isinstance(most, int | float) and size > most:
        raise ArgumentError(f"{argument} must be at most {most} {what}".rstrip() + f", not {size}.", argument=argument)
