"""Walk an OpenAPI document and follow its references: the only place that does either.

What the walker enters is a table of kinds below. Extensions (`x-…`), examples, defaults and enums hold data of the vendor, so nothing in them is
a part of the document, and a `$ref` in them refers to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple
from urllib.parse import unquote

from scripts.common.jsonpath import Place

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_LONGEST_CHAIN = 50  # references that refer to references


class Kind(Enum):
    """Say how the members of a node are read."""

    OBJECT = "an object of OpenAPI"
    NAMED = "names given by the vendor, each with an object"
    SCHEMA = "a JSON schema"
    SCHEMAS = "names given by the vendor, each with a schema"


class Part(NamedTuple):
    """Hold one mapping or boolean schema of a document and its place from the root."""

    place: Place
    kind: Kind
    node: Any


_DATA = frozenset({"example", "default", "const", "enum", "value"})
# The member that holds a part, or the map or list of such parts → what the part is.
_NAMES = {
    "paths": "path item",
    "webhooks": "path item",
    "pathItems": "path item",
    "parameters": "parameter",
    "headers": "header",
    "responses": "response",
    "requestBodies": "body",
    "content": "media",
    "mediaTypes": "media",
    "securitySchemes": "security scheme",
    "examples": "example",
    "links": "link",
    "callbacks": "callback",
    "encoding": "encoding",
    "servers": "server",
    "tags": "tag",
    "additionalOperations": "operation",
}
_NAMED = frozenset({*_NAMES, "variables"})
_SCHEMAS = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
_SCHEMA = frozenset(
    [
        "items",
        "prefixItems",
        "contains",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "additionalProperties",
        "unevaluatedProperties",
        "unevaluatedItems",
        "propertyNames",
        "contentSchema",
    ]
)


_ENTERED = (dict, list, bool)


def kind_below(kind: Kind, key: str | int) -> Kind | None:
    """Return the kind of a member of a node, or None where the vendor's data begin."""
    if kind is Kind.NAMED or kind is Kind.SCHEMAS:
        return Kind.OBJECT if kind is Kind.NAMED else Kind.SCHEMA
    if isinstance(key, int):
        return kind
    if key.startswith("x-") or key in _DATA:
        return None
    if kind is Kind.SCHEMA:
        if key in _SCHEMAS:
            return Kind.SCHEMAS
        return Kind.SCHEMA if key in _SCHEMA else None
    if key == "schema":
        return Kind.SCHEMA
    if key in ("schemas", "definitions"):  # the latter in Swagger 2.0
        return Kind.SCHEMAS
    return Kind.NAMED if key in _NAMED else Kind.OBJECT


def is_data(place: Place) -> bool:
    """Tell whether a place lies in the vendor's data, where `$ref` means nothing."""
    kind: Kind | None = Kind.OBJECT
    for step in place:
        if kind is None:
            break
        kind = kind_below(kind, step)
    return kind is None


def walk(document: Any) -> Iterator[Part]:
    """Yield every part of a document in its own order, a part before what is in it."""
    waiting: list[Part] = [Part((), Kind.OBJECT, document)]
    while waiting:
        part = waiting.pop()
        place, kind, node = part
        if isinstance(node, dict):
            yield part
            members: Any = node.items()
        elif isinstance(node, list):
            members = enumerate(node)
        else:
            if isinstance(node, bool) and kind is Kind.SCHEMA:
                yield part
            continue
        waiting += reversed(
            [
                Part((*place, key), below, value)
                for key, value in members
                if isinstance(value, _ENTERED) and (below := kind_below(kind, key))
            ]
        )


def walk_parts(document: Any) -> Iterator[tuple[str, Place, dict[str, Any]]]:
    """Yield (what it is, place, part) for every mapping of a document that OpenAPI names, `schema` or `operation` for example.

    A part may be changed while it is in the caller's hands: its children are looked up afterwards.
    """
    for place, kind, node in walk(document):
        if not isinstance(node, dict):
            continue
        if kind is Kind.SCHEMA:
            yield "schema", place, node
        elif not place:
            yield "document", place, node
        elif kind is Kind.OBJECT:
            own, owner = place[-1], place[-2] if len(place) > 1 else ""
            if own == "requestBody":
                yield "body", place, node
            elif own in (*METHODS, "query") and len(place) > 2:
                yield "operation", place, node
            elif str(owner) in _NAMES:
                yield _NAMES[str(owner)], place, node


