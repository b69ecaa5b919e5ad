"""A valid body for an operation without a handler, made from the effective spec's own examples and schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .documents import JSON, Document, to_json
from .exchange import Reply
from .operations import Operation, resolve

_TEXTS = {
    "date-time": "2026-01-31T18:30:00Z",
    "date": "2026-01-31",
    "time": "18:30:00Z",
    "email": "ada@example.com",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
}
_MAX_DEPTH = 12


def example_replies(spec: Document, operation: Operation) -> Iterator[Reply]:
    """Yield candidates for a success reply, the best first; the caller takes the first that passes the effective spec."""
    status, response = success_response(spec, operation)
    content = response.get("content") or {}
    if not content:
        yield Reply(status=status)
        return
    media_type, media = next(iter(content.items()))
    for body in _bodies(spec, media):
        if media_type.endswith("json"):
            yield Reply(body, status=status, media_type=media_type)
        else:
            text = body if isinstance(body, str) else to_json(body)
            yield Reply(text.encode(), status=status, media_type=media_type)


def success_response(spec: Document, operation: Operation) -> tuple[int, Document]:
    """Return the lowest success status of an operation and its response; a range counts as its first status."""
    for key in sorted(operation.raw.get("responses", {})):
        if key.startswith("2"):
            response = resolve(spec, operation.raw["responses"][key])
            return int(key.replace("XX", "00")), response if isinstance(response, dict) else {}
    return 200, {}


def _bodies(spec: Document, media: Document) -> Iterator[JSON]:
    if "example" in media:
        yield media["example"]
    for example in (media.get("examples") or {}).values():
        example = resolve(spec, example)
        if isinstance(example, dict) and "value" in example:
            yield example["value"]
    schema = resolve(spec, media.get("schema", {}))
    if isinstance(schema, dict):
        yield from schema.get("examples", [])
        yield build_example(spec, schema)


def build_example(spec: Document, schema: Document, depth: int = 0) -> JSON:
    """Make a value for a schema: its own example, else one built from its members."""
    found = resolve(spec, schema)
    if not isinstance(found, dict) or depth > _MAX_DEPTH:
        return None
    for key in ("const", "default", "example"):
        if key in found:
            return found[key]  # type: ignore[no-any-return]
    for key in ("examples", "enum"):
        if found.get(key):
            return found[key][0]  # type: ignore[no-any-return]
    for key in ("oneOf", "anyOf"):
        if found.get(key):
            return build_example(spec, found[key][0], depth + 1)
    kind = found.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object" or "properties" in found or "allOf" in found:
        return _object(spec, found, depth)
    if kind == "array":
        return [build_example(spec, found.get("items", {}), depth + 1)]
    if kind == "string":
        return str(_TEXTS.get(found.get("format", ""), "text")).ljust(found.get("minLength", 0), "x")
    return {"integer": found.get("minimum", 1), "number": found.get("minimum", 1), "boolean": True}.get(str(kind))


def _object(spec: Document, schema: Document, depth: int) -> Document:
    members: dict[str, Any] = {}
    for part in schema.get("allOf", []):
        value = build_example(spec, part, depth + 1)
        members.update(value if isinstance(value, dict) else {})
    for name, inner in schema.get("properties", {}).items():
        members[name] = build_example(spec, inner, depth + 1)
    return members
