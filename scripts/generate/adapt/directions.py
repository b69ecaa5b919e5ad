"""Directions: what only a request or only a reply holds, and what must be there."""

from __future__ import annotations

from typing import Any

from scripts.common.document import operations
from scripts.generate.adapt.walks import Notes, deref, schemas_of


def directions(document: dict[str, Any], notes: Notes) -> None:
    """A member that only one direction has is required in neither model: `required` counts where the member can be."""
    written, read = _reach(document, writing=True), _reach(document, writing=False)
    for place, part in schemas_of(document):
        required = part.get("required")
        if not isinstance(required, list):
            continue
        properties = _declared(document, part, 0)
        owner = place[2] if place[:2] == ("components", "schemas") else None
        for word, reached in (("readOnly", written), ("writeOnly", read)):
            free = [
                name
                for name in required
                if deref(document, properties.get(name)).get(word) is True
                or (isinstance(properties.get(name), dict) and properties[name].get(word) is True)
            ]
            if free and (owner is None or owner in reached):
                part["required"] = required = [name for name in required if name not in free]
                notes.add(place, f"{', '.join(map(str, free))} is required in one direction only")
        if not required:
            del part["required"]


def _declared(document: dict[str, Any], part: dict[str, Any], depth: int) -> dict[str, Any]:
    """Return the members of a schema, those of the parts of `allOf` included."""
    flat = deref(document, part)
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
    for place, part in schemas_of(document):
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
    flat = deref(document, part)
    if depth > 8 or {"oneOf", "anyOf"} & flat.keys():
        return None
    found = set(flat.get("properties") or {})
    for item in flat.get("allOf") or []:
        inner = _members(document, item, depth + 1)
        if inner is None:
            return None
        found |= inner
    return found
