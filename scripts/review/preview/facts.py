"""What a reader is told about a part of a spec, as plain pairs: two sides of a comparison differ where their facts differ."""

from __future__ import annotations

import json
from typing import Any

_LIMITS = (
    "format",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
)
_MORE = ("multipleOf", "default", "const", "readOnly", "writeOnly", "deprecated", "x-confidence", "x-undocumented")

Facts = dict[str, str]


def type_text(schema: Any) -> str:
    """Write the type of a schema in a few words: `string | null`, `list of Guest`, `Guest or Error`."""
    if not isinstance(schema, dict):
        return "anything"
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for word, between in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
        if schema.get(word):
            return between.join(dict.fromkeys(type_text(item) for item in schema[word]))
    kinds = schema.get("type", "anything")
    names = kinds if isinstance(kinds, list) else [kinds]
    items = schema.get("items")
    return " | ".join(
        f"list of {type_text(items)}" if name == "array" and items is not None else str(name) for name in names
    )


def schema_facts(schema: Any) -> Facts:
    """List what is said about a schema itself, not about its members."""
    if not isinstance(schema, dict):
        return {"type": "anything"}
    facts = {"type": type_text(schema)}
    inner = schema.get("items")
    values = schema.get("enum") or (inner.get("enum") if isinstance(inner, dict) else None)
    if values:
        facts["values"] = ", ".join(json.dumps(value, ensure_ascii=False) for value in values)
    for word in (*_LIMITS, *_MORE):
        if word in schema:
            facts[word.removeprefix("x-")] = _plain(schema[word])
    if schema.get("description"):
        facts["description"] = str(schema["description"])
    return facts


def member_facts(schema: Any, *, required: bool) -> Facts:
    """List what is said about a member of an object."""
    return {**schema_facts(schema), **({"required": "yes"} if required else {})}


def parameter_facts(parameter: dict[str, Any]) -> Facts:
    """List what is said about a parameter."""
    facts = schema_facts(parameter.get("schema"))
    for word in ("style", "explode", "deprecated", "x-confidence"):
        if word in parameter:
            facts[word.removeprefix("x-")] = _plain(parameter[word])
    if parameter.get("description"):
        facts["description"] = str(parameter["description"])
    if parameter.get("required"):
        facts["required"] = "yes"
    return facts


def operation_facts(method: str, path: str, operation: dict[str, Any]) -> Facts:
    """List what is said about an operation itself."""
    facts = {"address": f"{method} {path}", "operationId": str(operation.get("operationId", ""))}
    for word in ("summary", "description", "deprecated"):
        if operation.get(word):
            facts[word] = _plain(operation[word])
    if operation.get("tags"):
        facts["tags"] = ", ".join(operation["tags"])
    if "security" in operation:
        facts["security"] = security_text(operation["security"])
    for word, value in operation.items():
        if word.startswith("x-") and word not in ("x-provenance", "x-evidence-ids"):
            facts[word] = _plain(value)
    grade = operation.get("x-provenance") or {}
    facts.update(
        {
            f"grade of the {word}" if word != "confidence" else word: str(grade[word])
            for word in ("method", "path", "confidence")
            if word in grade
        }
    )
    return facts


def security_text(requirements: Any) -> str:
    """Write security requirements: alternatives are joined by `or`, parts of one by `and`."""
    return " or ".join(" and ".join(item) or "none" for item in requirements or []) or "none"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
