"""Schemas: words the generators read wrongly or not at all, said in words they read."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from scripts.common.document import operations, walk_parts
from scripts.common.jsonpath import Place
from scripts.generate.adapt.notes import Notes

_UNREAD = (
    *("not", "if", "then", "else", "dependentSchemas", "dependentRequired", "propertyNames", "contains"),
    *(
        "unevaluatedProperties",
        "unevaluatedItems",
        "$defs",
        "definitions",
        "$id",
        "$anchor",
        "$schema",
        "$comment",
        "xml",
    ),
)
_FORMATS = frozenset(
    {
        *("date", "date-time", "uuid", "binary", "byte", "email", "uri", "url", "hostname", "ipv4", "ipv6", "password"),
        *("int32", "int64", "float", "double", "decimal", "time", "duration"),
    }
)
# Formats that become a type of their own, which takes no limit of text.
_TYPED = frozenset({"date", "date-time", "uuid", "uri", "url", "time", "duration", "binary"})
# What is said about the place of a schema, not about its values.
_BESIDE = ("description", "readOnly", "writeOnly", "deprecated")
_SINGLE = ("items", "additionalProperties")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")


def _schemas(document: dict[str, Any]) -> list[tuple[Place, dict[str, Any]]]:
    return [(place, part) for kind, place, part in walk_parts(document) if kind == "schema"]


def _live(document: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the schemas such that what a step puts into one is visited too."""
    return ((place, part) for kind, place, part in walk_parts(document) if kind == "schema")


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
                part[word] = [{} if value is True else value for value in part[word] if value is not False]


def without_discarded_words(document: dict[str, Any], notes: Notes) -> None:
    """Words that only narrow what is valid, and that no generator reads, go from the copy."""
    for _, part in _schemas(document):
        for word in _UNREAD:
            part.pop(word, None)
        if part.get("items") is None and part.get("type") == "array" and not part.get("prefixItems"):
            part["items"] = {}
        kinds = part.get("type")
        if isinstance(kinds, list) and "array" in kinds and "items" not in part and "prefixItems" not in part:
            part["items"] = {}


def type_lists(document: dict[str, Any], notes: Notes) -> None:
    """A list of one type is that type; `required` that is no list, as in version 3 of JSON Schema, says nothing here."""
    for _, part in _schemas(document):
        kinds = part.get("type")
        if isinstance(kinds, list) and len(kinds) == 1:
            part["type"] = kinds[0]
        if isinstance(kinds, list) and not kinds:
            del part["type"]
        if not isinstance(part.get("required", []), list):
            del part["required"]


def enums(document: dict[str, Any], notes: Notes) -> None:
    """An enum holds either texts or whole numbers, each once, under names that differ; any other is its plain type."""
    for place, part in _schemas(document):
        values = part.get("enum")
        if not isinstance(values, list):
            continue
        kind = part.get("type")
        kinds: list[Any] = kind if isinstance(kind, list) else [kind]
        if (
            "string" in kinds
            and any(isinstance(item, int | float) for item in values)
            and not {"integer", "number"} & set(kinds)
        ):
            values = [
                item if item is None else ("true" if item is True else "false" if item is False else str(item))
                for item in values
            ]
            notes.add(place, "the values of the enum are texts")
        unique = [
            item
            for index, item in enumerate(values)
            if not any(type(item) is type(other) and item == other for other in values[:index])
        ]
        real = [item for item in unique if item is not None]
        texts, numbers = all(isinstance(item, str) for item in real), all(type(item) is int for item in real)
        if not real or not (texts or numbers):
            del part["enum"]
            part.pop("x-enum-varnames", None)
            notes.add(place, "an enum of other values than texts or whole numbers is its plain type")
            continue
        part["enum"] = unique
        if texts and not isinstance(part.get("x-enum-varnames"), list):
            names = enum_names([str(item) for item in real])
            if names is not None:
                part["x-enum-varnames"] = names
                notes.add(place, "the members of the enum get names that differ")


_SIGNS = {
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    "%": "PERCENT",
    "=": "EQUAL",
    "<": "LESS",
    ">": "GREATER",
    "!": "NOT",
    "": "EMPTY",
    " ": "SPACE",
}


