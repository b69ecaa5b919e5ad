"""Walk an OpenAPI document by what its parts are, so that no extension, example, default or name is taken for a part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

Place: TypeAlias = tuple[str | int, ...]
Shape: TypeAlias = tuple[Literal["one", "list", "map", "extensible map"], str]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_PARAMETER: dict[str, Shape] = {
    "schema": ("one", "schema"),
    "content": ("map", "media"),
    "examples": ("map", "example"),
}

# Kind of a part → member → how its children hang there, and their kind. `extensible map` has `x-` members beside its own.
PARTS: dict[str, dict[str, Shape]] = {
    "document": {
        "servers": ("list", "server"),
        "paths": ("extensible map", "path item"),
        "webhooks": ("map", "path item"),
        "components": ("one", "components"),
        "tags": ("list", "tag"),
    },
    "components": {
        "schemas": ("map", "schema"),
        "responses": ("map", "response"),
        "parameters": ("map", "parameter"),
        "examples": ("map", "example"),
        "requestBodies": ("map", "body"),
        "headers": ("map", "header"),
        "securitySchemes": ("map", "security scheme"),
        "links": ("map", "link"),
        "callbacks": ("map", "callback"),
        "pathItems": ("map", "path item"),
        "mediaTypes": ("map", "media"),
    },
    "path item": {
        "servers": ("list", "server"),
        "parameters": ("list", "parameter"),
        "additionalOperations": ("map", "operation"),
        "query": ("one", "operation"),
        **dict.fromkeys(METHODS, ("one", "operation")),
    },
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("one", "body"),
        "responses": ("extensible map", "response"),
        "callbacks": ("map", "callback"),
        "servers": ("list", "server"),
    },
    "callback": {"*": ("extensible map", "path item")},
    "parameter": _PARAMETER,
    "header": _PARAMETER,
    "body": {"content": ("map", "media")},
    "response": {"headers": ("map", "header"), "content": ("map", "media"), "links": ("map", "link")},
    "media": {
        "schema": ("one", "schema"),
        "itemSchema": ("one", "schema"),
        "examples": ("map", "example"),
        "encoding": ("map", "encoding"),
    },
    "encoding": {"headers": ("map", "header")},
    "schema": {
        **dict.fromkeys(
            ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"), ("map", "schema")
        ),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), ("list", "schema")),
        **dict.fromkeys(
            (
                "items",
                "additionalItems",
                "unevaluatedItems",
                "contains",
                "additionalProperties",
                "unevaluatedProperties",
                "propertyNames",
                "contentSchema",
                "not",
                "if",
                "then",
                "else",
            ),
            ("one", "schema"),
        ),
    },
}


def walk(node: Any, kind: str = "document", place: Place = ()) -> Iterator[tuple[str, Place, dict[str, Any]]]:
    """Yield (kind, place, part) for a part and all parts below it, outer ones first; what is no mapping is passed over.

    A part may be changed while it is in the caller's hands: its children are looked up afterwards.
    """
    open_parts = [(kind, place, node)]
    while open_parts:
        kind, place, node = open_parts.pop()
        if isinstance(node, dict):
            yield kind, place, node
            open_parts.extend(reversed(list(_children(kind, place, node))))


def _children(kind: str, place: Place, node: dict[str, Any]) -> Iterator[tuple[str, Place, Any]]:
    if isinstance(node.get("$ref"), str) and kind not in ("schema", "path item"):
        return
    for member, (shape, child) in PARTS.get(kind, {}).items():
        below = place if member == "*" else (*place, member)
        value = node if member == "*" else node.get(member)
        if shape == "one":
            yield child, below, value
        elif shape == "list" and isinstance(value, list):
            yield from ((child, (*below, index), item) for index, item in enumerate(value))
        elif shape != "list" and isinstance(value, dict):
            for name, item in value.items():
                if shape == "map" or not str(name).startswith("x-"):
                    yield child, (*below, name), item
