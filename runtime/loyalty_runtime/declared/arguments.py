"""From the arguments of a generated function to what is sent: bodies given whole or by members, and the checks before sending.

A rule is a plain dict with JSON Schema's words (`required`, `enum`, `pattern`, `minLength` …, `properties`, `items`, `nullable`), written by the generator
from the effective spec. Types are left to type checkers: a number given as text is the vendor's to judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from typing import TypeAlias

    Rule: TypeAlias = Mapping[str, object]


class Written(dict[str, Any]):
    """A body as JSON, with the model that documents it: a recording shows the texts that it has an enum for."""

    __slots__ = ("model",)

    def __init__(self, members: Mapping[str, Any], model: Any) -> None:
        super().__init__(members)
        self.model = model


class Members(dict[str, Any]):
    """Body members given as keyword arguments, under their Python names."""


def members_or_body(body: Any, members: dict[str, Any]) -> Any:
    """Return the body a facade method was given: whole, or as members; raises `ArgumentError` for both."""
    if isinstance(body, Unset):
        return Members(members)
    if members:
        name = next(iter(members))
        raise ArgumentError(f"Both body and {name} were given; give the body, or its members.", argument=name)
    return body


def argument_text(value: Any, form: str, *, quoted: bool = False) -> Any:
    """Return a parameter as the text it is sent as: `json`, or `pairs` (`name=value` by comma), percent-encoded for a cookie; an absent one stays absent."""
    if value is None or isinstance(value, Unset):
        return UNSET
    if form == "json":
        from ..wire.jsonio import dump_json

        written = dump_json(body_value(value)).decode()
    else:
        from ..wire.encoding import simple_text

        written = simple_text(value, "value", pairs=True)
    if quoted:
        from urllib.parse import quote

        return quote(written, safe="")
    return written


def body_value(body: Any, model: Any = None, *, multipart: bool = False, required: bool = True) -> Any:
    """Return the plain JSON value (or the parts of a form) of a body.

    `model` is the class the body is written by; a mapping passes as it is.
    Raises `ArgumentError` naming the member that is unknown or missing.
    """
    if isinstance(body, Members):
        if not body and not required:
            return UNSET
        body = _build(model, body)
    if multipart:
        if isinstance(body, Mapping):
            from .modeling import form_parts

            return form_parts(body)
        if not isinstance(body, Unset) and not hasattr(body, "to_multipart"):
            raise ArgumentError(f"A form is given as a mapping, not as {type(body).__name__}.", argument="body")
        return UNSET if isinstance(body, Unset) else body.to_multipart()
    if isinstance(body, list | tuple):
        return [body_value(item) for item in body]
    to_dict = getattr(body, "to_dict", None)
    plain = body if to_dict is None else to_dict()
    return Written(plain, model) if model is not None and isinstance(plain, dict) else plain


def _build(model: Any, members: Members) -> Any:
    known = model.NAMES
    for name in members:
        if name not in known:
            raise ArgumentError(
                f"{name} is no argument of this operation; known: {', '.join(sorted(known))}.", argument=name
            )
    given = {name: value for name, value in members.items() if not isinstance(value, Unset)}
    for name, wire in known.items():
        if name not in given and wire in model.REQUIRED:
            raise ArgumentError(f"{name} is required.", argument=name)
    return model(**given)


def argument_checks(rules: Mapping[str, Any], **values: Any) -> None:
    """Check arguments against the rules of an operation; a body by its members' own names."""
    for name, value in values.items():
        if isinstance(value, Unset) or value is None:
            continue
        check_value(rules[name], _plain(value), "" if name == "body" else name)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple) and value and isinstance(value[0], tuple):
        return dict(value)  # the parts of a form
    to_dict = getattr(value, "to_dict", None)
    return value if to_dict is None else to_dict()


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
