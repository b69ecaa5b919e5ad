"""Make values that fit a schema: what a call sends and what the server answers."""

from __future__ import annotations

import re
from typing import Any

from scripts.common.document import resolve_pointer, walk_schemas
from scripts.trial.patterns import matching

MAX_DEPTH = 6
TEXT, PLAIN = "t e&x/t=+é%", "text"  # what must be escaped in addresses and forms; what goes anywhere

_TEXTS = {
    "date-time": "2026-01-31T18:30:00Z",
    "date": "2026-01-31",
    "time": "18:30:00Z",
    "duration": "PT5M",
    "uuid": "8f14e45f-ceea-4a67-b8d7-0123456789ab",
    "email": "ada@example.com",
    "uri": "https://example.com/a",
    "url": "https://example.com/a",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "YWJj",
}

_PARSED = (
    "date-time",
    "date",
    "time",
    "duration",
    "uuid",
    "uri",
    "url",
)  # a pattern beside them would have to say the same

_SAYING = frozenset({"type", "properties", "items", "allOf", "oneOf", "anyOf", "enum", "const", "additionalProperties"})
# Type of a schema → what its enum may hold.
_KINDS: dict[str, Any] = {"string": (str, int, float), "integer": int, "boolean": bool, "object": dict, "array": list}


