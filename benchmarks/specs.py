"""Specs that only benchmarks need: a synthetic one of any size, and the bent one for openapi-generator."""

from __future__ import annotations

import copy
from typing import Any

_OWN = 5  # operations of one resource: list, create, read, change, delete


def synthetic_spec(operations: int) -> dict[str, Any]:
    """Return an OpenAPI 3.1 document of so many operations, with six schemas for every five of them.

    Raises `ValueError` unless the number is a positive multiple of five.
    """
    if operations <= 0 or operations % _OWN:
        raise ValueError(f"{operations} operations were asked for; give a positive multiple of {_OWN}")
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": _object(["message"], message={"type": "string"}, code={"type": "integer"})}
    for number in range(operations // _OWN):
        name = f"Thing{number}"
        paths.update(_paths(name))
        schemas.update(_schemas(name))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Growth", "version": "1", "x-client-name": "Growth"},
        "servers": [{"url": "https://growth.example.com", "x-name": "production"}],
        "security": [{"key": []}],
        "tags": [{"name": f"things{number}", "description": "Things."} for number in range(operations // _OWN)],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "x-argument": "token"}},
            "schemas": schemas,
        },
    }


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    described = {key: {"description": f"The {key}.", **value} for key, value in properties.items()}
    return {"type": "object", "description": "An object.", "required": required, "properties": described}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas(name: str) -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "number"}
    moment = {"type": "string", "format": "date-time"}
    return {
        f"{name}State": {"type": "string", "description": "A state.", "enum": ["NEW", "ACTIVE", "CLOSED"]},
        f"{name}Owner": _object(["id"], id=text, email={"type": ["string", "null"]}, since=moment),
        f"{name}Part": _object(["id", "amount"], id=text, amount=number, note={"type": ["string", "null"]}),
        name: _object(
            ["id", "state", "owner"],
            id=text,
            state=_ref(f"{name}State"),
            owner=_ref(f"{name}Owner"),
            parts={"type": "array", "items": _ref(f"{name}Part")},
            created=moment,
            balance=number,
            labels={"type": "array", "items": text},
        ),
        f"New{name}": _object(["owner"], owner=_ref(f"{name}Owner"), labels={"type": "array", "items": text}),
        f"{name}List": _object(["items"], items={"type": "array", "items": _ref(name)}, next=text),
    }


def _paths(name: str) -> dict[str, Any]:
    slug = name.lower()
    tag = [slug.replace("thing", "things")]
    by_id = {"name": "id", "in": "path", "required": True, "description": "Id.", "schema": {"type": "string"}}
    size = {"name": "limit", "in": "query", "description": "Page size.", "schema": {"type": "integer"}}
    new = {"required": True, "content": _json(f"New{name}")}
    return {
        f"/{slug}": {
            "get": _operation(f"list{name}s", tag, f"{name}List", parameters=[size]),
            "post": _operation(f"create{name}", tag, name, requestBody=new),
        },
        f"/{slug}/{{id}}": {
            "get": _operation(f"get{name}", tag, name, parameters=[by_id]),
            "put": _operation(f"update{name}", tag, name, parameters=[by_id], requestBody=new),
            "delete": _operation(f"delete{name}", tag, name, parameters=[by_id]),
        },
    }


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": _ref(schema)}}


def _operation(name: str, tags: list[str], result: str, **more: Any) -> dict[str, Any]:
    problem = {"description": "A problem.", "content": _json("Problem")}
    return {
        "operationId": name,
        "summary": f"{name}.",
        "tags": tags,
        **more,
        "responses": {"200": {"description": "Done.", "content": _json(result)}, "404": problem, "default": problem},
    }


def without_null_types(document: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Return a copy in which members that are always null may hold anything, and how many there were.

    openapi-generator's Python generator ends with an exception at the first of them.
    """
    result = copy.deepcopy(document)
    return result, _loosen(result)


def _loosen(node: Any) -> int:
    count = 0
    if isinstance(node, dict):
        if node.get("type") == "null" and "$ref" not in node:
            del node["type"]
            count += 1
        count += sum(_loosen(value) for value in node.values())
    elif isinstance(node, list):
        count += sum(_loosen(value) for value in node)
    return count