def walk_schemas(document: Any) -> Iterator[tuple[Place, Any]]:
    """Yield (place, schema) for every schema of a document, wherever it stands; a schema may be a boolean."""
    return ((part.place, part.node) for part in walk(document) if part.kind is Kind.SCHEMA)


def members_of(document: Mapping[str, Any], schema: Any, depth: int = 0) -> dict[str, dict[str, Any]]:
    """Return the properties of a schema as they stand, those of the parts of `allOf` included."""
    schema = mapping(resolve(document, schema))
    found: dict[str, dict[str, Any]] = {}
    for part in schema.get("allOf") or [] if depth < 20 else []:
        found |= members_of(document, part, depth + 1)
    return found | {name: item for name, item in mapping(schema.get("properties")).items() if isinstance(item, dict)}


def operations(document: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """List (method in upper case, path, operation) of a document in its own order; an extension among the paths is no path."""
    return [
        (method.upper(), path, operation)
        for path, item in mapping(document.get("paths")).items()
        for method, operation in mapping(item).items()
        if method in METHODS and isinstance(operation, dict) and not str(path).startswith("x-")
    ]


def parameters(document: Mapping[str, Any], path: str, operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the parameters of an operation, those of its path first unless the operation has its own, references followed."""
    shared = mapping(mapping(document.get("paths")).get(path)).get("parameters") or []
    found = [resolve(document, item) for item in [*shared, *(operation.get("parameters") or [])]]
    return list({(item.get("in"), item.get("name")): item for item in found}.values())


def address_of(server: Mapping[str, Any]) -> str:
    """Return the address of a server with the defaults of its variables; one without a default stays as it is written."""
    url = str(server.get("url") or "")
    for name, variable in mapping(server.get("variables")).items():
        url = url.replace(f"{{{name}}}", str(mapping(variable).get("default") or f"{{{name}}}"))
    return url


def components(document: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return the components of one kind by name."""
    return mapping(mapping(document.get("components")).get(kind))


def mapping(node: Any) -> dict[str, Any]:
    """Return a mapping, or an empty one in place of anything else."""
    return node if isinstance(node, dict) else {}


def resolve(document: Mapping[str, Any], node: Any) -> dict[str, Any]:
    """Follow local references to a mapping; what leads nowhere, in circles or to no mapping is empty."""
    for _ in range(_LONGEST_CHAIN):
        reference = mapping(node).get("$ref")
        if not isinstance(reference, str):
            return mapping(node)
        try:
            node = resolve_pointer(document, reference)
        except LookupError:
            return {}
    return {}


def resolve_pointer(document: Any, pointer: str) -> Any:
    """Return what a pointer such as `#/components/schemas/Perk` points at; raises `LookupError` when nothing is there."""
    node = document
    for key in split_pointer(pointer):
        if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, dict) and key in node:
            node = node[key]
        else:
            raise LookupError(key)
    return node


def split_pointer(pointer: str) -> list[str]:
    """Split a JSON pointer, with or without `#`, into its plain parts; raises `LookupError` for an anchor or an address."""
    text = pointer.removeprefix("#")
    if text and not text.startswith("/"):
        raise LookupError(pointer)
    return [unquote(part).replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def join_pointer(place: list[str | int] | Place) -> str:
    """Write a place as a JSON pointer that starts with `#`."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


def reached(leads: Mapping[str, Iterable[str]], start: str) -> set[str]:
    """Return every name that can be reached from one by one step or more of name → next names."""
    found: set[str] = set()
    waiting = list(leads.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += leads.get(name, ())
    return found


def referred_name(reference: str) -> str:
    """Return the name of the component a reference points at; a plain name, as a discriminator may have, is its own."""
    return split_pointer(reference)[-1] if reference.startswith("#/") else reference
