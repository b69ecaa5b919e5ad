"""What every later stage takes for granted of a document: mappings where OpenAPI has mappings, lists where it has lists, texts where it has texts.

The validator knows more rules, but it judges what adapt has made; this is what adapt needs to begin.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from scripts.common.document import METHODS, components, mapping, reached, referred_name, resolve, walk_parts
from scripts.common.jsonpath import Place, show_place

# Of one schema, with all that its `allOf` is made of, and how deep it goes: more than any real one has.
MAX_PARTS, MAX_DEPTH = 10_000, 200


@dataclass(frozen=True)
class Fault:
    """Hold one structural fault and its place from the root."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{show_place(self.place)}: {self.message}"


class Shape(NamedTuple):
    """Say what a member is, and tell whether a value is that."""

    words: str
    fits: Callable[[Any], bool]


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


def _list(inner: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(item is None or inner(item) for item in value)


def _named(inner: Callable[[Any], bool], *, extended: bool = False) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, dict)
        and all(item is None or inner(item) or (extended and str(key).startswith("x-")) for key, item in value.items())
    )


TEXT = Shape("a text", _is(str, int, float))
FLAG = Shape("true or false", _is(bool))
MAP = Shape("a mapping", _is(dict))
LIST = Shape("a list", _is(list))
MAPS = Shape("a mapping of mappings", _named(MAP.fits))
EXTENDED = Shape("a mapping of mappings", _named(MAP.fits, extended=True))
LISTED = Shape("a list of mappings", _list(MAP.fits))
TEXTS = Shape("a list of texts", _list(TEXT.fits))
SCHEMA = Shape("a schema", _is(dict, bool))
SCHEMAS = Shape("a mapping of schemas", _named(SCHEMA.fits))
VARIANTS = Shape("a list of schemas", _list(SCHEMA.fits))
TYPES = Shape("a type", lambda value: isinstance(value, str) or _list(_is(str))(value))
DEMANDS = Shape("a list of texts", lambda value: isinstance(value, bool) or TEXTS.fits(value))  # a flag in version 3
SCOPES = Shape("a list of schemes with their scopes", _list(_named(LIST.fits)))

_TOLD = {"description": TEXT, "summary": TEXT, "$ref": TEXT}
_VALUE = {"schema": SCHEMA, "content": MAPS, "style": TEXT, "explode": FLAG, "required": FLAG}
_SCHEMA = {
    **dict.fromkeys(("$ref", "$anchor", "title", "description", "format", "pattern"), TEXT),
    **dict.fromkeys(("readOnly", "writeOnly", "deprecated"), FLAG),
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"), SCHEMAS),
    **dict.fromkeys(("items", "additionalProperties", "not", "if", "then", "else", "contains"), SCHEMA),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), VARIANTS),
    "enum": LIST,
    "discriminator": MAP,
    "type": TYPES,
    "required": DEMANDS,
}
SHAPES: dict[str, dict[str, Shape]] = {
    "document": {
        **dict.fromkeys(("paths", "webhooks", "components"), EXTENDED),
        "info": MAP,
        "servers": LISTED,
        "tags": LISTED,
        "security": SCOPES,
        "externalDocs": MAP,
    },
    "components": {
        **dict.fromkeys(
            ("responses", "parameters", "examples", "requestBodies", "headers", "links", "callbacks"), MAPS
        ),
        "securitySchemes": MAPS,
        "pathItems": MAPS,
        "schemas": SCHEMAS,
    },
    "info": {**_TOLD, "title": TEXT, "version": TEXT},
    "path item": {**_TOLD, "parameters": LISTED, "servers": LISTED, **dict.fromkeys(METHODS, MAP)},
    "operation": {
        **_TOLD,
        "operationId": TEXT,
        "tags": TEXTS,
        "parameters": LISTED,
        "requestBody": MAP,
        "responses": EXTENDED,
        "security": SCOPES,
        "servers": LISTED,
        "callbacks": EXTENDED,
        "deprecated": FLAG,
        "externalDocs": MAP,
    },
    "parameter": {**_TOLD, **_VALUE, "name": TEXT, "in": TEXT},
    "header": {**_TOLD, **_VALUE},
    "body": {**_TOLD, "required": FLAG, "content": MAPS},
    "media": {"schema": SCHEMA, "encoding": MAPS},
    "response": {**_TOLD, "headers": MAPS, "content": MAPS, "links": MAPS},
    "security scheme": {
        **_TOLD,
        **dict.fromkeys(("type", "name", "in", "scheme", "openIdConnectUrl"), TEXT),
        "flows": EXTENDED,
    },
    "flow": {"tokenUrl": TEXT, "authorizationUrl": TEXT, "refreshUrl": TEXT, "scopes": MAP},
    "server": {**_TOLD, "url": TEXT, "variables": MAPS},
    "tag": {**_TOLD, "name": TEXT},
    "schema": _SCHEMA,
    "discriminator": {"propertyName": TEXT, "mapping": MAP},
}


