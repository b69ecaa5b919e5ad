"""What leaves is checked, and the error names the argument."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from loyalty_runtime.declared.arguments import Members, body_value, check_value, members_or_body
from loyalty_runtime.errors import ArgumentError
from loyalty_runtime.types import UNSET

REFUSED: list[tuple[dict[str, Any], Any, str, str]] = [
    ({"enum": ["a", "b"]}, "c", "kind", "kind is none of the values the vendor accepts: 'a', 'b'."),
    ({"pattern": "^[A-Z]{3}$"}, "eur", "currency", "currency does not match the vendor's pattern ^[A-Z]{3}$."),
    ({"minLength": 1}, "", "name", "name must be at least 1 characters long, not 0."),
    ({"maxLength": 2}, "abc", "name", "name must be at most 2 characters long, not 3."),
    ({"minimum": 1}, 0, "limit", "limit must be at least 1, not 0."),
    ({"maximum": 5}, 5.5, "limit", "limit must be at most 5, not 5.5."),
    ({"maxItems": 1}, ["a", "b"], "ids", "ids must be at most 1 items long, not 2."),
    ({"items": {"minLength": 1}}, ["a", ""], "ids[1]", "ids[1] must be at least 1 characters long, not 0."),
    ({"required": ["a"]}, {"b": 1}, "body.a", "body.a is required."),
    ({"properties": {"a": {"properties": {"b": {"enum": [1]}}}}}, {"a": {"b": 2}}, "body.a.b", "body.a.b is none"),
]


@pytest.mark.parametrize(("rule", "value", "argument", "message"), REFUSED)
def test_a_broken_rule_names_the_argument(rule: dict[str, Any], value: Any, argument: str, message: str) -> None:
    """A value that breaks a rule raises `ArgumentError` with the name of the argument, nested members dotted."""
    start = "body" if isinstance(value, dict) else argument.partition("[")[0]
    with pytest.raises(ArgumentError) as caught:
        check_value(rule, value, start)
    assert argument == caught.value.argument
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("rule", [rule for rule, *_ in REFUSED])
@pytest.mark.parametrize("value", [None, UNSET, True])
def test_absence_and_other_types_pass(rule: dict[str, Any], value: Any) -> None:
    """Null, absence and values of a type the rule does not speak of are left to the vendor."""
    expected = pytest.raises(ArgumentError) if "enum" in rule and value is True else nullcontext()
    with expected:
        check_value(rule, value, "x")  # raises for what it refuses


def test_body_or_members_but_not_both() -> None:
    """A body is given whole or by its members."""
    assert Members({"a": 1}) == members_or_body(UNSET, {"a": 1})
    assert {"b": 2} == members_or_body({"b": 2}, {})
    with pytest.raises(ArgumentError, match="Both body and a were given") as caught:
        members_or_body({"b": 2}, {"a": 1})
    assert "a" == caught.value.argument


def test_a_body_that_may_be_left_out() -> None:
    """No members at all are no body where the body is optional."""
    assert UNSET is body_value(Members(), None, required=False)
