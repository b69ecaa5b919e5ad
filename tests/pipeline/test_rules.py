"""Rules of what leaves, taken from an effective spec."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.generate.operation_descriptor import rule_of

DOCUMENT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Node": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "string", "maxLength": 3}, "next": {"$ref": "#/components/schemas/Node"}},
            },
            "Base": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "pattern": "^x"}}},
        }
    }
}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, {}),
        ({"type": "string", "minLength": 1, "description": "d"}, {"minLength": 1}),
        ({"type": ["string", "null"], "enum": ["a", None]}, {"enum": ["a"]}),
        ({"anyOf": [{"type": "string", "pattern": "^a"}, {"type": "null"}]}, {"pattern": "^a"}),
        ({"oneOf": [{"type": "string", "pattern": "^a"}, {"type": "integer"}]}, {}),
        ({"type": "array", "maxItems": 2, "items": {"enum": ["a"]}}, {"maxItems": 2, "items": {"enum": ["a"]}}),
        (
            {"$ref": "#/components/schemas/Node"},
            {"required": ["id"], "properties": {"id": {"maxLength": 3}}},
        ),
        (
            {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "required": ["b"]}]},
            {"required": ["a", "b"], "properties": {"a": {"pattern": "^x"}}},
        ),
    ],
)
def test_a_rule_holds_what_the_vendor_states(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    """Limits, enums, patterns and required members are kept; unions stay open and circles end."""
    assert expected == rule_of(DOCUMENT, schema)
