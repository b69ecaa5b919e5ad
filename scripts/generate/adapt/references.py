"""References: after these steps each points at a component of its kind, or has been replaced by what it stands for."""

from __future__ import annotations

import copy
import re
from typing import Any

from scripts.common.document import resolve_pointer, walk_parts
from scripts.common.jsonpath import Place
from scripts.common.names import numbered
from scripts.generate.adapt.walks import Notes

PROPER = re.compile(r"[A-Za-z0-9._-]+")  # what a component may be called
_SECTION = {
    "parameter": "parameters",
    "header": "headers",
    "response": "responses",
    "body": "requestBodies",
    "security scheme": "securitySchemes",
    "example": "examples",
    "link": "links",
}


def inline_path_items(document: dict[str, Any], notes: Notes) -> None:
    """A path item that is a reference becomes a copy of what it refers to."""
    for path, item in list((document.get("paths") or {}).items()):
        for _ in range(20):
            if not (isinstance(item, dict) and isinstance(item.get("$ref"), str)):
                break
            target = _target(document, item["$ref"])
            if not isinstance(target, dict):
                break
            notes.add(("paths", path), f"the path item {item['$ref']} is inlined")
            item = {**copy.deepcopy(target), **{key: value for key, value in item.items() if key != "$ref"}}
            document["paths"][path] = item


def inline_parts(document: dict[str, Any], notes: Notes) -> None:
    """A parameter, header, body or response that refers to another place than its components, or to a name these cannot have, becomes a copy of it."""
    for kind, place, part in list(walk_parts(document)):
        reference = part.get("$ref")
        section = _SECTION.get(kind)
        if section is None or not isinstance(reference, str):
            continue
        seen, shared = 0, place[:1] == ("components",) and len(place) == 3  # the generator follows no chain
        while isinstance(reference, str) and (shared or not _is_proper(reference, section)) and seen < 20:
            target = _target(document, reference)
            if not isinstance(target, dict):
                break
            notes.add(place, f"the reference {reference} is inlined")
            del part["$ref"]
            part.update({key: value for key, value in copy.deepcopy(target).items() if key not in part})
            reference, seen = part.get("$ref"), seen + 1
    for section in set(_SECTION.values()) - {"securitySchemes"}:
        named = (document.get("components") or {}).get(section) or {}
        for name in [name for name in named if not PROPER.fullmatch(name)]:
            del named[name]


def _is_proper(reference: str, section: str) -> bool:
    start, _, name = reference.rpartition("/")
    return start == f"#/components/{section}" and (section == "securitySchemes" or bool(PROPER.fullmatch(name)))


def resolve_schema_references(document: dict[str, Any], notes: Notes) -> None:
    """A schema referred to outside `components.schemas` gets a name there; one that is not there at all becomes any value."""
    anchors = {
        part["$anchor"]: place
        for kind, place, part in walk_parts(document)
        if kind == "schema" and isinstance(part.get("$anchor"), str)
    }
    hoisted: dict[str, str] = {}
    before = -1
    while before != len(hoisted):  # what gets a name may refer to more
        before = len(hoisted)
        for kind, place, part in list(walk_parts(document)):
            if kind == "schema" and isinstance(part.get("$ref"), str):
                _name_target(document, place, part, anchors, hoisted, notes)


def _name_target(
    document: dict[str, Any],
    place: Place,
    part: dict[str, Any],
    anchors: dict[str, Place],
    hoisted: dict[str, str],
    notes: Notes,
) -> None:
    reference = part["$ref"]
    steps = reference.split("/")
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    if reference.startswith("#/components/schemas/") and len(steps) == 4 and _target(document, reference) is not None:
        part["$ref"] = f"#/components/schemas/{_unescape(steps[3])}" if _unescape(steps[3]) in schemas else reference
        return
    if reference not in hoisted:
        target = _place(document, anchors[reference[1:]]) if reference[1:] in anchors else _target(document, reference)
        if target is None:
            notes.add(place, f"{reference} points at nothing: any value")
            del part["$ref"]
            return
        name = _unescape(steps[-1]).lstrip("#") or "Schema"
        name = numbered(name[:1].upper() + name[1:], schemas.__contains__, "")
        hoisted[reference] = name
        schemas[name] = copy.deepcopy(target)
        notes.add(place, f"{reference} is named {name}")
    part["$ref"] = f"#/components/schemas/{hoisted[reference]}"


def _target(document: dict[str, Any], reference: str) -> Any:
    try:
        return resolve_pointer(document, reference.removeprefix("#"))
    except LookupError:
        return None


def _place(document: Any, place: tuple[str | int, ...]) -> Any:
    for step in place:
        document = document[step]
    return document


def _unescape(step: str) -> str:
    from urllib.parse import unquote

    return unquote(step).replace("~1", "/").replace("~0", "~")
