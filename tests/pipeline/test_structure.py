"""Every structural fault is one line with its place; a valid document has none."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.spec.structure import check_structure

INFO = {"title": "A", "version": "1"}
OK = {"description": "ok"}


def document(**parts: Any) -> dict[str, Any]:
    """Return a valid document with some of its members replaced."""
    return {"openapi": "3.1.0", "info": INFO, "paths": {}, **parts}


def schemas(**parts: Any) -> dict[str, Any]:
    """Return a document with these schemas."""
    return document(components={"schemas": parts})


@pytest.mark.parametrize(
    "valid",
    [
        document(),
        document(openapi="3.1.1"),
        document(
            paths={
                "/a/{id}": {
                    "get": {
                        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {}}],
                        "responses": {"200": OK},
                    }
                }
            }
        ),
        schemas(A={"$ref": "#/components/schemas/B", "description": "beside"}, B={"type": ["string", "null"]}),
        schemas(A={"properties": {"next": {"$ref": "#/components/schemas/A"}}}),
        schemas(
            A={"examples": [{"$ref": "nowhere"}], "properties": {"example": {"$ref": "#/components/schemas/B"}}}, B={}
        ),
        schemas(
            A={
                "oneOf": [{"$ref": "#/components/schemas/B"}],
                "discriminator": {"propertyName": "k", "mapping": {"b": "#/components/schemas/B"}},
            },
            B={},
        ),
        schemas(
            A={
                "oneOf": [{"$ref": "#/components/schemas/B"}],
                "discriminator": {"propertyName": "k", "mapping": {"b": "B"}},
            },
            B={},
        ),
    ],
)
def test_valid(valid: dict[str, Any]) -> None:
    """A valid document has no faults."""
    assert check_structure(valid) == []


@pytest.mark.parametrize(
    ("broken", "faults"),
    [
        (document(openapi="3.0.3"), ["$['openapi']: found '3.0.3'; this pipeline reads OpenAPI 3.1"]),
        (document(openapi="3.2.0"), ["$['openapi']: found '3.2.0'; this pipeline reads OpenAPI 3.1"]),
        (document(openapi=3.1), ["$['openapi']: found 3.1; this pipeline reads OpenAPI 3.1"]),
        ({"swagger": "2.0"}, ["$['openapi']: found None; this pipeline reads OpenAPI 3.1"]),
        (document(info={"title": "A", "version": 2}), ["$['info']['version']: 2 is not of type 'string'"]),
        (document(info={"title": "A"}), ["$['info']: 'version' is a required property"]),
        (document(paths=[]), ["$['paths']: [] is not of type 'object'"]),
        (document(extra=1), ["$: Unevaluated properties are not allowed ('extra' was unexpected)"]),
        (
            schemas(A={"$ref": "#/components/schemas/B"}),
            ["$['components']['schemas']['A']: the reference #/components/schemas/B points at nothing"],
        ),
        (
            schemas(A={"$ref": "b.yaml#/B"}),
            ["$['components']['schemas']['A']: the reference b.yaml#/B leaves the document"],
        ),
        (schemas(A={"$ref": "#B"}), ["$['components']['schemas']['A']: the reference #B points at nothing"]),
        (
            schemas(A={"properties": {"example": {"$ref": "#/x"}, "value": {"$ref": "#/y"}}}),
            [
                "$['components']['schemas']['A']['properties']['example']: the reference #/x points at nothing",
                "$['components']['schemas']['A']['properties']['value']: the reference #/y points at nothing",
            ],
        ),
        (
            document(paths={"/a": {"get": {"responses": {"default": {"$ref": "#/components/responses/Error"}}}}}),
            [
                "$['paths']['/a']['get']['responses']['default']: the reference #/components/responses/Error points at nothing"
            ],
        ),
        (
            schemas(
                A={
                    "oneOf": [],
                    "discriminator": {"propertyName": "k", "mapping": {"b": "#/components/schemas/Lost", "c": "Gone"}},
                }
            ),
            [
                "$['components']['schemas']['A']['discriminator']['mapping']['b']: the variant #/components/schemas/Lost is no schema of the document",
                "$['components']['schemas']['A']['discriminator']['mapping']['c']: the variant Gone is no schema of the document",
            ],
        ),
    ],
)
def test_faults(broken: dict[str, Any], faults: list[str]) -> None:
    """Each fault is named at its place, and nothing else is."""
    assert faults == check_structure(broken)


@pytest.mark.parametrize(
    ("broken", "part"),
    [
        (document(paths={"/a/{id}": {"get": {"responses": {"200": OK}}}}), "id"),
        (
            document(
                paths={
                    "/a": {
                        "get": {"operationId": "x", "responses": {"200": OK}},
                        "put": {"operationId": "x", "responses": {"200": OK}},
                    }
                }
            ),
            "x",
        ),
        (schemas(A={"type": "integer", "default": "text"}), "text"),
        (schemas(A={"type": "strin"}), "strin"),
        (document(paths={"/a": {"get": {"responses": {"200": {}}}}}), "description"),
        (
            document(
                paths={
                    "/a": {"get": {"parameters": [{"name": "x", "in": "body", "schema": {}}], "responses": {"200": OK}}}
                }
            ),
            "body",
        ),
    ],
)
def test_faults_the_library_finds(broken: dict[str, Any], part: str) -> None:
    """Path parameters, repeated operationIds, defaults, types and members are checked; each message is one short line."""
    faults = check_structure(broken)
    assert [fault for fault in faults if part in fault] != []
    assert [fault for fault in faults if "\n" in fault or len(fault) > 500] == []
