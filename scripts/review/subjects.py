"""Name a part of a spec the way a person would: `Guest.email`, `listGuests.query.limit`, `createDeal.body.name`."""

from __future__ import annotations

from typing import Any

from scripts.common.document import METHODS, resolve, split_pointer
from scripts.common.names import known_id

_KINDS = {
    "parameters": "parameter",
    "responses": "response",
    "requestBodies": "request body",
    "securitySchemes": "security scheme",
    "headers": "header",
}
# What is written for a keyword: with the name after it, or alone.
_NAMED = {"properties": ".{}", "content": "[{}]", "headers": ".header.{}"}
_NAMED |= {part: f".{part}[{{}}]" for part in ("allOf", "anyOf", "oneOf", "prefixItems")}
_ALONE = {"items": "[]", "additionalProperties": "{{}}"}


def name_part(pointer: str, document: dict[str, Any]) -> str:
    """Return the subject for a pointer into a document."""
    parts = split_pointer(pointer)
    if parts[:1] == ["components"] and len(parts) > 2:
        kind, name, rest = parts[1], parts[2], parts[3:]
        if kind == "schemas":
            return name + _tail(rest)
        return f"{_KINDS.get(kind, kind)} {name}{_tail(rest)}"
    if parts[:1] == ["paths"] and len(parts) > 1:
        item = (document.get("paths") or {}).get(parts[1]) or {}
        if len(parts) > 2 and parts[2] in METHODS:
            operation = item.get(parts[2]) or {}
            name = known_id(operation) or f"{parts[2].upper()} {parts[1]}"
            return str(name) + _inside_operation(parts[3:], operation, document)
        return parts[1] + _inside_operation(parts[2:], item, document)
    return ".".join(parts[:3]) or "document"


def _inside_operation(parts: list[str], operation: dict[str, Any], document: dict[str, Any]) -> str:
    if not parts:
        return ""
    if parts[0] == "parameters" and len(parts) > 1:
        parameters = operation.get("parameters") or []
        index = int(parts[1]) if parts[1].isdigit() else -1
        parameter = resolve(document, parameters[index]) if 0 <= index < len(parameters) else {}
        return f".{parameter.get('in', 'parameter')}.{parameter.get('name', parts[1])}{_tail(parts[2:])}"
    if parts[0] == "requestBody":
        return f".body{_tail(parts[1:])}"
    if parts[0] == "responses" and len(parts) > 1:
        return f".{parts[1]}{_tail(parts[2:])}"
    return f".{parts[0]}" if parts[0].startswith("x-") else ""


def _tail(parts: list[str]) -> str:
    """Write the way inside a schema or media type; a keyword at its end is left to the rule."""
    text, rest = "", iter(parts)
    for part in rest:
        name = next(rest, None) if part in _NAMED else ""
        if name is not None and (part, name) != ("content", "application/json"):
            text += _NAMED.get(part, _ALONE.get(part, "")).format(name)
    return text
