"""What the generator would lose or break without a word, found before it runs.

Each rule states a measured behaviour of openapi-python-client 0.29.1 or datamodel-code-generator 0.89.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from scripts.common.document import (
    components,
    join_pointer,
    operations,
    parameters,
    resolve,
    split_pointer,
    walk_schemas,
)
from scripts.common.jsonpath import show_place
from scripts.common.names import RESERVED_SCHEMAS, class_name, module_name, snake

_MAY_BE_BOOLEAN = ("additionalProperties", "unevaluatedProperties", "unevaluatedItems")


@dataclass(frozen=True)
class Finding:
    """Hold one fault: which rule, where, what would happen."""

    rule: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} [{self.rule}]"


def check_readiness(document: dict[str, Any]) -> list[Finding]:
    """Return everything in an effective spec that generated code could not carry."""
    return [finding for rule in _RULES for finding in rule(document)]


def _operation_ids(document: dict[str, Any]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for method, path, operation in operations(document):
        place = show_place(("paths", path, method.lower()))
        name = operation.get("operationId")
        if not name:
            yield Finding(
                "operation-id", place, "the operation has no operationId, so its module would be named after its path"
            )
            continue
        if not operation.get("tags"):
            yield Finding("operation-tag", place, "the operation has no tag, so it would land in `default`")
        keys = (module_name(name), snake(name))
        other = next((seen[key] for key in keys if key in seen), None)
        if other:
            yield Finding(
                "operation-id",
                place,
                f"operationId {name} equals that of {other} as a Python name: one of the two would vanish",
            )
        seen.update(dict.fromkeys(keys, place))


def _schema_names(document: dict[str, Any]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name, schema in components(document, "schemas").items():
        title = schema.get("title") if isinstance(schema, dict) else None
        keys = [write(text) for text in (name, title) if text for write in (class_name, module_name)]
        other = next((seen[key] for key in keys if key in seen), None)
        if other:
            yield Finding(
                "schema-name",
                show_place(("components", "schemas", name)),
                f"as a Python name it equals {other}: one of the two would be dropped",
            )
        seen.update(dict.fromkeys(keys, name))


def _reserved_schemas(document: dict[str, Any]) -> Iterator[Finding]:
    for name in components(document, "schemas"):
        if name in RESERVED_SCHEMAS:
            yield Finding(
                "reserved-schema",
                show_place(("components", "schemas", name)),
                f"generated code uses the name {name} itself: rename the schema",
            )


def _schemas(document: dict[str, Any]) -> Iterator[Finding]:
    for place, schema in walk_schemas(document):
        where = show_place(place)
        if isinstance(schema, bool):
            if place[-1] not in _MAY_BE_BOOLEAN:
                yield Finding(
                    "boolean-schema", where, "boolean schemas make the generator refuse the document: write {}"
                )
            continue
        types = schema.get("type")
        kinds = types if isinstance(types, list) else [types]
        if "array" in kinds and "items" not in schema and "prefixItems" not in schema:
            yield Finding("array-items", where, "an array without items drops the whole schema")
        reference = schema.get("$ref", "")
        if "$defs" in schema or "$defs" in split_pointer(reference):
            yield Finding("defs", where, "$defs are not read: make it a component")
        if reference == join_pointer(place):
            yield Finding("self-reference", where, "the schema refers only to itself")
        yield from _enum(schema, where)


def _enum(schema: dict[str, Any], where: str) -> Iterator[Finding]:
    values = [value for value in schema.get("enum") or [] if value is not None]
    kinds = {type(value) for value in values}
    if len(kinds) > 1 or kinds & {float, bool, dict, list}:
        yield Finding("enum-type", where, "an enum must hold only strings or only integers")
        return
    names: dict[str, Any] = {}
    for value in values:
        name = re.sub(r"[^0-9A-Z]+", "_", str(value).upper())
        if name in names and "x-enum-varnames" not in schema:
            yield Finding(
                "enum-value", where, f"{names[name]!r} and {value!r} are equal in upper case: the generator stops"
            )
        names[name] = value


def _parameters(document: dict[str, Any]) -> Iterator[Finding]:
    for method, path, operation in operations(document):
        where = show_place(("paths", path, method.lower()))
        declared = parameters(document, path, operation)
        placed = {item.get("name") for item in declared if item.get("in") == "path"}
        for name in re.findall(r"{([^}]+)}", path):
            if name not in placed:
                yield Finding(
                    "path-parameter", where, f"{{{name}}} has no path parameter: the operation would be dropped"
                )
        for item in declared:
            yield from _parameter(document, item, where)


def _parameter(document: dict[str, Any], item: dict[str, Any], where: str) -> Iterator[Finding]:
    name = str(item.get("name"))
    if "content" in item:
        yield Finding("parameter-content", where, f"the parameter {name} uses `content`, which is dropped in silence")


def _header_names(document: dict[str, Any]) -> Iterator[Finding]:
    found = [
        (show_place(("components", "securitySchemes", name)), resolve(document, scheme))
        for name, scheme in components(document, "securitySchemes").items()
    ]
    for method, path, operation in operations(document):
        where = show_place(("paths", path, method.lower()))
        found += [(where, item) for item in parameters(document, path, operation)]
    for where, item in found:
        if item.get("in") == "header" and not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", str(item.get("name"))):
            yield Finding("header-name", where, f"{item.get('name')!r} is no name that a header of HTTP can have")


_RULES: list[Callable[[dict[str, Any]], Iterator[Finding]]] = [
    _operation_ids,
    _schema_names,
    _reserved_schemas,
    _schemas,
    _parameters,
    _header_names,
]
