"""`allOf`: merged where its parts say more than the generators join."""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Any

from scripts.common.document import reached
from scripts.common.jsonpath import Place
from scripts.common.names import class_name, numbered
from scripts.generate.adapt.walks import Notes, deref, live_schemas, schemas_of


def demanding_variants(document: dict[str, Any], notes: Notes) -> None:
    """Variants that only say which members must be given together are left to the server: an object is one class."""
    for place, part in schemas_of(document):
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


def name_circles(document: dict[str, Any], notes: Notes) -> None:
    """An inline `allOf` that leads back to the schema it stands in becomes a component: merging it where it stands would not end."""
    named = (document.get("components") or {}).get("schemas") or {}
    leads: dict[str, set[str]] = {name: set() for name in named}
    circles: list[tuple[Place, dict[str, Any]]] = []
    for place, part in schemas_of(document):
        if place[:2] == ("components", "schemas"):
            leads[str(place[2])].update(referred(part))
            if len(place) > 3 and isinstance(part.get("allOf"), list):
                circles.append((place, part))
    for place, part in circles:
        owner = str(place[2])
        if not any(owner == name or owner in reached(leads, name) for item in part["allOf"] for name in referred(item)):
            continue
        words = [str(step) for before, step in pairwise(place) if before == "properties" or step == "items"]
        made = numbered(
            class_name(" ".join([owner, *words[-2:]])), {class_name(name) for name in named}.__contains__, ""
        )
        named[made] = dict(part)
        part.clear()
        part["$ref"] = f"#/components/schemas/{made}"
        notes.add(place, f"a component of its own: {made}")


def referred(part: Any) -> list[str]:
    reference = part.get("$ref") if isinstance(part, dict) else None
    return [reference.removeprefix("#/components/schemas/")] if isinstance(reference, str) else []


def merge_parts(document: dict[str, Any], notes: Notes) -> None:
    """`allOf` is merged where its parts say more than the generators join: other types for one member, null, unions, members beside it."""
    for place, part in live_schemas(document):
        parts = part.get("allOf")
        if not isinstance(parts, list):
            continue
        own = {"properties", "required", "oneOf", "anyOf", "additionalProperties"} & part.keys()
        if len(parts) == 1 and not own and part.get("type", "object") == "object":
            continue  # another name of the one part
        # The generator takes one part that is a reference for all there is, and loses the members beside it.
        if len(parts) > 1 and _joins(document, part):
            continue
        merged = merged_parts(document, part)
        if merged is not None:
            part.clear()
            part.update(merged)
            notes.add(place, "the parts of allOf are merged")


def merge_all_parts(document: dict[str, Any], notes: Notes) -> None:
    """Every `allOf` is merged, also where the generators would join the parts."""
    for place, part in live_schemas(document):
        if isinstance(part.get("allOf"), list):
            merged = merged_parts(document, part)
            if merged is not None:
                part.clear()
                part.update(merged)
                notes.add(place, "the parts of allOf are merged")


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
        if isinstance(item, dict) and item.get("allOf") and "$ref" not in item:
            return False  # the generator passes over the parts of a part
        flat = deref(document, item)
        adds = flat.get("properties") or flat.get("allOf")
        if (not adds and flat.get("required")) or not _joined(document, flat, seen, depth + 1):
            return False
    for name, schema in (part.get("properties") or {}).items():
        if name in seen and seen[name] != schema:
            return False
        seen[name] = schema
    return True


def merged_parts(
    document: dict[str, Any], part: dict[str, Any], open_places: tuple[str, ...] = ()
) -> dict[str, Any] | None:
    """Return a schema with the parts of its `allOf` in it; None where one of them leads back to itself."""
    result: dict[str, Any] = {}
    nullable = True
    own = {key: value for key, value in part.items() if key != "allOf"}
    for item in [*(part.get("allOf") or []), own]:
        reference = item.get("$ref") if isinstance(item, dict) else None
        if isinstance(reference, str):
            if reference in open_places:
                return None
            item = {**deref(document, item), **{key: value for key, value in item.items() if key != "$ref"}}
        if not isinstance(item, dict):
            continue
        inner: dict[str, Any] | None = copy.deepcopy(item)
        if isinstance(item.get("allOf"), list):
            inner = merged_parts(document, item, (*open_places, *([reference] if isinstance(reference, str) else [])))
        if inner is None:
            return None
        if inner and inner is not own and "type" in inner:
            nullable = nullable and isinstance(inner["type"], list) and "null" in inner["type"]
        if item is own and {"oneOf", "anyOf"} & own.keys():  # of several unions that of the schema itself is kept
            result = {key: value for key, value in result.items() if key not in ("oneOf", "anyOf", "discriminator")}
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