def enum_names(values: list[str]) -> list[str] | None:
    """Return names for the members of an enum of texts where the plain rule (upper case, `_` between words) would make two equal or none; else None."""
    import re

    plain = [re.sub(r"[^0-9A-Z]+", "_", value.upper()).strip("_") for value in values]
    if all(plain) and len(set(plain)) == len(plain) and not any(name[:1].isdigit() for name in plain):
        return None
    names: list[str] = []
    for value, name in zip(values, plain, strict=True):
        signs = "_".join(
            _SIGNS.get(letter, f"U{ord(letter):04X}")
            for letter in value
            if not letter.isascii() or not letter.isalnum()
        )
        wanted = name or signs or "EMPTY"
        if plain.count(name) > 1 and not (name and re.sub(r"[^0-9A-Z]+", "_", value).strip("_") == name):
            lower = value.isascii() and value.islower() and value.isalnum()
            wanted = (
                f"{name}_LOWER"
                if lower
                else f"{_SIGNS.get(value[:1], 'OTHER')}_{name}"
                if value[:1] in _SIGNS
                else wanted
            )
        if wanted[:1].isdigit():
            wanted = f"VALUE_{wanted}"
        base, number = wanted, 2
        while wanted in names:
            wanted, number = f"{base}_{number}", number + 1
        names.append(wanted)
    return names


def formats(document: dict[str, Any], notes: Notes) -> None:
    """Formats nobody registered say nothing; formats with a type of their own take no limits of text; files are `binary`."""
    for place, part in _schemas(document):
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
        if named not in _FORMATS:
            del part["format"]
            notes.add(place, f"the format {named!r} is nobody's and says nothing")
        elif named in _TYPED:
            for word in ("minLength", "maxLength", "pattern"):
                if word in part:
                    del part[word]
                    notes.add(place, f"{word} beside the format {named} is not checked")


def defaults(document: dict[str, Any], notes: Notes) -> None:
    """A default is what the server takes where nothing is sent, so the client has none of its own."""
    for _, part in _schemas(document):
        part.pop("default", None)


def pattern_properties(document: dict[str, Any], notes: Notes) -> None:
    """Members under a pattern are further members of their type."""
    for place, part in _schemas(document):
        patterns = part.pop("patternProperties", None)
        if isinstance(patterns, dict) and patterns and part.get("additionalProperties") in (None, False, True):
            kinds = list(patterns.values())
            part["additionalProperties"] = kinds[0] if len(kinds) == 1 and isinstance(kinds[0], dict) else {}
            part.setdefault("type", "object")
            notes.add(place, "members under a pattern are further members")


def demanding_variants(document: dict[str, Any], notes: Notes) -> None:
    """Variants that only say which members must be given together are left to the server: an object is one class."""
    for place, part in _schemas(document):
        parts = part.get("allOf")
        if not isinstance(parts, list):
            kept = []
        else:
            # A part that is `required` alone is no alternative: it counts.
            kept = [item for item in parts if not (_only_demands(item) and "required" not in item)]
        if isinstance(parts, list) and len(kept) < len(parts):
            part["allOf"] = kept
            notes.add(place, "which members must be given together is not checked")
        if part.get("allOf") == []:
            del part["allOf"]
        for word in ("oneOf", "anyOf"):
            variants = part.get(word)
            if variants and all(map(_only_demands, variants)) and ({"properties", "allOf"} & part.keys()):
                del part[word]
                notes.add(place, "which members must be given together is not checked")


def _only_demands(part: Any) -> bool:
    """Tell whether a schema holds nothing but alternatives of `required`."""
    if not isinstance(part, dict) or not part.keys() <= {"required", "oneOf", "anyOf", "description", "type"}:
        return False
    variants = [*(part.get("oneOf") or []), *(part.get("anyOf") or [])]
    if not variants:
        return "required" in part
    return all(map(_only_demands, variants))


