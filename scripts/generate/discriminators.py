"""Which class an object of a union is, by the value of one member."""

from __future__ import annotations

from typing import Any

from scripts.common.document import components, mapping, referred_name, walk_schemas
from scripts.common.names import class_name

Choice = tuple[str, dict[str, str]]
"""The member that tells, and its value → the class."""


def discriminators(document: dict[str, Any]) -> dict[frozenset[str], Choice]:
    """Return, for every union that a discriminator tells apart, the classes of its objects → the choice.

    A union inside a union counts with its parts, as the generator flattens it. Two unions of the same classes that choose differently are left out:
    their objects are told apart by their members.
    """
    named = components(document, "schemas")
    found: dict[frozenset[str], Choice] = {}
    doubtful: set[frozenset[str]] = set()
    for _, schema in walk_schemas(document):
        choice = _choice(named, schema, ()) if isinstance(schema, dict) else None
        if choice is None:
            continue
        variants = frozenset(class_name(name) for name in _leaves(named, schema, ()))
        if found.setdefault(variants, choice) != choice:
            doubtful.add(variants)
    return {variants: choice for variants, choice in found.items() if variants not in doubtful}


def _choice(named: dict[str, Any], schema: dict[str, Any], above: tuple[str, ...]) -> Choice | None:
    own = mapping(schema.get("discriminator"))
    members = _members(schema)
    if not members:
        return None
    inner = [
        choice
        for name in members
        if name not in above and (choice := _choice(named, mapping(named.get(name)), (*above, name))) is not None
    ]
    if own.get("propertyName"):
        targets = {str(value): referred_name(str(target)) for value, target in mapping(own.get("mapping")).items()}
        targets = targets or {name: name for name in members}
        classes = {value: _leaf(named, value, target, above) for value, target in targets.items()}
        within = [choice[1] for choice in inner if choice[0] == own["propertyName"]]
        return str(own["propertyName"]), {
            value: name for part in (*within, classes) for value, name in part.items() if name
        }
    if not inner or len({choice[0] for choice in inner}) > 1:
        return None
    joined: dict[str, str] = {}
    for _, classes in inner:
        if any(joined.get(value, name) != name for value, name in classes.items()):
            return None
        joined.update(classes)
    return inner[0][0], joined


def _leaf(named: dict[str, Any], value: str, target: str, above: tuple[str, ...]) -> str:
    """Return the class a value stands for; where it names a union, what the union has for that value."""
    schema = mapping(named.get(target))
    if not _members(schema):
        return class_name(target)
    inner = _choice(named, schema, (*above, target)) if target not in above else None
    return inner[1].get(value, "") if inner else ""


def _leaves(named: dict[str, Any], schema: dict[str, Any], above: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for name in _members(schema):
        inner = mapping(named.get(name))
        if name in above:
            continue
        found += _leaves(named, inner, (*above, name)) if _members(inner) else [name]
    return found


def _members(schema: dict[str, Any]) -> list[str]:
    variants = [*(schema.get("oneOf") or []), *(schema.get("anyOf") or [])]
    return [referred_name(item["$ref"]) for item in variants if isinstance(item, dict) and "$ref" in item]
