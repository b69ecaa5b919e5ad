"""What the generator would lose or break without a word, found before it runs.

Each rule states a measured behaviour of openapi-python-client 0.29.1 or datamodel-code-generator 0.89.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from scripts.common.document import components, operations, resolve, snake, walk_schemas
from scripts.common.jsonpath import show_place

RESERVED_PROPERTIES = frozenset({"cls", "d", "to_dict", "from_dict", "field_dict", "additional_properties"})
# Names that generated modules use beside those of the schemas.
RESERVED_SCHEMAS = frozenset(
    {
        *(
            "Any",
            "BaseClient",
            "AsyncBaseClient",
            "CallArguments",
            "CallOptions",
            "Response",
            "Job",
            "AsyncJob",
            "SyncPages",
            "AsyncPages",
        ),
        *("Mapping", "Unset", "File", "Secret", "Self", "ClassVar"),
    }
)
READABLE = (
    "application/json",
    "text/",
    "application/octet-stream",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
)

_DELIMITERS = "\\. _-"


@dataclass(frozen=True)
class Finding:
    """Hold one fault: which rule, where, what would happen."""

    rule: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} [{self.rule}]"


def module_name(name: str) -> str:
    """Write a name exactly as the generator names modules and arguments: two names that are equal here are one file or one argument there."""
    return "_".join(_words(name)).lower()


def class_name(name: str) -> str:
    """Write a name exactly as the generator names classes."""
    return "".join(word if word.isupper() else word.capitalize() for word in _words(name))


def _words(name: str) -> list[str]:
    kept = "".join(letter for letter in name if letter.isidentifier() or letter.isdecimal() or letter in _DELIMITERS)
    if any(map(str.isupper, kept)):
        kept = " ".join(re.split("([A-Z]?[a-z]+)", kept))
    return re.findall(rf"[^{re.escape(_DELIMITERS)}]+", kept)


def check_readiness(document: dict[str, Any]) -> list[Finding]:
    """Return everything in an effective spec that generated code could not carry."""
    return [finding for rule in _RULES for finding in rule(document)]


def _operation_ids(document: dict[str, Any]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for method, path, operation in operations(document):
        place = f"{method} {path}"
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
    for name, schema in components(document, "schemas"):
        title = schema.get("title") if isinstance(schema, dict) else None
        keys = [write(text) for text in (name, title) if text for write in (class_name, module_name)]
        other = next((seen[key] for key in keys if key in seen), None)
        if other:
            yield Finding(
                "schema-name",
                f"$['components']['schemas']['{name}']",
                f"as a Python name it equals {other}: one of the two would be dropped",
            )
        seen.update(dict.fromkeys(keys, name))


def _reserved_schemas(document: dict[str, Any]) -> Iterator[Finding]:
    for name, _ in components(document, "schemas"):
        if name in RESERVED_SCHEMAS:
            yield Finding(
                "reserved-schema",
                f"$['components']['schemas']['{name}']",
                f"generated code uses the name {name} itself: rename the schema",
            )


def _schemas(document: dict[str, Any]) -> Iterator[Finding]:
    for place, schema in walk_schemas(document):
        where = show_place(place)
        if isinstance(schema, bool):
            yield Finding("boolean-schema", where, "boolean schemas make the generator refuse the document: write {}")
            continue
        types = schema.get("type")
        kinds = types if isinstance(types, list) else [types]
        if "array" in kinds and "items" not in schema and "prefixItems" not in schema:
            yield Finding("array-items", where, "an array without items drops the whole schema")
        if "$defs" in schema or str(schema.get("$ref", "")).rfind("/$defs/") > 0:
            yield Finding("defs", where, "$defs are not read: make it a component")
        if list(schema) == ["$ref"] and f"#/{'/'.join(map(str, place))}" == schema["$ref"]:
            yield Finding("self-reference", where, "the schema refers only to itself")
        for name in schema.get("properties") or {}:
            if snake(name) in RESERVED_PROPERTIES:
                yield Finding("reserved-property", where, f"a property named {name} breaks the generated class")
        yield from _enum(schema, where)
        yield from _equal_properties(schema, where)


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


def _equal_properties(schema: dict[str, Any], where: str) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name in schema.get("properties") or {}:
        other = seen.setdefault(module_name(name), name)
        # `_id` beside `id` is kept apart by the generator; anything else that meets would overwrite.
        if other != name and name.lstrip("_") != other.lstrip("_"):
            yield Finding("property-name", where, f"{other} and {name} are one Python name")


def _parameters(document: dict[str, Any]) -> Iterator[Finding]:
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        parameters = [
            resolve(document, item)
            for item in [*(document["paths"][path].get("parameters") or []), *(operation.get("parameters") or [])]
        ]
        named = {item.get("name") for item in parameters if item.get("in") == "path"}
        for name in re.findall(r"{([^}]+)}", path):
            if name not in named:
                yield Finding(
                    "path-parameter", where, f"{{{name}}} has no path parameter: the operation would be dropped"
                )
        names: dict[str, str] = {}
        for item in parameters:
            name, schema = str(item.get("name")), resolve(document, item.get("schema") or {})
            if "content" in item:
                yield Finding(
                    "parameter-content", where, f"the parameter {name} uses `content`, which is dropped in silence"
                )
            if item.get("in") == "query" and snake(name) == "body":
                yield Finding("parameter-body", where, "a query parameter named body makes a file with a syntax error")
            if item.get("in") == "header" and (
                schema.get("type") == "array" or schema.get("format") in ("date-time", "date")
            ):
                yield Finding(
                    "header-type", where, f"the header {name} is an array or a time: the operation would be dropped"
                )
            other = names.setdefault(module_name(name), name)
            if other != name:
                yield Finding("parameter-name", where, f"{other} and {name} are one Python name")


def _media(document: dict[str, Any]) -> Iterator[Finding]:
    for method, path, operation in operations(document):
        body = resolve(document, operation.get("requestBody") or {})
        contents = [("request", body.get("content") or {})]
        contents += [
            (status, resolve(document, item).get("content") or {})
            for status, item in (operation.get("responses") or {}).items()
        ]
        for place, content in contents:
            for media in content:
                if not media.startswith(READABLE) and not media.partition(";")[0].endswith("+json"):
                    yield Finding(
                        "media-type",
                        f"{method} {path}, {place}",
                        f"{media} is not read by the generator: the body would be dropped",
                    )


def _statuses(document: dict[str, Any]) -> Iterator[Finding]:
    for method, path, operation in operations(document):
        responses = operation.get("responses") or {}
        if not any(status.startswith("2") for status in responses):
            yield Finding(
                "success", f"{method} {path}", "no 2xx response is described, so the call would have no result"
            )


_RULES: list[Callable[[dict[str, Any]], Iterator[Finding]]] = [
    _operation_ids,
    _schema_names,
    _reserved_schemas,
    _schemas,
    _parameters,
]
