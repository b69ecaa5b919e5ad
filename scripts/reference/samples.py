"""A value that fits a schema, made of its own examples: what a reader pastes and edits."""

from __future__ import annotations

from typing import Any

from scripts.common.document import mapping, resolve

_DEEPEST = 5
_PLAIN: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}


def media_sample(document: dict[str, Any], media: dict[str, Any]) -> Any:
    """Return a value for a media type or a parameter: its example, or one made from its schema."""
    if "example" in media:
        return media["example"]
    for example in mapping(media.get("examples")).values():
        found = resolve(document, example)
        if "value" in found:
            return found["value"]
    return sample(document, media.get("schema"))


def sample(document: dict[str, Any], schema: Any, *, depth: int = 0) -> Any:
    """Return a value for a schema: examples first, then what is required; never more than a few levels."""
    schema = resolve(document, schema)
    for key in ("example", "const", "default"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        if isinstance(schema.get(key), list) and schema[key]:
            return schema[key][0]
    if depth >= _DEEPEST:
        return {}
    for key in ("oneOf", "anyOf"):
        if isinstance(schema.get(key), list) and schema[key]:
            return sample(document, schema[key][0], depth=depth + 1)
    parts = [sample(document, part, depth=depth + 1) for part in schema.get("allOf") or [] if isinstance(part, dict)]
    properties = mapping(schema.get("properties"))
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
    if properties or kind == "object" or any(isinstance(part, dict) for part in parts):
        required = schema.get("required") if isinstance(schema.get("required"), list) else []
        names = [name for name in properties if name in (required or ())] or list(properties)[:3]
        own = {name: sample(document, properties[name], depth=depth + 1) for name in names}
        return {key: value for part in [*parts, own] if isinstance(part, dict) for key, value in part.items()}
    if parts:
        return parts[0]
    if kind == "array":
        return [sample(document, schema.get("items"), depth=depth + 1)]
    return _PLAIN.get(str(kind), "text")
