"""Which optional members of replies the vendor's own samples always show: they get `x-expected: true` in the effective spec.

Samples are the examples of replies whose names begin with `vendorSample`: what the vendor prints, verbatim.
So the mark follows the samples, and goes as soon as one of them lacks the member or shows null.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from scripts.common.document import mapping, operations, referred_name, resolve

SAMPLE = "vendorSample"


def samples(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Return schema and value of every sample of a reply that the vendor prints."""
    for _, _, operation in operations(document):
        for status, given in mapping(operation.get("responses")).items():
            content = mapping(resolve(document, given).get("content")) if str(status).startswith("2") else {}
            for media in content.values():
                for name, example in mapping(media.get("examples")).items():
                    if str(name).startswith(SAMPLE) and "value" in example:
                        yield mapping(media.get("schema")), example["value"]


def objects(document: dict[str, Any], schema: dict[str, Any], value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every object of a value that a named schema describes, with the name."""
    name = referred_name(schema["$ref"]) if "$ref" in schema else ""
    schema = resolve(document, schema)
    if isinstance(value, list):
        for item in value:
            yield from objects(document, mapping(schema.get("items")), item)
    if isinstance(value, dict):
        if name:
            yield name, value
        for member, inner in mapping(schema.get("properties")).items():
            if member in value:
                yield from objects(document, mapping(inner), value[member])


def expected(document: dict[str, Any]) -> dict[str, list[str]]:
    """Return, by schema, the optional members that every sample shows with a value."""
    shown: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for schema, value in samples(document):
        for name, found in objects(document, schema, value):
            shown[name].append(found)
    result = {}
    for name, values in sorted(shown.items()):
        schema = document["components"]["schemas"][name]
        optional = [item for item in mapping(schema.get("properties")) if item not in (schema.get("required") or [])]
        always = [member for member in optional if all(value.get(member) is not None for value in values)]
        if always:
            result[name] = always
    return result


def mark_expected(document: dict[str, Any]) -> None:
    """Mark what the samples always show in a document, which is changed."""
    for name, members in expected(document).items():
        properties = document["components"]["schemas"][name]["properties"]
        for member in members:
            # A reference keeps its siblings in OpenAPI 3.1.
            properties[member] = {**mapping(properties[member]), "x-expected": True}
