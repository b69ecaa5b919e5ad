"""What no client could carry is refused with its place; names are compared as the generator writes them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_python_client import strings

from scripts.common.names import class_name, module_name
from scripts.generate.derive import find_refusals
from scripts.spec.locate import show_lines
from scripts.spec.shapes import Fault

TEXT = {"type": "string"}
GET = "$['paths']['/a']['get']"


def document(operation: Any = None, **members: Any) -> dict[str, Any]:
    """Return a document of one operation."""
    get = operation if operation is not None else {"responses": {"200": {"description": "ok"}}}
    return {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": {"/a": {"get": get}}, **members}


def schemas(**named: Any) -> dict[str, Any]:
    """Return a document with these schemas."""
    return document(components={"schemas": named})


def parameter(**members: Any) -> dict[str, Any]:
    """Return a document with one parameter."""
    return document({"parameters": [members]})


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a form that is null": (
        document({"requestBody": {"content": {"multipart/form-data": {"schema": {"type": "null"}}}}}),
        "['schema']['type']: a form has names, 'null' has none",
    ),
    "a text in place of a mapping": (document("x"), f"{GET}: 'x' stands where a mapping belongs"),
    "a list in place of a mapping": (
        schemas(A={"properties": [1, 2]}),
        "['A']['properties']: a list of 2 stands where a mapping of schemas belongs",
    ),
    "a number in place of a list": (document(servers=3), "$['servers']: 3 stands where a list of mappings belongs"),
    "a text in place of scopes": (document(security=[{"a": "x"}]), "$['security']: a list of 1 stands where a list of"),
    "a type that is a number": (schemas(A={"type": 1}), "['A']['type']: 1 stands where a type belongs"),
    "a parameter without a name": (parameter(**{"in": "query"}), "['parameters'][0]: the parameter has no `name`"),
    "a path without a slash": (document(paths={"a": {}}), "$['paths']['a']: the path 'a' does not begin with a slash"),
    "a brace that is not closed": (
        document(paths={"/a/{b": {}}),
        "['/a/{b']: the braces of the path '/a/{b' do not match",
    ),
    "a parameter that is a header": (
        document({"parameters": [{"$ref": "#/components/headers/H"}]}, components={"headers": {"H": {"schema": TEXT}}}),
        "['parameters'][0]: the parameter has no `name`",
    ),
    "a reference to another file": (
        schemas(A={"$ref": "b.yaml#/B"}),
        "['A']: the reference b.yaml#/B leaves the document",
    ),
    "a required header no call can have": (
        parameter(name="a b", **{"in": "header"}, required=True, schema=TEXT),
        f"{GET}: 'a b' is no name that a header of HTTP can have",
    ),
    "a required cookie no call can have": (
        parameter(name="a b", **{"in": "cookie"}, required=True, schema=TEXT),
        f"{GET}: 'a b' is no name that a cookie of HTTP can have",
    ),
    "a key in a header no call can have": (
        document(components={"securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "a b"}}}),
        "['securitySchemes']['k']: 'a b' is no name",
    ),
    "parts that multiply": (
        schemas(**{f"C{n}": {"allOf": [{"$ref": f"#/components/schemas/C{n + 1}"}] * 2} for n in range(20)}, C20={}),
        "['C0']: its parts and variants hold themselves, go deeper than 200 or come to more than 10000",
    ),
    "variants that multiply": (
        schemas(**{f"C{n}": {"anyOf": [{"$ref": f"#/components/schemas/C{n + 1}"}] * 2} for n in range(20)}, C20={}),
        "['C0']: its parts and variants",
    ),
    "parts that hold themselves": (
        schemas(A={"allOf": [{"$ref": "#/components/schemas/B"}]}, B={"allOf": [{"$ref": "#/components/schemas/A"}]}),
        "['A']: its parts and variants hold themselves",
    ),
    "a reference to itself": (
        schemas(A={"$ref": "#/components/schemas/B"}, B={"$ref": "#/components/schemas/A"}),
        "['A']: the reference #/components/schemas/B leads back to itself",
    ),
    "a union of nothing else": (
        schemas(A={"oneOf": [{"$ref": "#/components/schemas/B"}]}, B={"anyOf": [{"$ref": "#/components/schemas/A"}]}),
        "['A']: every variant of it is itself",
    ),
    "a name that is code": (
        document(info={"title": "Shop", "version": "1", "x-client-name": "A:\n    pass\nB()\nclass C"}),
        "$['info']['x-client-name']: ",
    ),
    "a header twice": (
        document({"parameters": [{"name": name, "in": "header", "schema": TEXT} for name in ("X-A", "x-a")]}),
        "['parameters']: the header x-a is declared twice",
    ),
    "a place twice in a path": (
        document(paths={"/{id}/{id}": {"get": {"responses": {"200": {"description": "ok"}}}}}),
        "['/{id}/{id}']: {id} stands twice in the path",
    ),
    "a line break in a media type": (
        document({"responses": {"200": {"description": "ok", "content": {"text/a\nb": {}}}}}),
        f"{GET}: 'text/a\\nb' holds a control character",
    ),
    "parts that go too deep": (
        schemas(**{f"C{n}": {"allOf": [{"$ref": f"#/components/schemas/C{n + 1}"}]} for n in range(2000)}, C2000={}),
        "['C0']: its parts and variants hold themselves",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    """The first line says where it is from the root, and what it is."""
    before, said = REFUSED[case]
    assert said in str(find_refusals(before).refusals[0])


PASSES: dict[str, dict[str, Any]] = {
    "null in place of a list": document(servers=None, tags=[None]),
    "null in place of a reply": document({"responses": {"200": {"description": "ok"}, "404": None}}),
    "a reply without a description": document({"responses": {"200": {}}}),
    "null in place of a member": schemas(A={"type": "object", "properties": {"a": None}, "required": None}),
    "a number in place of a text": document(info={"title": 5, "version": 1.0}),
    "a text beside paths and replies": document({"x-a": "x", "responses": {"x-a": "x"}}, paths={"x-a": "x"}),
    "a union that holds itself": schemas(A={"oneOf": [TEXT, {"$ref": "#/components/schemas/A"}]}),
    "a base that is the union of its children": schemas(
        A={
            "oneOf": [{"$ref": "#/components/schemas/B"}, {"$ref": "#/components/schemas/C"}],
            "properties": {"a": TEXT},
        },
        B={"allOf": [{"$ref": "#/components/schemas/A"}], "properties": {"b": TEXT}},
        C={"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"c": TEXT}}]},
    ),
    "an optional header no call can have": parameter(name="a b", **{"in": "header"}, schema=TEXT),
}


@pytest.mark.parametrize("case", PASSES)
def test_what_is_not_refused(case: str) -> None:
    """What says nothing is left out, and what is meant is read."""
    assert [] == find_refusals(PASSES[case]).refusals


def test_lines() -> None:
    """A fault is told with its line where the text has its place, and without where it has none."""
    text = "info:\n  title: A\n  list: [1,\n    2]\n"
    faults = [Fault(("info", "list", 1), "wrong"), Fault(("paths", "/a"), "wrong")]
    assert ["$['info']['list'][1]: wrong (line 4)", "$['paths']['/a']: wrong"] == show_lines(text, faults)


NAMES = st.text("aAbB1-_. [$é", max_size=10) | st.text(max_size=10)


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_names_of_modules_are_the_generators(name: str) -> None:
    """Names are compared as the generator writes modules and arguments, so what it merges is found."""
    assert strings.snake_case(name) == module_name(name)


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_names_of_classes_are_the_generators(name: str) -> None:
    """Schema names are compared as the generator writes classes."""
    assert strings.pascal_case(name) == class_name(name)
