"""What adapt finds in patterns and unions; that the wire stays what the document says is tested by tests/pipeline/trial."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.generate.adapt import adapt
from scripts.generate.adapt.patterns import explodes
from scripts.generate.discriminators import discriminators

OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}

PATTERNS: list[tuple[str, bool]] = [
    ("^(a+)+$", True),
    ("^(([a-z])+.)+[A-Z]([a-z])+$", True),
    ("(x+x+)+y", True),
    ("(a|aa)+$", True),
    (r"^(\w+\s?)*$", True),
    ("^[a-z]+$", False),
    ("^(foo|bar)*$", False),
    ("^([a-z]+,)*[a-z]+$", False),
    ("^[a-z0-9]+(-[a-z0-9]+)*$", False),
    (r"^[^@]+@[^@]+\.[^@]+$", False),
    ("(", False),
]


@pytest.mark.parametrize(("pattern", "expected"), PATTERNS)
def test_patterns_that_may_take_for_ever(pattern: str, expected: bool) -> None:
    """A repeat that can match one text in several ways is found; usual patterns stay."""
    assert expected == explodes(pattern)


def test_a_pattern_that_may_take_for_ever_is_not_checked() -> None:
    """It leaves the copy, and a note says so."""
    schema = {"type": "string", "pattern": "^(a+)+$"}
    made, notes = adapt(
        {
            "info": {"title": "A", "version": "1"},
            "openapi": "3.1.0",
            "paths": {},
            "components": {"schemas": {"A": schema}},
        }
    )
    assert "pattern" not in made["components"]["schemas"]["A"]
    assert ["$['components']['schemas']['A']: the pattern '^(a+)+$' is not checked: it may take for ever"] == notes


def reference(name: str) -> dict[str, str]:
    """Refer to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


UNION = {
    "oneOf": [reference("cat"), reference("Dog")],
    "discriminator": {"propertyName": "kind", "mapping": {"c": "#/components/schemas/cat", "d": "Dog"}},
}
CHOICE = ("kind", {"c": "Cat", "d": "Dog"})
UNIONS: list[tuple[dict[str, Any], dict[frozenset[str], Any]]] = [
    ({"Pet": UNION}, {frozenset(["Cat", "Dog"]): CHOICE}),
    (
        {"Pet": UNION, "Any": {"anyOf": [reference("Pet"), reference("Fish")]}, "Fish": OBJECT},
        {frozenset(["Cat", "Dog"]): CHOICE, frozenset(["Cat", "Dog", "Fish"]): CHOICE},
    ),
    (
        {"Pet": UNION, "Other": {**UNION, "discriminator": {"propertyName": "type", "mapping": {}}}},
        {},
    ),
]


@pytest.mark.parametrize(("schemas", "expected"), UNIONS)
def test_discriminators(schemas: dict[str, Any], expected: dict[frozenset[str], Any]) -> None:
    """Values lead to classes, whatever the schemas are called; unions inside unions count with their parts; two that disagree lead nowhere."""
    named = {**schemas, "cat": OBJECT, "Dog": OBJECT}
    assert expected == discriminators({"components": {"schemas": named}})


def test_two_basic_schemes() -> None:
    """Each has a user name and password of its own; a single one has the plain names."""
    basic = {"type": "http", "scheme": "basic"}
    document: dict[str, Any] = {"openapi": "3.1.0", "paths": {}, "components": {"securitySchemes": {"shop": basic}}}
    assert "x-arguments" not in adapt(document)[0]["components"]["securitySchemes"]["shop"]
    document["components"]["securitySchemes"]["till"] = basic
    found = adapt(document)[0]["components"]["securitySchemes"]
    assert {"username": "shop_username", "password": "shop_password"} == found["shop"]["x-arguments"]


@pytest.mark.parametrize(
    ("text", "default", "shown"),
    [
        (None, 20, "The default is 20."),
        ("How many", False, "How many. The default is false."),
        ("How many?", "ä", 'How many? The default is "ä".'),
        ("By default all.", 20, "By default all."),
        ("How many", None, "How many"),
    ],
)
def test_a_default_is_said(text: str | None, default: object, shown: str) -> None:
    """The text of a parameter and of a member says it, unless it speaks of a default itself."""
    described = {} if text is None else {"description": text}
    word = {"type": "string", "default": default}
    named = {"Word": word, "Thing": {"type": "object", "properties": {"word": {**word, **described}}}}
    parameter = {"name": "word", "in": "query", "schema": {"$ref": "#/components/schemas/Word"}, **described}
    operation = {
        "operationId": "list",
        "tags": ["a"],
        "parameters": [parameter],
        "responses": {"200": {"description": "x"}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"get": operation}},
        "components": {"schemas": named},
    }
    made, _ = adapt(document)
    member = made["components"]["schemas"]["Thing"]["properties"]["word"]
    assert [shown, shown] == [made["paths"]["/a"]["get"]["parameters"][0]["description"], member["description"]]
    assert "default" not in member
