"""The names that users know in place of the vendor's: what `names.yaml` put beside them as `x-client-…`."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from scripts.common.document import mapping, operations, walk_parts
from scripts.common.jsonpath import Place
from scripts.common.names import known_id, known_path, known_tag, numbered, referring
from scripts.generate.adapt.names import follow_names
from scripts.generate.adapt.walks import Notes

_PREFIX = "#/components/schemas/"
# What a schema says to people; two schemas that differ in nothing else are one shape.
_BESIDE = ("description", "readOnly", "writeOnly", "deprecated", "default")  # what is said of a place, not of a shape
_COMBINED = frozenset({"allOf", "oneOf", "anyOf", "enum", "additionalProperties"})
_WORDS = frozenset({"title", "description", "example", "examples", "externalDocs", "deprecated", "$comment"})


def operations_known(document: dict[str, Any], notes: Notes) -> None:
    """Operations get the ids, tags and path parameters that users know, and what refers to an operation by its id follows."""
    ids: dict[str, str] = {}
    given = {known_id(operation) for _, _, operation in operations(document) if "x-client-operation" in operation}
    paths: dict[str, Any] = {}
    for path, item in mapping(document.get("paths")).items():
        for key, part in mapping(item).items():
            if isinstance(part, dict) and "x-client-operation" in part:
                _rename_parameters(document, item, part)
                paths.setdefault(known_path(path, part), {})[key] = part
                place = ("paths", path, key)
                _rename(part, ids, place, notes)
            else:
                paths.setdefault(path, {})[key] = part
                if isinstance(part, dict) and part.get("operationId") in given:
                    notes.add(
                        ("paths", path, key), f"operationId {part['operationId']} is another operation's for users"
                    )
                    part["operationId"] = f"{part['operationId']}_2"
        if isinstance(item, dict):
            for known in {known_path(path, part) for part in item.values() if isinstance(part, dict)} - {path}:
                paths[known] |= {
                    key: value for key, value in item.items() if key in ("summary", "description", "servers")
                }
    document["paths"] = {path: item for path, item in paths.items() if any(isinstance(v, dict) for v in item.values())}
    parameters = {known_id(part): part.get("x-client-parameters") or {} for _, _, part in operations(document)}
    for owner in _holders(document):
        for name, rules in owner.items():
            if name.startswith("x-") and isinstance(rules, dict) and isinstance(rules.get("operation"), str):
                target = ids.get(rules["operation"]) or str(rules["operation"])
                renamed = referring(rules, other=parameters.get(target, {}), own=owner.get("x-client-parameters") or {})
                owner[name] = {**renamed, "operation": target}


def _rename(part: dict[str, Any], ids: dict[str, str], place: Place, notes: Notes) -> None:
    before, after = part.get("operationId"), known_id(part)
    if isinstance(before, str):
        ids[before] = after
    if before != after:
        notes.add(place, f"users know {before or 'it'} as {after}")
    part["operationId"] = after
    part["tags"] = [known_tag(part), *(part.get("tags") or [])[1:]] if known_tag(part) else []


def _rename_parameters(document: dict[str, Any], item: dict[str, Any], part: dict[str, Any]) -> None:
    """Move the parameters of the path item to the operation, those of the path under the names users know."""
    own = part.get("x-client-parameters") or {}
    declared = [*(item.get("parameters") or []), *(part.get("parameters") or [])]
    if not own and not item.get("parameters"):
        return
    found = {}
    for raw in declared:
        kept = _followed(document, raw)
        key = kept.get("in"), kept.get("name")
        if kept.get("in") == "path" and kept.get("name") in own:
            kept["name"] = own[kept["name"]]
            found[key] = kept
        else:
            found[key] = raw
    part["parameters"] = list(found.values())


def _followed(document: dict[str, Any], raw: Any) -> dict[str, Any]:
    from scripts.common.document import resolve

    return copy.deepcopy(resolve(document, raw))


def _holders(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (operation for _, _, operation in operations(document))
    schemes = mapping(mapping(document.get("components")).get("securitySchemes"))
    yield from (scheme for scheme in schemes.values() if isinstance(scheme, dict))


def schemas_known(document: dict[str, Any], notes: Notes) -> None:
    """Schemas get the names users know: components are renamed, and each inline schema of a named shape becomes that component."""
    parts = document.get("components")
    named = mapping(parts.get("schemas")) if isinstance(parts, dict) else {}
    renamed = {
        name: str(schema["x-client-schema"]) for name, schema in named.items() if "x-client-schema" in mapping(schema)
    }
    marked = [
        (place, part)
        for kind, place, part in walk_parts(document)
        if kind == "schema"
        and "x-client-schema" in part
        and not (place[:2] == ("components", "schemas") and len(place) == 3)
    ]
    if not renamed and not marked:
        return
    taken = {*renamed.values(), *(str(part["x-client-schema"]) for _, part in marked)}
    for name in [name for name in named if name not in renamed and name in taken]:
        renamed[name] = numbered(name, lambda word: word in taken or word in named, "")
    for name, known in renamed.items():
        notes.add(("components", "schemas", name), f"users know it as {known}")
    document.setdefault("components", {})["schemas"] = {renamed.get(name, name): part for name, part in named.items()}
    for kind, _, part in walk_parts(document):
        if kind == "schema":
            follow_names(part, renamed)
    for schema in document["components"]["schemas"].values():
        mapping(schema).pop("x-client-schema", None)
    _unwrap(document)
    _hoist(document, notes)


def _hoist(document: dict[str, Any], notes: Notes) -> None:
    """Make a component of each inline shape that has a name, the innermost first, and refer to it wherever the shape stands."""
    schemas = document["components"]["schemas"]
    inline = [
        (place, part)
        for kind, place, part in walk_parts(document)
        if kind == "schema" and not (place[:2] == ("components", "schemas") and len(place) == 3)
    ]
    inline.sort(key=lambda item: -len(item[0]))
    # As the vendor wrote them: what is inside a shape may be a reference by the time its turn comes.
    written = [shape(part) for _, part in inline]
    names = {
        own: str(part["x-client-schema"])
        for (_, part), own in zip(inline, written, strict=True)
        if "x-client-schema" in part and tells(part)
    }
    made: dict[str, str] = {}
    for (place, part), own in zip(inline, written, strict=True):
        name = part.get("x-client-schema") or names.get(own)
        if name is None or "$ref" in part:
            continue
        kept: dict[str, Any] = {key: part[key] for key in _BESIDE if key in part}
        inner = {key: value for key, value in part.items() if key not in ("title", "default", "x-client-schema")}
        if name not in schemas:
            schemas[name] = inner
            made[name] = own
        elif made.get(name) != own and shape(schemas[name]) != shape(inner):
            joined = _joined(schemas[name], inner)
            if joined is None:
                notes.add(place, f"users know it as {name}, which has another shape elsewhere; it keeps its own name")
                continue
            schemas[name] = joined
        part.clear()
        part.update({"$ref": f"{_PREFIX}{name}", **kept})
        notes.add(place, f"users know it as {name}")


def tells(part: dict[str, Any]) -> bool:
    """Tell whether a shape is of one thing, so that equal ones are the same; a plain text or list may be anything."""
    return bool({"properties", "enum"} & part.keys())


def _joined(one: Any, other: Any) -> dict[str, Any] | None:
    """Return an object with the members of two, demanding what both demand; None where they are no objects, or differ deep inside a member."""
    parts = (one, other)
    if not all(
        isinstance(part, dict) and part.get("type", "object") == "object" and not _COMBINED & part.keys()
        for part in parts
    ):
        return None
    members = {**mapping(one.get("properties"))}
    for name, schema in mapping(other.get("properties")).items():
        if name in members and shape(members[name]) != shape(schema):
            joined = _either(mapping(members[name]), mapping(schema))
            if joined is None:
                return None
            members[name] = joined
        members.setdefault(name, schema)
    demanded = [name for name in one.get("required") or [] if name in (other.get("required") or [])]
    result = {**other, **one, "properties": members, "required": demanded}
    return {key: value for key, value in result.items() if key != "title" and (key != "required" or demanded)}


def _either(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any] | None:
    """Return a schema of both of two plain ones, without what only one of them demands; None for those with an inside."""
    if {"properties", "items", "allOf", "additionalProperties"} & {*one, *other}:
        return None
    kept = {key: value for key, value in one.items() if other.get(key) == value or key in _WORDS}
    if kept.get("type") or kept.get("$ref"):
        values = [part.get("enum") for part in (one, other)]
        return {**kept, **({"enum": list(dict.fromkeys([*one["enum"], *other["enum"]]))} if all(values) else {})}
    return {"anyOf": [one, other]}


def _unwrap(document: dict[str, Any]) -> None:
    """Let a schema that is `allOf` of one part and says nothing else be that part, as 3.0 writes what may be null."""
    for kind, _, part in walk_parts(document):
        while kind == "schema" and len(part.get("allOf") or ()) == 1 and isinstance(part["allOf"][0], dict):
            (inner,) = part["allOf"]
            own = {key: value for key, value in part.items() if key != "allOf" and inner.get(key) != value}
            if any(not (key in _WORDS or key.startswith("x-") or key == "default") for key in own):
                break
            part.clear()
            part.update({**inner, **own})


def shape(part: Any) -> str:
    """Return what a schema allows, as one line: without words for people, extensions, and the order of members."""
    return json.dumps(_plain(part), sort_keys=True, default=str)


def _plain(node: Any, *, named: bool = False) -> Any:
    if isinstance(node, dict):
        return {
            key: sorted(map(str, value))
            if key == "required" and not named and isinstance(value, list)
            else _plain(value, named=key == "properties" and not named)
            for key, value in node.items()
            if named or not (key in _WORDS or str(key).startswith("x-"))
        }
    return [_plain(item) for item in node] if isinstance(node, list) else node
