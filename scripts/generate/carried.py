"""What openapi-python-client is given of a derived document: the same operations in words it reads, and the way back.

It keeps one media type of a reply and drops operations whose headers hold lists or times. So each media type of a reply stands under a status of its
own here, and such headers stand in the query; the descriptors are written from the derived document, not from this one.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from scripts.common.document import mapping, operations, parameters, resolve

_FIRST_STATUS = 1000  # above every status of HTTP
_SCALARS = ("string", "integer", "number", "boolean")


@dataclass(frozen=True)
class Carried:
    """Hold the document for the generator; `replies` is made-up status → (status, media type) of the derived document, per operation."""

    document: dict[str, Any]
    replies: dict[tuple[str, str], dict[int, tuple[str, str]]]


def carry(document: dict[str, Any]) -> Carried:
    """Return what the generator is given."""
    result = copy.copy(document)
    result["paths"] = {path: {**item} for path, item in mapping(document.get("paths")).items()}
    replies: dict[tuple[str, str], dict[int, tuple[str, str]]] = {}
    for method, path, operation in operations(document):
        found: dict[int, tuple[str, str]] = {}
        own = {**operation, "responses": _split(document, mapping(operation.get("responses")), found)}
        replies[method, path] = found
        declared = parameters(document, path, operation)
        asked = {item.get("name") for item in declared if item.get("in") == "query"}
        declared = [_readable(item, asked) for item in declared]
        if declared:
            own["parameters"] = declared
        result["paths"][path][method.lower()] = own
        result["paths"][path].pop("parameters", None)
    return Carried(result, replies)


def media_kind(media: str) -> str:
    """Return the media type by which the generator reads a body the same way: JSON, text or bytes."""
    kind = media.partition(";")[0].strip().lower()
    if kind.endswith(("/json", "+json")):
        return "application/json"
    return "text/plain" if kind.startswith("text/") else "application/octet-stream"


def _split(
    document: dict[str, Any], responses: dict[str, Any], found: dict[int, tuple[str, str]]
) -> dict[str, dict[str, Any]]:
    result: dict[str, dict[str, Any]] = {}
    for status, raw in responses.items():
        reply = resolve(document, raw)
        content = mapping(reply.get("content"))
        if not content:
            result[status] = raw
        for place, (media, described) in enumerate(content.items()):
            key = status  # the first keeps its status, by which the generator names its schema
            if place:
                number = _FIRST_STATUS + len(found)
                found[number] = status, media
                key = str(number)
            result[key] = {**reply, "content": {media_kind(media): described}}
    return result


def _readable(parameter: dict[str, Any], asked: set[Any]) -> dict[str, Any]:
    if parameter.get("in") != "header":
        return parameter
    schema = mapping(parameter.get("schema"))
    plain = schema.get("type") in _SCALARS and schema.get("format") not in ("date", "date-time")
    if plain:
        return parameter
    if parameter.get("name") in asked:  # its type is lost, its value is not
        return {**parameter, "schema": {"type": "string"}}
    return {**parameter, "in": "query"}
