"""An effective spec as the engine reads it: operations, parameters, and every schema with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from attrs import define, field, frozen
from referencing.exceptions import NoSuchAnchor, Unresolvable

from .documents import JSON, Document
from .problems import SandboxError
from .schemas import Schemas

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})  # the standard says so
_DATA = frozenset({"example", "examples", "default", "enum", "const"})
MAX_DEPTH = 12


@frozen
class Place:
    """A part of the document and the JSON pointer that leads to it."""

    value: Any
    pointer: str

    def __getitem__(self, key: str | int) -> Place:
        """Go one step down; what is not there is an empty object."""
        inner: Any = self.value[int(key)] if isinstance(self.value, list) else {}
        if isinstance(self.value, dict):
            inner = self.value.get(key, {})
        return Place(inner, f"{self.pointer}/{_escape(str(key))}")


NOTHING = Place({}, "")


@frozen
class Parameter:
    """A parameter as it travels; `where` is `path`, `query`, `header` or `cookie`."""

    name: str
    where: str
    required: bool
    schema: Place
    style: str
    explode: bool
    is_json: bool
    raw: Document


@frozen
class Operation:
    """One operation: where it is, who may call it, how often, what it takes."""

    operation_id: str
    method: str
    template: str
    security: tuple[Document, ...]
    rate_limits: tuple[Document, ...]
    own_limits: bool
    raw: Document
    parameters: tuple[Parameter, ...]
    body: Place
    responses: Place


@define
class Spec:
    """A document with what is asked of it again and again.

    Operations and parameters of paths have the names that users know: where `x-client-…` gives them, they stand for the vendor's.
    """

    document: Document
    schemas: Schemas = field(init=False)
    operations: dict[str, Operation] = field(init=False)
    _found: dict[str, Place] = field(factory=dict, init=False)  # what references lead to

    def __attrs_post_init__(self) -> None:
        self.schemas = Schemas(self.document)
        self._check_references(Place(self.document, ""))
        self.operations = {}
        for operation in self._read_operations():
            self.operations.setdefault(operation.operation_id, operation)

    def named(self, reference: JSON) -> str:
        """Return the name of the operation that an extension refers to, by the vendor's operationId or by the one that users know."""
        of_vendor = (name for name, each in self.operations.items() if each.raw.get("operationId") == reference)
        return next(of_vendor, str(reference))

    def scheme_name(self, name: str) -> str:
        """Return the name that handlers know a security scheme by, where the vendor's file calls it otherwise."""
        scheme = self.follow(Place(self.document, "")["components"]["securitySchemes"][name]).value
        return str(scheme.get("x-client-scheme", name)) if isinstance(scheme, dict) else name

    def follow(self, place: Place) -> Place:
        """Follow references until something else stands there."""
        for _ in range(50):
            reference = place.value.get("$ref") if isinstance(place.value, dict) else None
            if not isinstance(reference, str):
                return place
            place = self._target(reference)
        raise SandboxError(f"{place.pointer}: its reference leads back to itself; correct the spec.")

    def response(self, operation: Operation, status: int) -> Place | None:
        """Return the response that documents a status: its own, its range, or the default."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in operation.responses.value:
                return self.follow(operation.responses[key])
        return None

    def success(self, operation: Operation) -> tuple[int, Place]:
        """Return the lowest success status of an operation and its response; a range counts as its first status."""
        keys = [str(key) for key in operation.responses.value]
        for key in sorted(key for key in keys if key.startswith("2")):
            return int(key.upper().replace("XX", "00")), self.follow(operation.responses[key])
        return (200, self.follow(operation.responses["default"])) if "default" in keys else (200, NOTHING)

    def properties(self, schema: Place, depth: int = 0) -> dict[str, Place]:
        """Return the members of an object schema, those of `allOf` and of the first choice of `oneOf` and `anyOf` with them."""
        found = self.follow(schema)
        members: dict[str, Place] = {}
        if not isinstance(found.value, dict) or depth > MAX_DEPTH:
            return members
        for word in ("allOf", "oneOf", "anyOf"):
            choices = found.value.get(word) or []
            for index in range(len(choices) if word == "allOf" else min(1, len(choices))):
                members |= self.properties(found[word][index], depth + 1)
        own = found["properties"]
        return {**members, **{name: own[name] for name in own.value}}

    def member(self, schema: Place, name: str) -> Place:
        """Return the schema of a member of an object; nothing is known of one that is not there."""
        return self.properties(schema).get(name, NOTHING)

    def items(self, schema: Place) -> Place:
        """Return the schema of the items of a list."""
        return self.follow(schema)["items"]

    def required(self, schema: Place, depth: int = 0) -> set[str]:
        """Name the members that an object schema demands."""
        found = self.follow(schema).value
        if not isinstance(found, dict) or depth > MAX_DEPTH:
            return set()
        parts = [self.required(Place(part, ""), depth + 1) for part in found.get("allOf", [])]
        own = found.get("required")
        return set(own if isinstance(own, list) else []).union(*parts)

    def kinds(self, schema: Place, depth: int = 0) -> set[str]:
        """Name the JSON types that a schema allows, as far as it says so."""
        found = self.follow(schema)
        if not isinstance(found.value, dict) or depth > MAX_DEPTH:
            return set()
        kind = found.value.get("type")
        if kind is not None:
            return set(kind) if isinstance(kind, list) else {kind}
        values = [found.value["const"]] if "const" in found.value else found.value.get("enum", [])
        kinds = {_kind(value) for value in values}
        for word in ("allOf", "oneOf", "anyOf"):
            for index in range(len(found.value.get(word) or [])):
                kinds |= self.kinds(found[word][index], depth + 1)
        return kinds or ({"object"} if "properties" in found.value else {"array"} if "items" in found.value else set())

    def _target(self, reference: str) -> Place:
        if not reference.startswith("#"):
            raise SandboxError(f"The spec refers to another document, {reference[:80]!r}; bundle it into one first.")
        try:
            if reference not in self._found:
                self._found[reference] = Place(self.schemas.lookup(reference), reference[1:])
            return self._found[reference]
        except NoSuchAnchor:  # nothing is known of what it leads to
            return NOTHING
        except Unresolvable as error:
            found = f"The spec refers to {reference[:120]!r}, which is not there; correct the reference."
            raise SandboxError(found) from error

    def _check_references(self, place: Place, name: str = "") -> None:
        if isinstance(place.value, list):
            for index in range(len(place.value)):
                self._check_references(place[index])
        elif isinstance(place.value, dict):
            if isinstance(place.value.get("$ref"), str) and name != "properties":
                self._target(place.value["$ref"])
            for key in place.value:
                is_data = name != "properties" and (str(key) in _DATA or str(key).startswith("x-"))
                if not is_data:
                    self._check_references(place[key], str(key))

    def _read_operations(self) -> Iterator[Operation]:
        paths = Place(self.document, "")["paths"]
        for template in paths.value:
            item = self.follow(paths[template])
            for method in METHODS:
                if isinstance(item.value, dict) and isinstance(item.value.get(method), dict):
                    yield self._read_operation(str(template), method, item)

    def _read_operation(self, template: str, method: str, item: Place) -> Operation:
        place = item[method]
        raw: Document = place.value
        limits = raw.get("x-rate-limit")
        name = raw.get("x-client-operation", raw.get("operationId"))
        if not isinstance(name, str) or name in self.operations:
            name = f"{method.upper()} {template}"
        own = raw.get("x-client-parameters") or {}
        template = re.sub(r"\{([^{}]*)\}", lambda found: f"{{{own.get(found[1], found[1])}}}", template)
        return Operation(
            operation_id=name,
            method=method.upper(),
            template=template,
            security=tuple(
                {self.scheme_name(name): scopes for name, scopes in item.items()}
                for item in raw.get("security", self.document.get("security")) or ()
            ),
            rate_limits=_limits(self.document.get("x-rate-limit") if limits is None else limits),
            own_limits=limits is not None,
            raw=raw,
            parameters=self._read_parameters(item, place),
            body=self.follow(place["requestBody"]),
            responses=place["responses"],
        )

    def _read_parameters(self, item: Place, operation: Place) -> tuple[Parameter, ...]:
        found: dict[tuple[str, str], Parameter] = {}
        own: dict[str, str] = operation.value.get("x-client-parameters") or {}
        for holder in (item["parameters"], operation["parameters"]):
            for index in range(len(holder.value)):
                place = self.follow(holder[index])
                raw = place.value
                name, where = str(raw.get("name")), str(raw.get("in"))
                name = own.get(name, name) if where == "path" else name
                if where == "header" and name.lower() in _IGNORED_HEADERS:
                    continue
                media = next(iter(raw.get("content") or {}), None)
                style = raw.get("style", "form" if where in ("query", "cookie") else "simple")
                found[where, name] = Parameter(
                    name=name,
                    where=where,
                    required=bool(raw.get("required")),
                    schema=place["schema"] if media is None else place["content"][media]["schema"],
                    style=style,
                    explode=bool(raw.get("explode", style in ("form", "deepObject"))),
                    is_json=media is not None,
                    raw=raw,
                )
        return tuple(found.values())


def _limits(limits: JSON) -> tuple[Document, ...]:
    """Read `x-rate-limit`; another tool's extension of that name has another form and is passed over."""
    found = [each for each in limits if isinstance(each, dict)] if isinstance(limits, list) else []
    return tuple(each for each in found if {"requests", "seconds"} <= each.keys())


def _escape(part: str) -> str:
    return quote(part.replace("~", "~0").replace("/", "~1"), safe="~")


def _kind(value: JSON) -> str:
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds[type(value)]
