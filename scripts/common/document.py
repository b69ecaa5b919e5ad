"""Walk an OpenAPI document: its operations, its schemas, what a reference stands for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from scripts.common.jsonpath import Place

# Members that map names to parts: below `properties` the word `example` is a property, elsewhere it holds data.
_NAMED = frozenset(
    [
        *(
            "paths",
            "schemas",
            "responses",
            "parameters",
            "requestBodies",
            "headers",
            "securitySchemes",
            "links",
            "callbacks",
            "pathItems",
        ),
        *(
            "properties",
            "patternProperties",
            "dependentSchemas",
            "$defs",
            "definitions",
            "content",
            "encoding",
            "variables",
            "examples",
        ),
    ]
)


_DATA = frozenset({"example", "default", "const", "enum", "value"})


METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """List (method in upper case, path, operation) of a document in its own order."""
    return [
        (method.upper(), path, operation)
        for path, item in mapping(document.get("paths")).items()
        if isinstance(item, dict)
        for method, operation in item.items()
        if method in METHODS and isinstance(operation, dict)
    ]


def mapping(node: Any) -> dict[str, Any]:
    """Return a mapping, or an empty one in place of anything else."""
    return node if isinstance(node, dict) else {}


def snake(name: str) -> str:
    """Write a name as words in lower case joined by one underscore, digits kept with the word before them."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name))
    return re.sub(r"[^0-9a-zA-Z]+", "_", words).strip("_").lower()


def walk_schemas(document: dict[str, Any]) -> Iterator[tuple[Place, Any]]:
    """Yield (place, schema) for every schema of a document, wherever it stands."""
    found: dict[Place, Any] = defaultdict()

    def schema(node: Any, place: Place) -> None:
        found[place] = node
        if not isinstance(node, dict):
            return
        for key in ("properties", "patternProperties"):
            for name, value in (node.get(key) or {}).items():
                schema(value, (*place, key, name))
        for key in ("items", "not"):
            if key in node:
                schema(node[key], (*place, key))
        if isinstance(node.get("additionalProperties"), dict):
            schema(node["additionalProperties"], (*place, "additionalProperties"))
        for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
            for index, value in enumerate(node.get(key) or []):
                schema(value, (*place, key, index))

    def search(node: Any, place: Place) -> None:
        if isinstance(node, list):
            for index, value in enumerate(node):
                search(value, (*place, index))
        elif isinstance(node, dict):
            for key, value in node.items():
                if is_data((*place, key)) or str(key).startswith("x-"):
                    continue
                if key == "schema":
                    schema(value, (*place, key))
                elif key == "schemas" and place == ("components",):
                    for name, item in value.items():
                        schema(item, (*place, key, name))
                else:
                    search(value, (*place, key))

    search(document, ())
    yield from found.items()


def components(document: dict[str, Any], kind: str) -> list[tuple[str, Any]]:
    """List (name, part) of one kind of components."""
    return list(((document.get("components") or {}).get(kind) or {}).items())


def resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow references into the components of a document."""
    seen = 0
    while "$ref" in node and seen < 20:
        kind, name = node["$ref"].split("/")[-2:]
        node, seen = dict(components(document, kind)).get(name) or {}, seen + 1
    return node


def resolve_pointer(document: Any, pointer: str) -> Any:
    """Return what the pointer of a reference, such as `/components/schemas/Perk`, points at; raises `LookupError` when nothing is there."""
    if pointer and not pointer.startswith("/"):  # an anchor, which OpenAPI documents of this pipeline do not use
        raise LookupError(pointer)
    node = document
    for part in pointer.split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and key.isdigit() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, dict) and key in node:
            node = node[key]
        else:
            raise LookupError(key)
    return node


def is_data(place: Place) -> bool:
    """Tell whether a place lies inside an example, a default or an enum, where `$ref` means nothing."""
    named = False
    for index, step in enumerate(place):
        if named or isinstance(step, int):
            named = False
        elif step in _DATA or (step == "examples" and isinstance((*place, "")[index + 1], int)):
            return True
        else:
            named = step in _NAMED
    return False