def merge_parts(document: dict[str, Any], notes: Notes) -> None:
    """`allOf` is merged where its parts say more than the generators join: other types for one member, null, unions, members beside it."""
    for place, part in _live(document):
        parts = part.get("allOf")
        if not isinstance(parts, list):
            continue
        own = {"properties", "required", "oneOf", "anyOf", "additionalProperties"} & part.keys()
        if len(parts) == 1 and not own and part.get("type", "object") == "object":
            continue  # another name of the one part
        if _joins(document, part):
            continue
        merged = _merged(document, part, ())
        if merged is not None:
            part.clear()
            part.update(merged)
            notes.add(place, "the parts of allOf are merged")


def merge_all_parts(document: dict[str, Any], notes: Notes) -> None:
    """Every `allOf` is merged, also where the generators would join the parts."""
    for place, part in _live(document):
        if isinstance(part.get("allOf"), list):
            merged = _merged(document, part, ())
            if merged is not None:
                part.clear()
                part.update(merged)
                notes.add(place, "the parts of allOf are merged")


def split_null(document: dict[str, Any], notes: Notes) -> None:
    """An object that may be null is a union of the object and null."""
    for _, part in _live(document):
        kinds = part.get("type")
        if isinstance(kinds, list) and "null" in kinds and {"properties", "additionalProperties"} & part.keys():
            kept: dict[str, Any] = {key: part.pop(key) for key in _BESIDE if key in part}
            left = [kind for kind in kinds if kind != "null"]
            inner = {**part, "type": left[0] if len(left) == 1 else left}
            part.clear()
            part.update({"anyOf": [inner, {"type": "null"}], **kept})


def _joins(document: dict[str, Any], part: dict[str, Any]) -> bool:
    """Tell whether the generators join the parts themselves: plain objects without a member twice."""
    return _joined(document, part, {}, 0)


def _joined(document: dict[str, Any], part: dict[str, Any], seen: dict[str, Any], depth: int) -> bool:
    if (
        depth > 8
        or {"oneOf", "anyOf", "enum", "additionalProperties"} & part.keys()
        or part.get("type", "object") != "object"
    ):
        return False
    for item in part.get("allOf") or []:
        flat = _deref(document, item)
        adds = flat.get("properties") or flat.get("allOf")
        if (not adds and flat.get("required")) or not _joined(document, flat, seen, depth + 1):
            return False
    for name, schema in (part.get("properties") or {}).items():
        if name in seen and seen[name] != schema:
            return False
        seen[name] = schema
    return True


def _merged(document: dict[str, Any], part: dict[str, Any], open_places: tuple[str, ...]) -> dict[str, Any] | None:
    result: dict[str, Any] = {}
    nullable = True
    own = {key: value for key, value in part.items() if key != "allOf"}
    for item in [*(part.get("allOf") or []), own]:
        reference = item.get("$ref") if isinstance(item, dict) else None
        if isinstance(reference, str):
            if reference in open_places:
                return None
            item = {**_deref(document, item), **{key: value for key, value in item.items() if key != "$ref"}}
        if not isinstance(item, dict):
            continue
        inner: dict[str, Any] | None = copy.deepcopy(item)
        if isinstance(item.get("allOf"), list):
            inner = _merged(document, item, (*open_places, *([reference] if isinstance(reference, str) else [])))
        if inner is None:
            return None
        if inner and inner is not own and "type" in inner:
            nullable = nullable and isinstance(inner["type"], list) and "null" in inner["type"]
        _join(result, inner)
    if isinstance(result.get("type"), list) and "null" in result["type"] and not nullable:
        left = [kind for kind in result["type"] if kind != "null"]
        result["type"] = left[0] if len(left) == 1 else left
    return result


def _join(result: dict[str, Any], inner: dict[str, Any]) -> None:
    for key, value in inner.items():
        if key == "properties":
            mine = result.setdefault("properties", {})
            for name, schema in value.items():
                mine[name] = (
                    {**mine[name], **schema}
                    if name in mine
                    and isinstance(mine[name], dict)
                    and isinstance(schema, dict)
                    and "$ref" not in schema
                    else schema
                )
        elif key == "required" and isinstance(value, list):
            result["required"] = list(dict.fromkeys([*result.get("required", []), *value]))
        elif key in ("oneOf", "anyOf") and (key in result or "oneOf" in result or "anyOf" in result):
            continue  # one union is kept; the values of the other are read as they come
        elif key == "type" and "type" in result and isinstance(result["type"], list) and isinstance(value, list):
            result["type"] = [kind for kind in result["type"] if kind in value] or value
        else:
            result[key] = value


