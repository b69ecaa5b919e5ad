"""What adapt does to bodies, replies, parameters and security: the wire stays what the document says."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.generate.adapt import adapt
from scripts.generate.adapt.patterns import explodes
from scripts.generate.derive import derive
from scripts.generate.discriminators import discriminators

FILE = {"type": "string", "format": "binary"}
TEXT = {"type": "string"}
OBJECT = {"type": "object", "properties": {"a": TEXT}}


def document(operation: dict[str, Any], *, method: str = "post", **members: Any) -> dict[str, Any]:
    """Return a document of one operation."""
    usual = {"operationId": "doIt", "tags": ["things"], "responses": {"200": {"description": "ok"}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "paths": {"/a": {method: {**usual, **operation}}},
        **members,
    }


def adapted(operation: dict[str, Any], *, method: str = "post", **members: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the operation after adapt, and the notes."""
    made, notes = adapt(document(operation, method=method, **members))
    found: dict[str, Any] = made["paths"]["/a"][method]
    return found, notes


BODIES: dict[str, tuple[dict[str, Any], dict[str, Any], str | None]] = {
    "JSON": ({"application/json": {"schema": OBJECT}}, {"application/json": {"schema": OBJECT}}, None),
    "JSON with a charset": (
        {"application/json; charset=utf-8": {"schema": OBJECT}},
        {"application/json": {"schema": OBJECT}},
        None,
    ),
    "merge-patch": (
        {"application/merge-patch+json": {"schema": OBJECT}},
        {"application/json": {"schema": OBJECT}},
        "application/merge-patch+json",
    ),
    "a vendor's JSON": (
        {"application/vnd.shop+json": {"schema": OBJECT}},
        {"application/json": {"schema": OBJECT}},
        "application/vnd.shop+json",
    ),
    "CSV": ({"text/csv": {"schema": TEXT}}, {"application/octet-stream": {"schema": FILE}}, "text/csv"),
    "PDF": ({"application/pdf": {}}, {"application/octet-stream": {"schema": FILE}}, "application/pdf"),
    "bytes": ({"application/octet-stream": {}}, {"application/octet-stream": {"schema": FILE}}, None),
    "JSON before a form": (
        {"multipart/form-data": {"schema": OBJECT}, "application/json": {"schema": OBJECT}},
        {"application/json": {"schema": OBJECT}},
        None,
    ),
    "a form before text": (
        {"text/plain": {}, "application/x-www-form-urlencoded": {"schema": OBJECT}},
        {"application/x-www-form-urlencoded": {"schema": OBJECT}},
        None,
    ),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_has_one_type(case: str) -> None:
    """The generator sees one of three kinds; the type that goes out stands beside it."""
    before, after, own = BODIES[case]
    body = adapted({"requestBody": {"content": before}})[0]["requestBody"]
    assert (after, own) == (body["content"], body.get("x-media-type"))


REPLIES: dict[str, tuple[dict[str, Any], list[tuple[str, Any]]]] = {
    "JSON first": (
        {"text/csv": {"schema": TEXT}, "application/json": {"schema": OBJECT}},
        [("application/json", OBJECT), ("text/csv", TEXT)],
    ),
    "two kinds of JSON": (
        {"application/hal+json": {"schema": OBJECT}, "application/json": {"schema": TEXT}},
        [("application/hal+json", OBJECT), ("application/json", TEXT)],
    ),
    "anything": ({"*/*": {"schema": OBJECT}}, [("application/json", OBJECT)]),
    "any bytes": ({"*/*": {"schema": FILE}}, [("application/octet-stream", FILE)]),
    "JSON without a schema": ({"application/json": {}}, [("application/json", {})]),
    "an image": ({"image/png": {"schema": TEXT}}, [("image/png", FILE)]),
    "XML": ({"application/xml": {"schema": OBJECT}}, [("application/xml", FILE)]),
    "events": ({"text/event-stream": {"schema": OBJECT}}, [("text/event-stream", TEXT)]),
    "upper case": ({"Application/JSON": {"schema": OBJECT}}, [("application/json", OBJECT)]),
}


@pytest.mark.parametrize("case", REPLIES)
def test_each_type_of_a_reply_has_a_reader(case: str) -> None:
    """JSON stands first; text is text, and what no model can hold is bytes."""
    before, after = REPLIES[case]
    made = adapted({"responses": {"200": {"description": "ok", "content": before}}})[0]
    content = made["responses"]["200"]["content"]
    assert after == [(media, described["schema"]) for media, described in content.items()]


def test_a_reply_to_head_has_no_body() -> None:
    """HTTP forbids one, whatever the document describes."""
    reply = {"description": "ok", "content": {"application/json": {"schema": OBJECT}}}
    assert {"200": {"description": "ok"}} == adapted({"responses": {"200": reply}}, method="head")[0]["responses"]


@pytest.mark.parametrize(
    ("before", "after"),
    [({"2xx": {"description": "ok"}}, ["2XX"]), ({}, ["default"]), ({200: {"description": "ok"}}, ["200"])],
)
def test_statuses(before: dict[Any, Any], after: list[str]) -> None:
    """Ranges are in upper case, numbers are text, and where nothing is said the reply may be anything."""
    assert after == list(adapted({"responses": before})[0]["responses"])


def test_a_parameter_with_content() -> None:
    """It has the schema of its media type, and says how it is written."""
    declared = {"name": "filter", "in": "query", "content": {"application/json": {"schema": OBJECT}}}
    made = adapted({"parameters": [declared]})[0]["parameters"][0]
    assert (OBJECT, "application/json", False) == (made["schema"], made["x-media-type"], "content" in made)


@pytest.mark.parametrize("name", ["Accept", "content-type", "Authorization", "Content/type", "a b"])
def test_headers_nobody_can_send(name: str) -> None:
    """The standard says to ignore three, and HTTP has no field of other names."""
    declared = [{"name": name, "in": "header", "schema": TEXT}, {"name": "X-A", "in": "header", "schema": TEXT}]
    assert ["X-A"] == [item["name"] for item in adapted({"parameters": declared})[0]["parameters"]]


def test_a_path_parameter_without_a_place_is_left_out() -> None:
    """A copied operation that still declares the parameter of another path makes a client: the place of the path is what is sent."""
    copied = {"name": "userId", "in": "path", "required": True, "schema": TEXT}
    source = document({"parameters": [copied]}, method="get")
    source["paths"] = {"/locations/{locationId}": source["paths"]["/a"]}
    derived = derive(source, where="acme")
    (parameter,) = derived.document["paths"]["/locations/{locationId}"]["get"]["parameters"]
    assert "locationId" == parameter["name"]
    assert any("a path parameter without its place in the path is not sent" in line for line in derived.adapted)


SCHEMES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "OpenID Connect": (
        {"type": "openIdConnect", "openIdConnectUrl": "https://a.example"},
        {"type": "http", "scheme": "bearer", "x-argument": "access_token"},
    ),
    "a browser's flow": (
        {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://a.example", "scopes": {}}}},
        {"type": "http", "scheme": "bearer", "x-argument": "access_token"},
    ),
    "digest": (
        {"type": "http", "scheme": "digest"},
        {"type": "apiKey", "in": "header", "name": "Authorization", "x-prefix": "Digest", "x-argument": "s"},
    ),
    "an API key": (
        {"type": "apiKey", "in": "cookie", "name": "sid"},
        {"type": "apiKey", "in": "cookie", "name": "sid", "x-argument": "s"},
    ),
}


@pytest.mark.parametrize("case", SCHEMES)
def test_schemes(case: str) -> None:
    """What a client cannot carry out by itself takes what its user obtained elsewhere."""
    before, after = SCHEMES[case]
    made, _ = adapt(document({}, components={"securitySchemes": {"s": before}}, security=[{"s": []}]))
    found = made["components"]["securitySchemes"]["s"]
    assert after == {key: value for key, value in found.items() if key != "description"}


def test_two_basic_schemes() -> None:
    """Each has a user name and password of its own; a single one has the plain names."""
    basic = {"type": "http", "scheme": "basic"}
    made, _ = adapt(document({}, components={"securitySchemes": {"shop": basic, "till": basic}}))
    found = made["components"]["securitySchemes"]
    assert {"username": "shop_username", "password": "shop_password"} == found["shop"]["x-arguments"]
    alone, _ = adapt(document({}, components={"securitySchemes": {"shop": basic}}))
    assert "x-arguments" not in alone["components"]["securitySchemes"]["shop"]


REQUIREMENTS: list[tuple[list[Any], list[Any]]] = [
    ([{"key": None}], [{"key": []}]),
    ([{"nowhere": []}, {"key": []}], [{"key": []}]),
    ([{"nowhere": []}], []),
    ([{"key": []}, {}], [{"key": []}, {}]),
    ([{"certificate": [], "key": []}], [{"key": []}]),
    ([{"certificate": []}], [{}]),
]


@pytest.mark.parametrize(("before", "after"), REQUIREMENTS)
def test_requirements(before: list[Any], after: list[Any]) -> None:
    """Scopes that are null are none; undeclared schemes cannot be carried; a certificate is given with the connection."""
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}, "certificate": {"type": "mutualTLS"}}
    assert after == adapted({"security": before}, components={"securitySchemes": schemes})[0]["security"]


PART = {"$ref": "#/components/schemas/C1"}


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
    made, notes = adapt(document({}, components={"schemas": {"A": {"type": "string", "pattern": "^(a+)+$"}}}))
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
