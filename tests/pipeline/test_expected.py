"""Members that the vendor's own samples always show are marked."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scripts.spec.expected import expected

SCHEMAS: dict[str, Any] = {
    "Card": {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string"},
            "points": {"type": "integer"},
            "note": {"type": "string"},
            "owner": {"$ref": "#/components/schemas/Owner"},
        },
    },
    "Owner": {"type": "object", "properties": {"name": {"type": "string"}}},
}
CARD = {"id": "1", "points": 2, "owner": {"name": "Ada"}}


def document(*values: object, name: str = "vendorSample", status: str = "200") -> dict[str, Any]:
    """Return a document whose reply has these samples."""
    examples = {f"{name}{number}": {"value": value} for number, value in enumerate(values)}
    schema = {"oneOf": [], "type": "array", "items": {"$ref": "#/components/schemas/Card"}}
    content = {"application/json": {"schema": schema, "examples": examples}}
    operation = {"operationId": "listCards", "responses": {status: {"description": "x", "content": content}}}
    return {"paths": {"/cards": {"get": operation}}, "components": {"schemas": copy.deepcopy(SCHEMAS)}}


@pytest.mark.parametrize(
    ("found", "marked"),
    [
        (document([CARD]), {"Card": ["points", "owner"], "Owner": ["name"]}),
        (document([CARD, {"id": "2", "points": 1}]), {"Card": ["points"], "Owner": ["name"]}),
        (document([CARD], [{**CARD, "points": None}]), {"Card": ["owner"], "Owner": ["name"]}),
        (document([CARD], name="ourSample"), {}),
        (document([CARD], status="404"), {}),
        (document(), {}),
    ],
    ids=["one sample", "a record lacks a member", "a sample shows null", "no sample of the vendor", "an error", "none"],
)
def test_what_samples_always_show(found: dict[str, Any], marked: dict[str, list[str]]) -> None:
    """Optional members that stand with a value in every object of every sample the vendor prints."""
    assert marked == expected(found)
