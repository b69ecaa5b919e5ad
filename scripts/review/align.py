"""What `redocly diff` takes for two other things, written alike on both sides: values that may be null, parameters with other examples."""

from __future__ import annotations

from typing import Any

from scripts.common.document import resolve

_NULL = {"type": "null"}


def align(old: Any, new: Any, documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Rewrite two documents in place, part by part.

    `anyOf: [schema, null]` that stands against the schema alone: both get a type and the same rest. A parameter with another number of examples
    is not like the one it was, so its examples go.
    """
    if isinstance(old, list) and isinstance(new, list):
        known = {_named(item): item for item in old}
        for index, item in enumerate(new):
            align(known.get(_named(item), old[index] if index < len(old) else None), item, documents)
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return
    if _named(old) and len(old.get("examples") or ()) != len(new.get("examples") or ()):
        for node in (old, new):
            node.pop("examples", None)
    inner = [_inner(node) for node in (old, new)]
    kinds = [resolve(document, schema).get("type") for document, (schema, _) in zip(documents, inner, strict=True)]
    references = [schema.get("$ref") for schema, _ in inner]
    if inner[0][1] != inner[1][1] and references[0] == references[1] and all(isinstance(kind, str) for kind in kinds):
        for node, (schema, is_null), kind in zip((old, new), inner, kinds, strict=True):
            rest = {"allOf": [dict(schema)]} if "$ref" in schema else dict(schema)
            node.clear()
            node.update({**rest, "type": [kind, "null"] if is_null else kind})
    for key in old.keys() & new.keys():
        align(old[key], new[key], documents)


def _named(node: Any) -> tuple[str, str] | None:
    """Return what tells a parameter from the others."""
    return (str(node["in"]), str(node["name"])) if isinstance(node, dict) and {"in", "name"} <= node.keys() else None


def _inner(node: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return a schema without its null, and whether it had one."""
    variants = node.get("anyOf") or node.get("oneOf")
    if not isinstance(variants, list) or len(variants) != 2 or _NULL not in variants:
        return node, False
    other = next((item for item in variants if item != _NULL), None)
    return (other, True) if isinstance(other, dict) else (node, False)
