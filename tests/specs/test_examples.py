"""Every example is valid against its schema, read as JSON Schema 2020-12 with formats checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from scripts.common.document import is_data, resolve_pointer, walk_schemas
from scripts.common.jsonpath import Place, show_place
from scripts.spec.effective import Effective

BASE = "urn:spec"
FORMATS = FormatChecker(formats=["uuid", "email", "ipv4", "ipv6"])
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    datetime.fromisoformat(value.upper())
    return _TIME.fullmatch(value) is not None


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or date.fromisoformat(value).isoformat() == value


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


for _name, _check in (("date-time", _is_time), ("date", _is_date), ("uri", _is_uri)):
    FORMATS.checks(_name, raises=ValueError)(_check)


class Examples:
    """Hold one document and compare examples with schemas where they stand in it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self.registry: Registry[Any] = Registry().with_resource(BASE, resource)

    def resolve(self, node: Any) -> Any:
        """Follow references inside the document."""
        while isinstance(node, dict) and "$ref" in node:
            node = resolve_pointer(self.document, node["$ref"].removeprefix("#"))
        return node

    def found(self) -> Iterator[tuple[Place, Place, Any]]:
        """Yield (place of the example, place of its schema, value) for every example and default."""
        for place, schema in walk_schemas(self.document):
            if isinstance(schema, dict):
                for key in ("example", "default"):
                    if key in schema:
                        yield (*place, key), place, schema[key]
                for index, value in enumerate(schema.get("examples") or []):
                    yield (*place, "examples", index), place, value
        yield from self._beside_schemas(self.document, ())

    def _beside_schemas(self, node: Any, place: Place) -> Iterator[tuple[Place, Place, Any]]:
        if is_data(place):
            return
        if isinstance(node, list):
            for index, value in enumerate(node):
                yield from self._beside_schemas(value, (*place, index))
        elif isinstance(node, dict):
            if "schema" in node and isinstance(node["schema"], dict):
                if "example" in node:
                    yield (*place, "example"), (*place, "schema"), node["example"]
                examples = node.get("examples")
                for name, item in (examples if isinstance(examples, dict) else {}).items():
                    example = self.resolve(item)
                    if "value" in example:
                        yield (*place, "examples", name), (*place, "schema"), example["value"]
            for key, value in node.items():
                if key != "schema" and not str(key).startswith("x-"):
                    yield from self._beside_schemas(value, (*place, key))

    def faults(self, schema_place: Place, value: Any) -> list[str]:
        """Return what is wrong with a value by the schema at a place."""
        pointer = "".join(
            "/" + str(step).replace("~", "~0").replace("/", "~1").replace("%", "%25") for step in schema_place
        )
        validator = Draft202012Validator({"$ref": f"{BASE}#{pointer}"}, registry=self.registry, format_checker=FORMATS)
        return [
            f"{show_place(tuple(error.absolute_path))[1:]} {error.message}"[:300]
            for error in validator.iter_errors(value)
        ]


def test_every_example_is_valid(effective: Effective) -> None:
    """Examples of schemas, parameters, headers and bodies, and defaults, are valid where they stand."""
    examples = Examples(effective.document)
    checked = 0
    faults = []
    for place, schema_place, value in examples.found():
        checked += 1
        faults += [f"{show_place(place)}: {fault}" for fault in examples.faults(schema_place, value)]
    assert faults == []
    assert checked > len(effective.operations)


def document(schema: Any, **beside: Any) -> dict[str, Any]:
    """Make a document with one schema in a response body and what stands beside it."""
    body = {"schema": schema, **beside}
    components = {"schemas": {"Day": {"type": "string", "format": "date"}}, "examples": {"one": {"value": 5}}}
    return {
        "paths": {"/a": {"get": {"responses": {"default": {"content": {"application/json": body}}}}}},
        "components": components,
    }


@pytest.mark.parametrize(
    ("schema", "beside"),
    [
        ({"type": "integer", "examples": [1, "two"]}, {}),
        ({"type": "integer", "example": "two"}, {}),
        ({"type": "integer", "default": "two"}, {}),
        ({"type": "integer"}, {"example": "two"}),
        ({"type": "integer"}, {"examples": {"a": {"value": 1}, "b": {"value": "two"}}}),
        ({"type": "string"}, {"examples": {"a": {"$ref": "#/components/examples/one"}}}),
        ({"$ref": "#/components/schemas/Day"}, {"example": "21.11.2026"}),
        ({"type": "object", "properties": {"day": {"$ref": "#/components/schemas/Day"}}}, {"example": {"day": 5}}),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Day"}}, {"example": ["2026-02-30"]}),
        ({"type": "string", "format": "date-time", "examples": ["2026-11-21T10:00:00"]}, {}),
        ({"type": "string", "format": "uuid", "examples": ["abc"]}, {}),
        ({"type": "string", "format": "uri", "examples": ["no address"]}, {}),
        ({"type": "object", "properties": {"example": {"type": "integer", "examples": ["x"]}}}, {}),
        ({"type": "object", "required": ["a"], "properties": {}}, {"example": {}}),
        ({"oneOf": [{"type": "string", "examples": [1]}]}, {}),
    ],
)
def test_wrong_examples_are_seen(schema: Any, beside: dict[str, Any]) -> None:
    """The check above would see one wrong example in any of these places."""
    examples = Examples(document(schema, **beside))
    wrong = [place for place, schema_place, value in examples.found() if examples.faults(schema_place, value)]
    assert len(wrong) == 1


@pytest.mark.parametrize(
    ("schema", "beside"),
    [
        ({"type": ["integer", "null"], "examples": [1, None]}, {}),
        ({"$ref": "#/components/schemas/Day"}, {"example": "2026-11-21"}),
        (
            {
                "type": "string",
                "format": "date-time",
                "examples": ["2026-11-21T10:00:00.5Z", "2026-11-21T10:00:00+01:00"],
            },
            {},
        ),
        ({"type": "object", "properties": {"value": {"type": "integer", "examples": [5]}}}, {"example": {"value": 5}}),
        ({}, {"example": {"anything": [1]}}),
    ],
)
def test_right_examples_pass(schema: Any, beside: dict[str, Any]) -> None:
    """The check above finds the right examples, and nothing wrong with them."""
    examples = Examples(document(schema, **beside))
    results = [examples.faults(schema_place, value) for _, schema_place, value in examples.found()]
    assert results != []
    assert [faults for faults in results if faults] == []