class Samples:
    """Make samples of the schemas of one document.

    `writing` leaves out members that are read-only, and the other way round. `choice` picks the variant of each union; `most_variants` is the
    largest number seen, `told_apart` the names of the schemas that discriminators stood for since it was emptied, `undeclared` the members that were
    made without being declared, and `endless` tells that a member is required for ever, so that no sample fits.
    """

    def __init__(self, document: dict[str, Any], *, writing: bool) -> None:
        self.document = document
        self._skip = "readOnly" if writing else "writeOnly"
        self.choice = 0
        self.most_variants = 1
        self.told_apart: list[str] = []
        self.undeclared: set[str] = set()
        self.endless = False
        self.text = TEXT
        self.nullable = self.nulls = False  # whether null was possible; whether it is chosen
        self._leaf: Any = {}  # the variant that the last union came to

    def resolve(self, node: Any) -> Any:
        """Follow `$ref` to what it points at; members beside it are merged in."""
        for _ in range(20):
            if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
                break
            beside = {key: value for key, value in node.items() if key != "$ref"}
            try:
                found = self._target(node["$ref"])
            except LookupError:  # a reference to nothing says nothing
                found = {}
            node = {**found, **beside} if isinstance(found, dict) else found
        return node

    def _target(self, reference: str) -> Any:
        name = reference.removeprefix("#")
        if name and "/" not in name:
            named = (part for _, part in walk_schemas(self.document) if isinstance(part, dict))
            return next((part for part in named if part.get("$anchor") == name), {})
        return resolve_pointer(self.document, name)

    def value(self, schema: Any, *, full: bool = True, depth: int = 0) -> Any:
        """Return a value that fits the schema; `full` gives optional members too, down to a bounded depth."""
        node = self.flat(schema)
        if not isinstance(node, dict) or not node:
            return "any"
        if depth and self._may_be_null(node):
            self.nullable = True
            if self.nulls:
                return None
        if "const" in node:
            return self._stated(node["const"])
        values = [item for item in node.get("enum") or [] if item is not None]
        plain = [item for item in values if not isinstance(item, dict | list)]
        listed = next((item for item in values if self._has_type(node, item)), plain[0] if plain else None)
        if listed is not None:
            # Unquoted YAML makes numbers of texts; the type says what is sent.
            texts = self.kind(node) == "string" and type(listed) in (bool, int, float)
            return text_of(listed) if texts else self._stated(listed)
        for word in ("oneOf", "anyOf"):
            flat = [(item, self.flat(item)) for item in node.get(word) or []]
            variants = [item for item, own in flat if own.get("type") != "null" and own.get("enum") != []]
            if "properties" in node and all(map(self._only_demands, variants)):
                continue  # they only say which members go together
            if variants:
                return self._variant(node, variants, full=full, depth=depth)
        kind = self.kind(node)
        if kind == "object":
            return self._object(node, full=full, depth=depth)
        if kind == "array":
            return self._array(node, full=full, depth=depth)
        if kind in ("integer", "number"):
            return _number(node, kind)
        return {"boolean": True, "null": None}.get(kind, self._text(node) if kind == "string" else "any")

    def _may_be_null(self, node: dict[str, Any]) -> bool:
        kinds, values = node.get("type"), node.get("enum")
        variants = [self.flat(item) for word in ("oneOf", "anyOf") for item in node.get(word) or []]
        allowed = [
            None in values if values else None,
            "null" in kinds if kinds else None,
            any(one.get("type") == "null" for one in variants) if variants else None,
        ]
        return False not in allowed and True in allowed

    def _stated(self, value: Any) -> Any:
        self.undeclared.update(value if isinstance(value, dict) else ())
        return value

    def flat(self, schema: Any, inside: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Return the schema with references followed and `allOf` merged; anything but a mapping becomes an empty one.

        `inside` are the references it is a part of: a base that is the union of those is meant without the union.
        """
        if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
            inside |= {schema["$ref"]}
        node = (
            schema if isinstance(schema, dict) and {"properties", "required"} & schema.keys() else self.resolve(schema)
        )
        if not isinstance(node, dict):
            return {}
        joined = [{"$ref": node["$ref"]}] if "$ref" in node else []
        if not joined and "allOf" not in node:
            return node
        merged: dict[str, Any] = {}
        own = {key: value for key, value in node.items() if key not in ("allOf", "$ref")}
        parts = [
            part for part in node.get("allOf") or [] if not (isinstance(part, dict) and part.get("$ref") in inside)
        ]
        for part in [*joined, *parts, own]:
            inner = self.flat(part, inside)
            if part is not own and inside & self._variants(inner):
                inner = {key: value for key, value in inner.items() if key not in ("oneOf", "anyOf", "discriminator")}
            properties = {**merged.get("properties", {}), **(inner.get("properties") or {})}
            required = [*merged.get("required", []), *(inner.get("required") or [])]
            merged = {**merged, **inner}
            if properties:
                merged["properties"] = properties
            if required:
                merged["required"] = list(dict.fromkeys(required))
        return merged

    def _variants(self, node: dict[str, Any]) -> set[str]:
        """Return the references of a union, and of the unions in it."""
        found: set[str] = set()
        waiting = [node]
        while waiting:
            part = waiting.pop()
            named = {
                item["$ref"] for word in ("oneOf", "anyOf") for item in part.get(word) or [] if "$ref" in item
            } - found
            found |= named
            waiting += [self.resolve({"$ref": reference}) for reference in named]
        return found

    def kind(self, node: dict[str, Any]) -> str:
        """Return the one type a sample is made of."""
        kind = node.get("type")
        if isinstance(kind, list):
            kind = next((item for item in kind if item != "null"), "null")
        if kind is None:
            if "properties" in node or "additionalProperties" in node:
                return "object"
            return "array" if "items" in node or "prefixItems" in node else ""
        return str(kind)

    def _only_demands(self, variant: Any) -> bool:
        node = self.flat(variant)
        inner = [item for word in ("oneOf", "anyOf") for item in node.get(word) or []]
        return node.keys() <= {"required", "oneOf", "anyOf"} and all(map(self._only_demands, inner))

    def _has_type(self, node: dict[str, Any], value: Any) -> bool:
        kind = _KINDS.get(self.kind(node))
        low, high = node.get("minimum", value), node.get("maximum", value)
        number = isinstance(value, int | float) and isinstance(low, int | float) and isinstance(high, int | float)
        return (kind is None or isinstance(value, kind)) and (not number or low <= value <= high)

    def _variant(self, node: dict[str, Any], variants: list[Any], *, full: bool, depth: int) -> Any:
        self.most_variants = max(self.most_variants, len(variants))
        # Far down another one each time, since a union may hold itself.
        variant = variants[(self.choice + max(0, depth - MAX_DEPTH)) % len(variants)]
        value = self.value(variant, full=full, depth=depth + 1)
        leaf = self._leaf if {"oneOf", "anyOf"} & self.flat(variant).keys() else variant
        own = {key: item for key, item in node.items() if key not in ("oneOf", "anyOf", "discriminator")}
        # Beside a variant that is any value, the others may be read as they come.
        is_open = any(not self.flat(item).keys() & _SAYING for item in variants)
        if isinstance(value, dict):
            self.undeclared.update(value if is_open else ())
            if own.get("properties"):
                value = {**self._object(own, full=full, depth=depth), **value}
            chosen = node.get("discriminator") or {}
            name = chosen.get("propertyName")
            if name:
                if name not in value:
                    self.undeclared.add(name)
                value[name] = self._discriminating(chosen, variant, leaf, value.get(name))
                if "$ref" in leaf and not is_open:
                    self.told_apart.append(leaf["$ref"].rpartition("/")[2])
        self._leaf = leaf
        return value

    def _discriminating(self, chosen: dict[str, Any], variant: Any, leaf: Any, made: Any) -> Any:
        for reference in (variant.get("$ref", ""), leaf.get("$ref", "")):
            for word, target in (chosen.get("mapping") or {}).items():
                if target in (reference, reference.rpartition("/")[2]):
                    return word
        node = self.flat(variant)
        told = (node.get("discriminator") or {}).get("propertyName")
        if told == chosen["propertyName"]:
            return made  # the union in the union says it
        named = self.flat((self.flat(leaf).get("properties") or {}).get(chosen["propertyName"]))
        if "enum" in named or "const" in named:
            return made if made is not None else named.get("const", (named.get("enum") or [None])[0])
        return (variant if told else leaf).get("$ref", "").rpartition("/")[2] or made

    def _object(self, node: dict[str, Any], *, full: bool, depth: int) -> dict[str, Any]:
        required = set(node.get("required") or [])
        result: dict[str, Any] = {}
        for name, schema in (node.get("properties") or {}).items():
            inner = self.flat(schema)
            if inner.get(self._skip) is True or schema is False:
                continue
            if name in required or (full and depth < MAX_DEPTH and not inner.get("deprecated")):
                if depth > MAX_DEPTH + 6:
                    self.endless = self.endless or name in required
                    continue
                result[name] = self.value(schema, full=full and depth < 2, depth=depth + 1)
        for name in sorted(required - (node.get("properties") or {}).keys()):  # demanded, though nobody says what it is
            self.undeclared.add(name)
            result[name] = "any"
        extra = node.get("additionalProperties")
        if not result and isinstance(extra, dict) and full and depth < MAX_DEPTH:
            self.undeclared.add("extra")
            result["extra"] = self.value(extra, full=False, depth=depth + 1)
        return result

    def _array(self, node: dict[str, Any], *, full: bool, depth: int) -> list[Any]:
        if depth >= MAX_DEPTH and not node.get("minItems"):
            return []
        prefix = [self.value(item, full=full, depth=depth + 1) for item in node.get("prefixItems") or []]
        count = max(int(node.get("minItems") or 1) - len(prefix), 0 if prefix else 1)
        if node.get("maxItems") == 0 or node.get("items") is False:
            return prefix
        return [
            *prefix,
            *(self.value(node.get("items") or {}, full=full, depth=depth + 1) for _ in range(min(count, 20))),
        ]

    def _text(self, node: dict[str, Any]) -> str:
        text = _TEXTS.get(str(node.get("format")), self.text)
        pattern = node.get("pattern")
        low, high = int(node.get("minLength") or 0), node.get("maxLength")
        if isinstance(pattern, str) and node.get("format") not in _PARSED:
            known = _fitting(pattern, [text, PLAIN, *_shown(node)])
            tried = (known, matching(pattern, max(low, 1), high), matching(pattern, low, high), text)
            return next(made for made in tried if made is not None)
        if len(text) < low:
            text += "a" * (low - len(text))
        return text[: int(high)] if isinstance(high, int) and node.get("format") not in _TEXTS else text


def text_of(value: Any) -> str:
    """Write a scalar as it stands in addresses and headers."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _shown(node: dict[str, Any]) -> list[str]:
    found = [node.get("example"), node.get("default"), *(node.get("examples") or [])]
    return [item for item in found if isinstance(item, str)]


def _fitting(pattern: str, candidates: list[str]) -> str | None:
    try:
        return next((text for text in candidates if re.search(pattern, text)), None)
    except re.error:
        return candidates[0]


def _number(node: dict[str, Any], kind: str) -> int | float:
    low, high = node.get("minimum"), node.get("maximum")
    above, below = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    step = node.get("multipleOf")
    value: float = 1.5 if kind == "number" and not str(node.get("format")).startswith("int") else 1
    if isinstance(low, int | float) and value < low:
        value = low
    if isinstance(above, int | float) and not isinstance(above, bool) and value <= above:
        value = above + 1
    if isinstance(high, int | float) and value > high:
        value = high
    if isinstance(below, int | float) and not isinstance(below, bool) and value >= below:
        value = below - (1 if kind == "integer" else 0.5)
    if isinstance(step, int | float) and step and value % step:
        value = step * (int(value / step) + 1)
    return int(value) if kind == "integer" or (isinstance(value, float) and value.is_integer()) else value