# What a part is nothing without, unless it refers to another.
_NEEDED = {"parameter": ("name", "in"), "security scheme": ("type",), "discriminator": ("propertyName",)}

_INNER = {"document": ("info", "components"), "schema": ("discriminator",)}


def shaped(document: dict[str, Any]) -> Iterator[tuple[str, Place, dict[str, Any]]]:
    """Yield (kind, place, part) for every part of a document that `SHAPES` describes; a part may be changed in the caller's hands."""
    for kind, place, part in walk_parts(document):
        yield kind, place, part
        for member in _INNER.get(kind, ()):
            if isinstance(part.get(member), dict):
                yield member, (*place, member), part[member]
        if kind == "security scheme" and isinstance(part.get("flows"), dict):
            flows = [(name, flow) for name, flow in part["flows"].items() if isinstance(flow, dict)]
            yield from (("flow", (*place, "flows", name), flow) for name, flow in flows)


def find_misshapen(document: dict[str, Any]) -> list[Fault]:
    """Return every member of a document in OpenAPI 3.1 that has another shape than code can be made from; null counts as left out."""
    faults = [
        Fault(("paths", path), f"the path {path!r} does not begin with a slash")
        for path in mapping(document.get("paths"))
        if not path.startswith(("/", "x-"))
    ] + [
        Fault(("paths", path), f"the braces of the path {path!r} do not match")
        for path in mapping(document.get("paths"))
        if {"{", "}"} & set(re.sub(r"{[^{}]*}", "", path))
    ]
    for kind, place, part in shaped(document):
        faults += [
            Fault((*place, name), f"{_shown(part[name])} stands where {shape.words} belongs")
            for name, shape in SHAPES.get(kind, {}).items()
            if part.get(name) is not None and not shape.fits(part[name])
        ]
        whole = resolve(document, part) if kind in _NEEDED and "$ref" in part else part
        if whole or "$ref" not in part:
            faults += [
                Fault(place, f"the {kind} has no `{name}`") for name in _NEEDED.get(kind, ()) if whole.get(name) is None
            ]
    return faults


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return f"a {'mapping' if isinstance(value, dict) else 'list'} of {len(value)}"
    return repr(value) if len(repr(value)) < 40 else f"{repr(value)[:37]}…"


def find_crowded(document: dict[str, Any]) -> list[Fault]:
    """Return the schemas whose `allOf` multiplies or holds itself, or whose variants multiply: whoever joins its parts would not end."""
    named = components(document, "schemas")
    counts: dict[str, int] = {}
    parts = {name: {*_within(schema, "allOf")} - {name} for name, schema in named.items()}
    return [
        Fault(("components", "schemas", name), "every variant of it is itself, so nothing says what it is")
        for name in _groundless(named)
    ] or [
        Fault(
            ("components", "schemas", name),
            f"its parts and variants hold themselves, go deeper than {MAX_DEPTH} or come to more than {MAX_PARTS}",
        )
        for name in named
        if name in reached(parts, name) or _count(named, name, counts, ()) > MAX_PARTS
    ]


def _within(schema: Any, word: str) -> list[str]:
    """Return the name that each part or variant of a schema refers to, empty for one that stands there itself."""
    references = [mapping(part).get("$ref") for part in mapping(schema).get(word) or []]
    return [referred_name(reference) if isinstance(reference, str) else "" for reference in references]


def _groundless(named: dict[str, Any]) -> list[str]:
    """Return the unions whose variants, and theirs, are nothing but each other."""
    left: dict[str, set[str]] = {}
    for name, schema in named.items():
        variants = {*_within(schema, "anyOf"), *_within(schema, "oneOf")}
        if variants and "" not in variants:
            left[name] = variants
    while grounded := [name for name, variants in left.items() if variants - left.keys()]:
        for name in grounded:
            del left[name]
    return list(left)


def _count(named: dict[str, Any], name: str, counts: dict[str, int], above: tuple[str, ...]) -> int:
    if name in above:
        return 0  # a union may hold itself, and its children may be made of it
    if len(above) > MAX_DEPTH:
        return MAX_PARTS + 1
    if name not in counts:
        inner = [part for word in ("allOf", "anyOf", "oneOf") for part in _within(named.get(name), word)]
        found = 1 + sum(_count(named, part, counts, (*above, name)) if part in named else 1 for part in inner)
        counts[name] = min(found, MAX_PARTS + 1)
    return counts[name]
