"""Find what a fact is about in a document: an operation, a parameter, a body, a reply, or a member at any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scripts.common.document import METHODS, operations, resolve_pointer
from scripts.common.jsonpath import Place
from scripts.evidence_coverage.fact import Fact

_COMPOSITIONS = ("allOf", "oneOf", "anyOf")
_DEPTH = 20  # of references and compositions below each other


@dataclass(frozen=True)
class Node:
    """Hold one candidate for a subject: the object itself, whether it is required, its schemas with compositions taken apart, their names."""

    holder: dict[str, Any]
    required: bool = False
    schemas: tuple[dict[str, Any], ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Operation:
    """Hold one operation with its place and the document around it."""

    method: str
    path: str
    raw: dict[str, Any]
    document: dict[str, Any]

    def resolve(self, node: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Follow references, members beside a reference winning; return the object and the names followed."""
        names: list[str] = []
        while "$ref" in node and len(names) < _DEPTH:
            pointer = str(node["$ref"]).removeprefix("#")
            names.append(pointer.rsplit("/", 1)[-1])
            node = {**resolve_pointer(self.document, pointer), **{k: v for k, v in node.items() if k != "$ref"}}
        return node, names

    def parameters(self) -> list[dict[str, Any]]:
        """Return the parameters of the operation, those of its path included."""
        own = [*(self.document["paths"][self.path].get("parameters") or []), *(self.raw.get("parameters") or [])]
        return [self.resolve(item)[0] for item in own]

    def replies(self) -> dict[str, dict[str, Any]]:
        """Return the replies by status."""
        return {str(status): self.resolve(reply)[0] for status, reply in (self.raw.get("responses") or {}).items()}

    def request(self) -> dict[str, Any] | None:
        """Return the request body."""
        return self.resolve(self.raw["requestBody"])[0] if "requestBody" in self.raw else None

    def node(self, holder: dict[str, Any], schema: Any, *, required: bool = False) -> Node:
        """Take a schema apart."""
        names: set[str] = set()
        schemas = tuple(self._flat(schema, names)) if isinstance(schema, dict) else ()
        return Node(holder, required, schemas, frozenset(names))

    def _flat(self, schema: dict[str, Any], names: set[str], depth: int = 0) -> Iterator[dict[str, Any]]:
        resolved, followed = self.resolve(schema)
        names.update(followed)
        yield resolved
        for key in _COMPOSITIONS if depth < _DEPTH else ():
            for part in resolved.get(key) or []:
                yield from self._flat(part, names, depth + 1)

    def below(self, nodes: Iterable[Node], step: str) -> list[Node]:
        """Return the items (`[]`) or the members of that name."""
        found = []
        for node in nodes:
            for schema in node.schemas:
                child = schema.get("items") if step == "[]" else (schema.get("properties") or {}).get(step)
                if isinstance(child, dict):
                    holder = self.resolve(child)[0]
                    found.append(self.node(holder, child, required=step in (schema.get("required") or [])))
        return found


def find_operations(document: dict[str, Any]) -> dict[str, Operation]:
    """Return every operation by its operationId."""
    return {
        str(raw.get("operationId")): Operation(method, path, raw, document)
        for method, path, raw in operations(document)
        if method.lower() in METHODS
    }


def reachable(operation: Operation | None) -> frozenset[Place]:
    """Return the parts of the document that an operation consists of: its path, every component it refers to, the common security."""
    if operation is None:
        return frozenset()
    found: set[Place] = {("paths", operation.path), ("security",)}
    waiting: list[Any] = [operation.document["paths"][operation.path]]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
            pointer = node.get("$ref")
            if isinstance(pointer, str) and (place := tuple(pointer.split("/")[1:4])) not in found:
                found.add(place)
                waiting.append(resolve_pointer(operation.document, pointer.removeprefix("#")))
    return frozenset(found)


def is_success(status: str) -> bool:
    return status.startswith("2")


def _contents(holder: dict[str, Any]) -> list[Any]:
    return [media.get("schema") for media in (holder.get("content") or {}).values()]


def _operation(operation: Operation, fact: Fact) -> list[Node]:
    return [Node(operation.raw)]


def _tag(operation: Operation, fact: Fact) -> list[Node]:
    return [Node(operation.raw)] if fact.subject[0] in (operation.raw.get("tags") or []) else []


def _parameter(operation: Operation, fact: Fact) -> list[Node]:
    place, name = fact.kind.removesuffix(" parameter"), fact.subject[0]
    nodes = [
        operation.node(item, item.get("schema"), required=bool(item.get("required")))
        for item in operation.parameters()
        if item.get("in") == place and item.get("name") == name
    ]
    return _descend(operation, nodes, fact.subject[1:])


def _body(operation: Operation, fact: Fact) -> list[Node]:
    request = operation.request()
    if request is None:
        return []
    required = bool(request.get("required"))
    nodes = [operation.node(request, schema, required=required) for schema in _contents(request)]
    return _descend(operation, nodes, fact.subject)


def _reply(operation: Operation, fact: Fact) -> list[Node]:
    status, *way = fact.subject
    nodes = []
    for key, reply in operation.replies().items():
        if _is_meant(status, key):
            nodes += [operation.node(reply, schema) for schema in _contents(reply) or [None]]
    return _descend(operation, nodes, way)


def _is_meant(status: str, key: str) -> bool:
    """Compare the evidence's word for a status with the spec's: a number, `success`, `failure`, or `any` for a lost label."""
    if status in ("success", "failure"):
        return is_success(key) == (status == "success")
    return status in ("any", key)


def _reply_header(operation: Operation, fact: Fact) -> list[Node]:
    status, name = fact.subject
    headers = [
        operation.resolve(header)[0]
        for key, reply in operation.replies().items()
        if _is_meant(status, key)
        for header_name, header in (reply.get("headers") or {}).items()
        if header_name.lower() == name.lower()
    ]
    return [operation.node(header, header.get("schema"), required=bool(header.get("required"))) for header in headers]


def _descend(operation: Operation, nodes: list[Node], way: Iterable[str]) -> list[Node]:
    for step in way:
        nodes = operation.below(nodes, step)
    return nodes


_FINDERS: dict[str, Callable[[Operation, Fact], list[Node]]] = {
    "operation": _operation,
    "tag": _tag,
    "security": _operation,
    "path parameter": _parameter,
    "query parameter": _parameter,
    "header parameter": _parameter,
    "body": _body,
    "body member": _body,
    "body sample": _body,
    "reply": _reply,
    "reply member": _reply,
    "reply sample": _reply,
    "reply header": _reply_header,
}


def find_subject(operation: Operation, fact: Fact) -> list[Node]:
    """Return every candidate for what the fact is about; none means it is not there."""
    return _FINDERS[fact.kind](operation, fact)
