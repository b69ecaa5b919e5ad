"""Schemas: words the generators read wrongly or not at all, said in words they read."""

from __future__ import annotations

import json
import re
from typing import Any

from scripts.common.document import walk_parts
from scripts.generate.adapt.walks import Notes, deref, live_schemas, schemas_of
from scripts.spec.upgrade import OLD_WORDS

_UNREAD = (
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "propertyNames",
    "contains",
    "unevaluatedProperties",
    "unevaluatedItems",
    "$defs",
    "definitions",
    "$id",
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$recursiveAnchor",
    "$recursiveRef",
    "$vocabulary",
    "$schema",
    "$comment",
    "xml",
)
_EXCLUSIVE = ("exclusiveMinimum", "exclusiveMaximum")
_FORMATS = frozenset(
    {"date", "date-time", "uuid", "binary", "byte", "email", "uri", "url", "hostname", "ipv4", "ipv6", "password"}
    | {"time", "duration", "decimal"}
)
_OTHER_FORMATS = {
    "integer": frozenset({"int32", "int64"}),
    "number": frozenset({"float", "double", "decimal"}),
    **dict.fromkeys(("boolean", "object", "array"), frozenset[str]()),
}
# Formats that become a type of their own, which takes no limit of text.
_TYPED = frozenset({"date", "date-time", "uuid", "uri", "url", "time", "duration", "binary"})
# What is said about the place of a schema, not about its values.
_BESIDE = ("description", "readOnly", "writeOnly", "deprecated")
_LONGEST = 100  # characters of a default in a text
_SINGLE = ("items", "additionalProperties")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")


def boolean_schemas(document: dict[str, Any], notes: Notes) -> None:
    """`true` is any value; a member that is `false` cannot be given and goes."""
    named = (document.get("components") or {}).get("schemas") or {}
    for name in [key for key, value in named.items() if isinstance(value, bool)]:
        named[name] = {}
        notes.add(("components", "schemas", name), "a boolean schema is any value")
    for kind, place, part in list(walk_parts(document)):
        if kind in ("parameter", "header", "media") and isinstance(part.get("schema"), bool):
            part["schema"] = {}
            notes.add((*place, "schema"), "a boolean schema is any value")
        if kind != "schema":
            continue
        properties = part.get("properties")
        if isinstance(properties, dict):
            for name in [key for key, value in properties.items() if isinstance(value, bool)]:
                notes.add((*place, "properties", name), "a boolean schema is any value, or none")
                if properties[name]:
                    properties[name] = {}
                else:
                    del properties[name]
        if isinstance(part.get("items"), bool):
            part["items"] = {}
        for word in _LISTS:
            if isinstance(part.get(word), list):
                possible = [value for value in part[word] if value is not False and _has_values(document, value)]
                part[word] = [{} if value is True else value for value in possible]


def _has_values(document: dict[str, Any], schema: Any) -> bool:
    return deref(document, schema).get("enum") != []


def without_discarded_words(document: dict[str, Any], notes: Notes) -> None:
    """Words that only narrow what is valid, and that no generator reads, go from the copy."""
    for place, part in schemas_of(document):
        if part.keys() & {"$dynamicRef", "$recursiveRef"}:
            notes.add(place, "what a dynamic reference stands for is not known here: any value")
        for word in _UNREAD:
            part.pop(word, None)
        if part.get("items") is None and part.get("type") == "array" and not part.get("prefixItems"):
            part["items"] = {}
        kinds = part.get("type")
        if isinstance(kinds, list) and "array" in kinds and "items" not in part and "prefixItems" not in part:
            part["items"] = {}


def old_words(document: dict[str, Any], notes: Notes) -> None:
    """Limits and null as 3.0 says them are meant in 3.1 too."""
    for place, part in schemas_of(document):
        if part.get("nullable") is True or any(isinstance(part.get(word), bool) for word in _EXCLUSIVE):
            notes.add(place, "words of OpenAPI 3.0 are read as they are meant")
            for step in OLD_WORDS:
                step(part)


def type_lists(document: dict[str, Any], notes: Notes) -> None:
    """A list of one type is that type, a member that is null is any value; `required` that is no list, as in version 3 of JSON Schema, says nothing here."""
    for place, part in schemas_of(document):
        kinds = part.get("type")
        if isinstance(kinds, list) and len(kinds) == 1:
            part["type"] = kinds[0]
        # A member that can only be null would be written where nothing came.
        if part.get("type") == "null" and place[-2] == "properties":
            del part["type"]
            notes.add(place, "null is read as any value")
        if kinds == []:
            del part["type"]
        if kinds is None and "items" in part and not part.keys() & {"$ref", "allOf", "anyOf", "oneOf"}:
            part["type"] = "array"
        if not isinstance(part.get("required", []), list):
            del part["required"]


