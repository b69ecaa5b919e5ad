"""Schemas of what the spec does not describe, from what was seen: names and types, never a value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scripts.common.names import attribute_name
from scripts.observe.compare import MOST, kind_of
from scripts.observe.exchange import is_mask
from scripts.observe.findings import Shape
from scripts.observe.words import Words

_EXAMPLES: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}
SAID = "Seen in traffic; the vendor does not describe it."


def add(shape: Shape, value: Any, depth: int = 0) -> None:
    """Add one value to a shape; what was masked has no known type, and deeper than eight levels nothing is looked at."""
    shape.records += 1
    if is_mask(value):
        return
    shape.types[kind_of(value)] += 1
    if depth > 8:
        return
    if isinstance(value, dict):
        for name, item in list(value.items())[: MOST + 1]:
            add(shape.members.setdefault(name, Shape()), item, depth + 1)
    elif isinstance(value, list):
        shape.items = shape.items or Shape()
        for item in value[:200]:
            add(shape.items, item, depth + 1)


def as_schema(shape: Shape, words: Words, *, described: bool = True) -> dict[str, Any]:
    """Return a schema for a shape; members whose names may be values are left out, and the object stays open."""
    types = sorted(set(shape.types) - {"null"})
    if types == ["integer", "number"]:
        types = ["number"]
    schema: dict[str, Any] = {"description": SAID} if described else {}
    if types:
        named = [*types, "null"] if shape.types["null"] else types
        schema["type"] = named[0] if len(named) == 1 else named
    if types == ["object"]:
        shown = {} if is_map(shape) else {n: s for n, s in shape.members.items() if words.may_show(n, s.records)}
        if shown:
            schema["properties"] = told_apart({name: as_schema(inner, words) for name, inner in shown.items()})
        schema["additionalProperties"] = True
    elif types == ["array"]:
        schema["items"] = as_schema(shape.items, words, described=False) if shape.items else {}
    elif len(types) == 1:
        schema["examples"] = [_EXAMPLES[types[0]]]
    return schema


def told_apart(properties: dict[str, Any], beside: Iterable[str] = ()) -> dict[str, Any]:
    """Return properties of which none has the Python name of another, or of one that is `beside` them."""
    taken = {attribute_name(name) for name in beside}
    for name in sorted(properties, key=lambda name: name.startswith("_")):
        if attribute_name(name) in taken:
            properties[name]["x-client-name"] = f"field_{attribute_name(name)}"
        taken.add(attribute_name(name))
    return properties


def is_map(shape: Shape) -> bool:
    """Tell whether the members of an object look like data: too many, or all alike and none in every record."""
    if len(shape.members) > MOST:
        return True
    alike = {tuple(sorted(inner.types)) for inner in shape.members.values()} == {("object",)}
    return len(shape.members) > 1 and alike
