"""What a page says of a schema: its type with links, its limits, its members, its alternatives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from scripts.common.document import mapping, referred_name, resolve_pointer
from scripts.common.jsonpath import Place
from scripts.common.names import attribute_name
from scripts.reference.markup import Ids, plain, pretty

_DEEPEST = 8
_MOST_FOLLOWED = 20_000  # parts drawn inside references that are no components: shared ones could double at each level
_ONE = {
    "items": "Each item",
    "not": "Not",
    "if": "If",
    "then": "Then",
    "else": "Else",
    "contains": "At least one item",
    "propertyNames": "Names of members",
    "additionalProperties": "Other members",
    "unevaluatedProperties": "Any other member",
    "unevaluatedItems": "Any other item",
}
_MANY = {"oneOf": "One of", "anyOf": "Any of", "allOf": "All of", "prefixItems": "Item"}
_BY_NAME = {"patternProperties": "Members that match", "dependentSchemas": "With"}
_FACTS = ["$ref", "type", "description", "properties", "required", "enum", "examples", "example", "title", "$defs"]
_FLAGS = ["deprecated", "readOnly", "writeOnly"]
_OURS = ["x-confidence", "x-undocumented", "x-enum-varnames"]
_SHOWN_ELSEWHERE = frozenset([*_ONE, *_MANY, *_BY_NAME, *_FACTS, *_FLAGS, *_OURS, "definitions", "discriminator"])


@dataclass(frozen=True)
class Word:
    """Hold a piece of a type: plain text, or the name of a schema with the id of its entry."""

    text: str
    target: str = ""


@dataclass
class Schema:
    """Hold what is shown of one schema; `rest` is JSON of what is nested too deeply to draw."""

    place: Place
    type: list[Word]
    description: str = ""
    values: list[str] = field(default_factory=list)
    limits: list[tuple[str, str]] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    confidence: str = ""
    members: list[Member] = field(default_factory=list)
    groups: list[tuple[str, Schema]] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    rest: str = ""

    @property
    def nested(self) -> bool:
        return bool(self.members or self.groups or self.rest)

    @property
    def says_more(self) -> bool:
        """Tell whether there is anything to say but the type."""
        return bool(self.nested or self.description or self.limits or self.flags or self.confidence or self.examples)

    def places(self) -> Iterable[Place]:
        """Yield the place of this schema and of every part drawn inside it."""
        yield self.place
        for inner in [*(member.schema for member in self.members), *(group for _, group in self.groups)]:
            yield from inner.places()


@dataclass
class Member:
    """Hold one member of an object; `python` is its name there where it is another one."""

    name: str
    required: bool
    schema: Schema
    python: str = ""


class SchemaReader:
    """Read schemas of one document; references to components become links, so that recursion ends."""

    def __init__(self, document: dict[str, Any], ids: Ids, *, in_python: bool = False) -> None:
        self._document, self._in_python = document, in_python
        self._ids = ids
        self._followed = 0
        self._names = mapping(mapping(document.get("components")).get("schemas"))

    def read(self, node: Any, place: Place, *, depth: int = 0, seen: frozenset[str] = frozenset()) -> Schema:
        """Return what is shown of a schema at a place."""
        result = Schema(place, self.words(node))
        if not isinstance(node, dict):
            return result
        self._facts(node, result)
        reference = node.get("$ref")
        self._followed += bool(seen)
        if depth >= _DEEPEST or self._followed > _MOST_FOLLOWED:
            result.rest = pretty(node) if node.keys() - _SHOWN_ELSEWHERE or len(node) > 3 else ""
            return result
        if isinstance(reference, str) and self._component(reference) is None and reference not in seen:
            target = self._look_up(reference)
            if target is not None:
                inner = self.read(target, place, depth=depth + 1, seen=seen | {reference})
                result.members, result.groups = inner.members, inner.groups
                result.description = result.description or inner.description
        required = node.get("required") if isinstance(node.get("required"), list) else []
        for name, item in mapping(node.get("properties")).items():
            inner = self.read(item, (*place, "properties", name), depth=depth + 1, seen=seen)
            given = str(mapping(item).get("x-client-name") or attribute_name(str(name))) if self._in_python else name
            result.members.append(Member(str(name), name in (required or ()), inner, given if given != name else ""))
        result.groups += self._groups(node, place, depth, seen)
        return result

    def component(self, node: Any) -> tuple[str, Place, Any] | None:
        """Return (name, place, schema) when a schema is nothing but a reference to a component or a list of one."""
        inner = node.get("items") if isinstance(node, dict) and "$ref" not in node else node
        reference = inner.get("$ref") if isinstance(inner, dict) else None
        name = self._component(reference) if isinstance(reference, str) else None
        return None if name is None else (name, ("components", "schemas", name), self._names[name])

    def words(self, node: Any) -> list[Word]:
        """Write the type of a schema: `string or null`, `list of Guest`."""
        if node is False:
            return [Word("nothing")]
        if not isinstance(node, dict):
            return [Word("anything")]
        reference = node.get("$ref", node.get("$dynamicRef"))
        if isinstance(reference, str):
            name = self._component(reference)
            if name is not None:
                return [Word(name, self._ids.of("schema", name))]
            return [Word(reference.rpartition("/")[2] or reference)]
        for key, between in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
            parts = node.get(key)
            if isinstance(parts, list) and parts:
                return _join(between, [self.words(part) for part in parts])
        kinds = node.get("type", "anything" if not node.get("properties") else "object")
        names = kinds if isinstance(kinds, list) else [kinds]
        return _join(" or ", [self._kind(str(name), node) for name in names])

    def _kind(self, name: str, node: dict[str, Any]) -> list[Word]:
        if name == "array" and "items" in node:
            return [Word("list of "), *self.words(node["items"])]
        return [Word(f"{name} ({node['format']})" if name == "string" and node.get("format") else name)]

    def _facts(self, node: dict[str, Any], result: Schema) -> None:
        result.description = str(node.get("description") or "")
        inner = node.get("items")
        values = node.get("enum", inner.get("enum") if isinstance(inner, dict) else None)
        result.values = [plain(value) for value in values] if isinstance(values, list) else []
        result.limits = [
            (str(key).removeprefix("x-"), plain(value))
            for key, value in node.items()
            if key not in _SHOWN_ELSEWHERE and not (key == "format" and node.get("type") == "string")
        ]
        if isinstance(node.get("discriminator"), dict):
            result.limits.append(("told apart by", plain(node["discriminator"].get("propertyName", ""))))
        result.flags = [word for word in _FLAGS if node.get(word) is True]
        if node.get("x-undocumented"):
            result.flags.append("undocumented")
        result.confidence = str(node.get("x-confidence") or "")
        examples = node.get("examples") if isinstance(node.get("examples"), list) else []
        result.examples = [
            pretty(value) for value in [*(examples or ()), *([node["example"]] if "example" in node else [])]
        ]

    def _groups(
        self, node: dict[str, Any], place: Place, depth: int, seen: frozenset[str]
    ) -> Iterable[tuple[str, Schema]]:
        for key, title in _ONE.items():
            part = node.get(key)
            if isinstance(part, dict) and part:
                inner = self.read(part, (*place, key), depth=depth + 1, seen=seen)
                if key != "items" or inner.says_more:  # the type of a list says the rest
                    yield title, inner
            elif part is False:
                yield title, Schema((*place, key), [Word("none" if key != "not" else "nothing")])
        for key, title in _MANY.items():
            parts = node.get(key)
            for index, part in enumerate(parts if isinstance(parts, list) else ()):
                yield f"{title} ({index + 1})", self.read(part, (*place, key, index), depth=depth + 1, seen=seen)
        for key, title in _BY_NAME.items():
            for name, part in mapping(node.get(key)).items():
                yield f"{title} {name}", self.read(part, (*place, key, name), depth=depth + 1, seen=seen)

    def _component(self, reference: str) -> str | None:
        is_schema = reference.startswith("#/components/schemas/") and reference.count("/") == 3
        return name if is_schema and (name := referred_name(reference)) in self._names else None

    def _look_up(self, reference: str) -> Any:
        try:
            return resolve_pointer(self._document, reference[1:]) if reference.startswith("#") else None
        except LookupError:
            return None


def _join(between: str, parts: list[list[Word]]) -> list[Word]:
    unique = list({tuple(part): part for part in parts}.values())
    words: list[Word] = []
    for index, part in enumerate(unique):
        words += [Word(between), *part] if index else part
    return words