def formats(document: dict[str, Any], notes: Notes) -> None:
    """Formats nobody registered say nothing; formats with a type of their own take no limits of text; files are `binary`."""
    for place, part in schemas_of(document):
        if (
            part.get("type") == "string"
            and ("contentMediaType" in part or part.get("contentEncoding") == "binary")
            and "format" not in part
        ):
            if part.get("contentEncoding") not in ("base64", "base64url") and "contentSchema" not in part:
                part["format"] = "binary"
            part.pop("contentMediaType", None)
        part.pop("contentSchema", None)
        named = part.get("format")
        if named is None:
            continue
        kind = part.get("type")
        if named not in (_OTHER_FORMATS.get(kind, _FORMATS) if isinstance(kind, str) else _FORMATS):
            del part["format"]
            notes.add(place, f"the format {named!r} is nobody's and says nothing")
        elif named in _TYPED:
            for word in ("minLength", "maxLength", "pattern"):
                if word in part:
                    del part[word]
                    notes.add(place, f"{word} beside the format {named} is not checked")


def defaults(document: dict[str, Any], notes: Notes) -> None:
    """A default is what the server takes where nothing is sent: the text says it, and the client has none of its own."""
    for kind, _, part in walk_parts(document):
        if kind == "parameter":
            _say_default(part, deref(document, part.get("schema")))
    for _, part in schemas_of(document):
        _say_default(part, part)
        part.pop("default", None)


def _say_default(part: dict[str, Any], schema: dict[str, Any]) -> None:
    value, text = schema.get("default"), part.get("description") or ""
    short = isinstance(value, str | int | float) and len(str(value)) <= _LONGEST
    if short and isinstance(text, str) and "default" not in text.lower():
        said = re.sub(r"(?<=[^.!?\s])\s*$", ". ", text)
        part["description"] = f"{said.rstrip()} The default is {json.dumps(value, ensure_ascii=False)}.".lstrip()


def constants(document: dict[str, Any], notes: Notes) -> None:
    """A constant is an enum of one value, and may be null where its type says so; one that is an object, a list or a fraction is any value of its type."""
    for place, part in schemas_of(document):
        value = part.pop("const", None)
        if isinstance(value, dict | list | float):
            notes.add(place, "a constant of this kind is any value of its type")
        elif value is not None:
            part["enum"] = [value, *([None] if "null" in (part.get("type") or ()) else [])]


def pattern_properties(document: dict[str, Any], notes: Notes) -> None:
    """Members under a pattern are further members of their type."""
    for place, part in schemas_of(document):
        patterns = part.pop("patternProperties", None)
        if isinstance(patterns, dict) and patterns and part.get("additionalProperties") in (None, False, True):
            kinds = list(patterns.values())
            part["additionalProperties"] = kinds[0] if len(kinds) == 1 and isinstance(kinds[0], dict) else {}
            part.setdefault("type", "object")
            notes.add(place, "members under a pattern are further members")


def open_unions(document: dict[str, Any], notes: Notes) -> None:
    """A union of which every variant is any value is any value."""
    for _, part in schemas_of(document):
        for word in ("anyOf", "oneOf"):
            if part.get(word) and not any(part[word]):
                del part[word]


def split_null(document: dict[str, Any], notes: Notes) -> None:
    """An object that may be null is a union of the object and null."""
    for _, part in live_schemas(document):
        kinds = part.get("type")
        if isinstance(kinds, list) and "null" in kinds and {"properties", "additionalProperties"} & part.keys():
            kept: dict[str, Any] = {key: part.pop(key) for key in _BESIDE if key in part}
            left = [kind for kind in kinds if kind != "null"]
            inner = {**part, "type": left[0] if len(left) == 1 else left}
            part.clear()
            part.update({"anyOf": [inner, {"type": "null"}], **kept})


def break_recursion(document: dict[str, Any], notes: Notes) -> None:
    """A named array or union that holds itself is any value at the place where it would begin again; objects may hold themselves."""
    named = (document.get("components") or {}).get("schemas") or {}

    def is_object(schema: Any) -> bool:
        return isinstance(schema, dict) and (
            "properties" in schema or ("allOf" in schema) or schema.get("type") == "object"
        )

    for name, schema in named.items():
        if is_object(schema):
            continue
        open_nodes: list[tuple[Any, tuple[str, ...]]] = [(schema, (name,))]
        while open_nodes:
            node, trail = open_nodes.pop()
            if not isinstance(node, dict):
                continue
            reference = node.get("$ref")
            if isinstance(reference, str):
                target = reference.removeprefix("#/components/schemas/")
                if target == name or target in trail:
                    node.clear()
                    notes.add(("components", "schemas", name), f"where {target} begins again it is any value")
                elif not is_object(named.get(target)):
                    open_nodes.append((named.get(target), (*trail, target)))
                continue
            open_nodes += [(node[word], trail) for word in _SINGLE if word in node]
            open_nodes += [(item, trail) for word in _LISTS for item in node.get(word) or []]