def _deref(document: dict[str, Any], node: Any) -> dict[str, Any]:
    for _ in range(20):
        if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
            break
        named = (document.get("components") or {}).get("schemas") or {}
        node = named.get(node["$ref"].removeprefix("#/components/schemas/")) or {}
    return node if isinstance(node, dict) else {}


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


def directions(document: dict[str, Any], notes: Notes) -> None:
    """A member that only one direction has is required in neither model: `required` counts where the member can be."""
    written, read = _reach(document, writing=True), _reach(document, writing=False)
    for place, part in _schemas(document):
        required = part.get("required")
        if not isinstance(required, list):
            continue
        properties = _declared(document, part, 0)
        owner = place[2] if place[:2] == ("components", "schemas") else None
        for word, reached in (("readOnly", written), ("writeOnly", read)):
            free = [
                name
                for name in required
                if _deref(document, properties.get(name)).get(word) is True
                or (isinstance(properties.get(name), dict) and properties[name].get(word) is True)
            ]
            if free and (owner is None or owner in reached):
                part["required"] = required = [name for name in required if name not in free]
                notes.add(place, f"{', '.join(map(str, free))} is required in one direction only")
        if not required:
            del part["required"]


def _declared(document: dict[str, Any], part: dict[str, Any], depth: int) -> dict[str, Any]:
    """Return the members of a schema, those of the parts of `allOf` included."""
    flat = _deref(document, part)
    found: dict[str, Any] = {}
    for item in flat.get("allOf") or [] if depth < 8 else []:
        found |= _declared(document, item, depth + 1)
    return found | (flat.get("properties") or {})


def _reach(document: dict[str, Any], *, writing: bool) -> set[str]:
    named = (document.get("components") or {}).get("schemas") or {}
    found: set[str] = set()
    roots: list[Any] = []
    for _, _, operation in operations(document):
        if writing:
            roots += [operation.get("requestBody"), operation.get("parameters")]
        else:
            roots.append(operation.get("responses"))
    components = document.get("components") or {}
    while roots:
        node = roots.pop()
        if isinstance(node, list):
            roots += node
        elif isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str) and reference.startswith("#/components/"):
                section, _, name = reference.removeprefix("#/components/").partition("/")
                if section == "schemas":
                    if name in found or name not in named:
                        continue
                    found.add(name)
                    roots.append(named[name])
                else:
                    roots.append((components.get(section) or {}).get(name))
            roots += [
                value for key, value in node.items() if key not in ("$ref", "example", "examples", "enum", "default")
            ]
    return found


def without_unusable_words(document: dict[str, Any], notes: Notes) -> None:
    """Patterns that Python cannot read are not checked; a required member that is declared nowhere cannot be demanded."""
    for place, part in _schemas(document):
        pattern = part.get("pattern")
        if pattern is not None and not _compiles(pattern):
            del part["pattern"]
            notes.add(place, f"the pattern {pattern!r} is not checked")
        required = part.get("required")
        # A variant that only demands members has them from the schema it stands in.
        if isinstance(required, list) and ({"properties", "allOf"} & part.keys()):
            known = _members(document, part, 0)
            lost = [name for name in required if known is not None and name not in known]
            if lost:
                part["required"] = [name for name in required if name not in lost]
                notes.add(place, f"{', '.join(map(str, lost))} is required and declared nowhere")


def _compiles(pattern: Any) -> bool:
    import re

    try:
        re.compile(pattern)
    except (re.error, TypeError, RecursionError):
        return False
    return True


def _members(document: dict[str, Any], part: dict[str, Any], depth: int) -> set[str] | None:
    """Return the members a schema declares with its parts; None where they cannot all be known."""
    flat = _deref(document, part)
    if depth > 8 or {"oneOf", "anyOf"} & flat.keys():
        return None
    found = set(flat.get("properties") or {})
    for item in flat.get("allOf") or []:
        inner = _members(document, item, depth + 1)
        if inner is None:
            return None
        found |= inner
    return found
