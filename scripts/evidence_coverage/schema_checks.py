"""What schemas say: types, values, limits, kinds of objects, and how sure they are."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from scripts.evidence_coverage.subject import Node

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# Standards the evidence names as formats. JSON Schema knows one of them by name; the others the description has to name.
_FORMATS = {"ISO 8601": "date-time"}


def types(node: Node) -> set[str]:
    """Return the types a subject may have; `any` where no schema restricts it."""
    result: set[str] = set()
    for schema in node.schemas:
        if "type" in schema:
            result.update([schema["type"]] if isinstance(schema["type"], str) else schema["type"])
        elif "const" in schema or "enum" in schema:
            result.update(_type_of(value) for value in schema.get("enum", [schema.get("const")]))
        elif "properties" in schema or "required" in schema:
            result.add("object")
    composed = any(key in schema for schema in node.schemas for key in ("oneOf", "anyOf", "allOf"))
    untyped = any(set(schema).isdisjoint(_RESTRICTING) for schema in node.schemas)
    return result | ({"any"} if untyped or not (result or composed) else set())


_RESTRICTING = {"type", "const", "enum", "properties", "required", "oneOf", "anyOf", "allOf"}


def _type_of(value: Any) -> str:
    names = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def typed(node: Node, expected: tuple[str, ...]) -> bool:
    if expected == ("any",):  # the page names no type, though it may list values
        return not any("type" in schema for schema in node.schemas)
    return types(node) == set(expected)


def allows(node: Node, kind: str) -> bool:
    allowed = types(node)
    return "any" in allowed or kind in allowed or (kind == "number" and "integer" in allowed)


def keyword(name: str) -> Callable[[Node, Any], bool]:
    return lambda node, value: any(schema.get(name) == value for schema in (*node.schemas, node.holder))


def formatted(node: Node, value: str) -> bool:
    wanted = _FORMATS.get(value, value)
    if any(schema.get("format") == wanted for schema in node.schemas):
        return True
    words = " ".join(str(part.get("description", "")) for part in (node.holder, *node.schemas))
    return value not in _FORMATS and value.upper() == value and re.sub(r"\W", "", value) in re.sub(r"\W", "", words)


def listed(node: Node, values: tuple[Any, ...]) -> bool:
    listed = [schema.get("enum", [schema.get("const")]) for schema in node.schemas if {"enum", "const"} & set(schema)]
    return any(set(values) == set(known) for known in listed)


def defaulted(node: Node, value: Any) -> bool:
    return any("default" in schema and text(schema["default"]) == text(value) for schema in node.schemas)


def text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def mentions(node: Node, words: str) -> bool:
    described = " ".join(str(part.get("description", "")) for part in (node.holder, *node.schemas)).lower()
    wanted = [word[:5] for word in re.findall(r"[a-z]{5,}", words.lower())]
    return sum(word in described for word in wanted) * 2 > len(wanted)


def marked(node: Node, value: bool) -> bool:
    return any("x-confidence" in part for part in (node.holder, *node.schemas)) is value


def sure(node: Node, level: str) -> bool:
    return any(part.get("x-confidence") == level for part in (node.holder, *node.schemas))


def variants(node: Node, wanted: tuple[str, ...]) -> bool:
    """Look for as many branches, or for words that name the kinds or tell how many there are."""
    if _branches(node) >= len(wanted):
        return True
    words = " ".join(str(part.get("description", "")) for part in (node.holder, *node.schemas)).lower()
    counts = Counter(name.lower().split(" ")[0] for name in wanted)
    return all(word in words and (count == 1 or _NUMBERS[count] in words) for word, count in counts.items())


def _branches(node: Node) -> int:
    return max((len(schema.get(key) or []) for schema in node.schemas for key in ("oneOf", "anyOf")), default=0)


def one_of_several(node: Node, value: bool) -> bool:
    """Look for branches, or for words that say that the page has more alternatives than it shows."""
    words = " ".join(str(schema.get("description", "")) for schema in node.schemas).lower()
    return (_branches(node) > 1 or "alternative" in words) is value


def named(node: Node, name: str) -> bool:
    return any(known.startswith(name) for known in node.names)


def media(node: Node, name: str) -> bool:
    return name in (node.holder.get("content") or {})


def lowest(node: Node, number: int) -> bool:
    """Read the lowest version the header accepts from its pattern, or from its words where the pattern does not tell."""
    patterns = [schema["pattern"] for schema in node.schemas if "pattern" in schema]
    if patterns:
        return all(re.search(pattern, str(number)) and not re.search(pattern, str(number - 1)) for pattern in patterns)
    return in_words(node, number)


def in_words(node: Node, number: int) -> bool:
    return re.search(rf"\b{number}\b", str(node.holder.get("description", ""))) is not None
