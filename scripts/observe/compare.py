"""Hold a JSON value against a schema of the effective spec, and yield what does not fit, each at the place of the schema that says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from jsonschema import FormatChecker

from scripts.common.document import mapping, resolve_pointer, split_pointer
from scripts.common.jsonpath import Place, value_at
from scripts.observe.exchange import is_mask

_DEPTH = 40
MOST = 60  # members of one object; more is a map
_FORMATS = FormatChecker(["date", "date-time", "uuid"])
TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


class Difference(NamedTuple):
    """Hold one thing a value shows: unknown `member`, absent `required` one, `type`, `null`, `enum`, `format`, undescribed `body`; `fits` is no fault.

    `key` is the member, type, format or token; `value` what stands there, in memory only.
    """

    kind: str
    place: Place
    key: str
    value: Any = None


def kind_of(value: Any) -> str:
    """Return the JSON type of a value; a whole number is an integer however it is written."""
    if isinstance(value, float) and value.is_integer():
        return "integer"
    return TYPES.get(type(value), "null")


def looks_like_data(members: dict[str, Any]) -> bool:
    """Tell whether the names of members look like values: very many, or all of them objects of one kind."""
    if len(members) > MOST:
        return True
    return (
        len(members) > 1
        and all(isinstance(item, dict) for item in members.values())
        and len({frozenset(item) for item in members.values()}) == 1
    )


class Comparison:
    """Compare values with the schemas of one document; of what was masked nothing is known."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def look(self, place: Place, value: Any, depth: int = 0) -> Iterator[Difference]:
        """Yield the differences of a value from the schema at a place."""
        own, schema = self._at(place)
        if depth > _DEPTH or schema is None or is_mask(value):
            return
        if schema.get("x-undocumented"):
            if value not in (None, {}, []):
                yield Difference("body", place, "", value)
            return
        for word in ("oneOf", "anyOf"):
            if isinstance(schema.get(word), list) and schema[word]:
                yield from self._branch(place, own, word, value, depth)
        types = self._types(own)
        kind = kind_of(value)
        if types and kind not in types and not (kind == "integer" and "number" in types):
            yield Difference("null" if value is None else "type", place, kind, value)
            return
        if value is None:
            return
        yield Difference("fits", place, kind)
        if isinstance(value, dict):
            yield from self._object(own, value, depth)
        elif isinstance(value, list) and "items" in schema:
            for item in value:
                yield from self.look((*own, "items"), item, depth + 1)
        elif isinstance(value, str):
            yield from self._text(own, schema, value)

    def _at(self, place: Place) -> tuple[Place, dict[str, Any] | None]:
        node = value_at(self._document, place)
        for _ in range(50):
            if not isinstance(node, dict):
                break
            if not isinstance(node.get("$ref"), str):
                return place, node
            try:
                place = tuple(split_pointer(node["$ref"]))
                node = resolve_pointer(self._document, node["$ref"])
            except LookupError:
                break
        return place, None

    def parts(self, place: Place, depth: int = 0) -> Iterator[tuple[Place, dict[str, Any]]]:
        """Yield a schema and those it consists of by `allOf`, references followed."""
        own, schema = self._at(place)
        if schema is None or depth > _DEPTH:
            return
        yield own, schema
        for number in range(len(schema.get("allOf") or [])):
            yield from self.parts((*own, "allOf", number), depth + 1)

    def _types(self, place: Place) -> set[str]:
        for _, schema in self.parts(place):
            stated = schema.get("type")
            if stated:
                return set(stated) if isinstance(stated, list) else {stated}
        return set()

    def _branch(self, place: Place, own: Place, word: str, value: Any, depth: int) -> Iterator[Difference]:
        count = len(value_at(self._document, own)[word])
        tries = [list(self.look((*own, word, number), value, depth + 1)) for number in range(count)]
        best = min(tries, key=lambda found: sum(item.kind != "fits" for item in found))
        if value is None and any(item.kind == "null" for item in best):
            yield Difference("null", place, "null")  # of the whole, not of one alternative
        else:
            yield from best

    def _object(self, own: Place, value: dict[str, Any], depth: int) -> Iterator[Difference]:
        described: dict[str, Place] = {}
        open_to: Place | None = None
        unions = False
        for place, schema in self.parts(own):
            described |= {name: (*place, "properties", name) for name in mapping(schema.get("properties"))}
            for name in schema.get("required") or []:
                if name not in value:
                    yield Difference("required", place, str(name))
            if mapping(schema.get("additionalProperties")):
                open_to = (*place, "additionalProperties")
            unions = unions or "oneOf" in schema or "anyOf" in schema
        unknown = {name: item for name, item in value.items() if name not in described}
        data = looks_like_data(unknown)
        for name, item in value.items():
            if name in described:
                yield from self.look(described[name], item, depth + 1)
            elif open_to is not None:
                yield from self.look(open_to, item, depth + 1)
            elif described and not unions:
                yield Difference("member", own, "" if data else name, item)

    def _text(self, own: Place, schema: dict[str, Any], value: str) -> Iterator[Difference]:
        if schema.get("enum") and value not in schema["enum"]:
            yield Difference("enum", own, value)
        stated = str(schema.get("format"))
        if not _FORMATS.conforms(value, stated):
            yield Difference("format", own, stated)
