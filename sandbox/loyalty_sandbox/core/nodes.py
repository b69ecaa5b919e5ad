"""A document whose references are followed once, so that each part of it is a plain object that knows what it says as a schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator, FormatChecker, validators
from jsonschema.exceptions import ValidationError

from .documents import JSON, Document, SandboxError

MAX_DEPTH = 12
# Below the first no key is a word of OpenAPI; what stands below the second is data, in which `$ref` is a text like any other.
_SCHEMAS = {"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"}
_COMPONENTS = {"schemas", "responses", "parameters", "examples", "headers", "links", "callbacks", "pathItems"}
_MAPS = _SCHEMAS | _COMPONENTS | {"requestBodies", "securitySchemes", "paths", "webhooks", "content", "encoding"}
_DATA = frozenset({"example", "examples", "default", "enum", "const", "value"})
_RULES = frozenset(Draft202012Validator.VALIDATORS) - {"$ref", "$dynamicRef"}
_ANYTHING: Document = {}
_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


class Node(dict[str, Any]):
    """A part of the document; one that is referred to twice is one object, and may contain itself, so only identity is compared."""

    def __repr__(self) -> str:
        """Name the words of a schema, not what they say, which messages of validators would write out without end."""
        return f"a schema with {', '.join(self)}"

    def at(self, *keys: str) -> Node:
        """Go down some steps; what is not there is an empty object."""
        found: Any = self
        for key in keys:
            found = found.get(key) if isinstance(found, Node) else None
        return found if isinstance(found, Node) else NOTHING

    @cached_property
    def members(self) -> dict[str, Node]:
        """The schemas of the members of an object, those of `allOf` and of the first choice of `oneOf` and `anyOf` with them."""
        found = [each.at("properties") for each in _parts(self, ("allOf", "oneOf", "anyOf"))]
        return {name: part if isinstance(part, Node) else NOTHING for each in found for name, part in each.items()}

    def member(self, name: str) -> Node:
        """Return the schema of a member; nothing is known of one that is not there."""
        return self.members.get(name, NOTHING)

    @cached_property
    def needed(self) -> set[str]:
        """The names of the members that an object must have."""
        named = [each.get("required") for each in _parts(self, ("allOf",))]
        return {str(name) for each in named if isinstance(each, list) for name in each}

    @cached_property
    def kinds(self) -> set[str]:
        """The JSON types that a schema allows, as far as it says so."""
        return _kinds(self, 0)

    def errors(self, value: JSON) -> Iterator[ValidationError]:
        """Yield how a value breaks the schema."""
        return self._validator.iter_errors(value)  # type: ignore[no-any-return]

    def fits(self, value: JSON) -> bool:
        """Say whether a value does not break the schema."""
        return next(self.errors(value), None) is None

    @cached_property
    def _validator(self) -> Any:
        return _Validator(self, format_checker=_FORMATS)


NOTHING = Node()


def link(document: Document) -> Node:
    """Return a document with its references followed; raises `SandboxError` for one that leads nowhere."""
    made: dict[int, tuple[Document, Node]] = {}  # by the identity of what it is made from
    todo: list[tuple[Document, Node, bool]] = []

    def convert(value: Any, *, is_map: bool = False) -> Any:
        if isinstance(value, list):
            return [convert(each) for each in value]
        source = _follow(document, value)
        if not isinstance(source, dict):
            return source
        if id(source) not in made:
            made[id(source)] = (source, Node())
            todo.append((*made[id(source)], is_map))
        return made[id(source)][1]

    root = convert(document)
    while todo:
        source, node, is_map = todo.pop()
        for name, inner in source.items():
            is_data = name.startswith("x-") or (name in _DATA and not (name == "examples" and isinstance(inner, dict)))
            if is_map or not is_data:
                inner = convert(inner, is_map=name in _MAPS and not is_map)
            if name != "$dynamicRef":  # what it leads to is not checked
                node[name] = inner
    return root  # type: ignore[no-any-return]


def _follow(document: Document, value: Any) -> Any:
    """Follow references until something else stands there; rules beside a reference hold as well."""
    for _ in range(50):
        reference = value.get("$ref") if isinstance(value, dict) else None
        if not isinstance(reference, str):
            return value
        beside = {name: inner for name, inner in value.items() if name != "$ref"}
        if beside.keys() & _RULES:
            return {**beside, "allOf": [*beside.get("allOf", []), {"$ref": reference}]}
        value = _lookup(document, reference)
    raise SandboxError(f"The reference {value['$ref']!r} leads back to itself; correct the spec.")


def _lookup(document: Document, reference: str) -> Any:
    if not reference.startswith("#"):
        raise SandboxError(f"The spec refers to another document, {reference[:80]!r}; bundle it into one first.")
    if reference[1:2] not in ("", "/"):  # an anchor: nothing is known of what it leads to
        return _ANYTHING
    found: Any = document
    try:
        for part in reference.split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            found = found[int(key)] if isinstance(found, list) else found[key]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        text = f"The spec refers to {reference[:120]!r}, which is not there; correct the reference."
        raise SandboxError(text) from error
    return found


def _parts(schema: Node, words: tuple[str, ...], depth: int = 0) -> Iterator[Node]:
    """Yield what a schema is put together from, itself at last; of choices the first."""
    if depth > MAX_DEPTH:
        return
    for word in words:
        for part in (schema.get(word) or [])[: None if word == "allOf" else 1]:
            if isinstance(part, Node):
                yield from _parts(part, words, depth + 1)
    yield schema


def _kinds(schema: Node, depth: int) -> set[str]:
    kind = schema.get("type")
    if kind is not None:
        return set(kind) if isinstance(kind, list) else {kind}
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    kinds = {_KINDS.get(type(value), "null") for value in values}
    for word in ("allOf", "oneOf", "anyOf") if depth < MAX_DEPTH else ():
        for part in schema.get(word) or []:
            kinds |= _kinds(part, depth + 1) if isinstance(part, Node) else set()
    return kinds or ({"object"} if "properties" in schema else {"array"} if "items" in schema else set())


def check_body(body: JSON, schema: Document, where: str) -> Document:
    """Return a body that fits a schema of its own; raises `SandboxError` for another one."""
    error = next(iter(Draft202012Validator(schema).iter_errors(body)), None)
    if error is not None or not isinstance(body, dict):
        place = "".join(f" at {part}" for part in error.absolute_path) if error else ""
        raise SandboxError(f"{where}{place}: {error.message[:200] if error else 'is not an object'}.")
    return body


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_FORMATS = FormatChecker(["date", "email", "ipv4", "ipv6", "uuid"])


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    """Check RFC 3339; a leap second is a moment, which Python does not know."""
    if not isinstance(value, str):
        return True
    if not _MOMENT.fullmatch(value):
        return False
    plain = re.sub(r"\.\d+", "", value.upper()).replace(":60", ":59")
    return datetime.fromisoformat(plain) is not None


for _name, _limit in (("int32", 2**31), ("int64", 2**63)):
    _FORMATS.checks(_name)(lambda value, limit=_limit: not isinstance(value, int) or -limit <= value < limit)


def _pattern(validator: Any, pattern: str, value: object, schema: object) -> Iterator[ValidationError]:
    """Check a pattern; one that only ECMAScript knows is passed over."""
    try:
        if isinstance(value, str) and not re.search(pattern, value):
            yield ValidationError(f"{value!r} does not match {pattern!r}")
    except re.error:
        return


_extend: Any = validators.extend
_Validator: Any = _extend(Draft202012Validator, {"pattern": _pattern})
