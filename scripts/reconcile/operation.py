"""What is compared of an operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from scripts.common.document import mapping, members_of, operations, parameters, resolve


@dataclass(frozen=True)
class Operation:
    """Hold the traits of one operation by which it can be recognised in another document."""

    method: str
    path: str
    base: str
    operation_id: str = ""
    titles: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    parameters: frozenset[tuple[str, str]] = frozenset()
    members: frozenset[str] = frozenset()
    provenance: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def given(self) -> frozenset[str]:
        """The names of parameters, those of the path left out, and of the members of the body."""
        named = {f"{place} {name}" for place, name in self.parameters if place != "path"}
        return frozenset(named | {f"body {name}" for name in self.members})

    @property
    def shape(self) -> str:
        """The path with its parameters unnamed: `/users/{}`."""
        return re.sub(r"\{[^{}]*\}", "{}", self.path)

    @property
    def full_shape(self) -> str:
        """The shape below the host, the path of the server included."""
        return self.base + self.shape


def read_operations(document: Mapping[str, Any]) -> list[Operation]:
    """List the operations of a document in its order; titles are the vendor's own, where recorded, and our summary."""
    base = _server_path(document)
    return [_read(document, method, path, operation, base) for method, path, operation in operations(dict(document))]


def _read(document: Mapping[str, Any], method: str, path: str, raw: Mapping[str, Any], base: str) -> Operation:
    provenance = raw.get("x-provenance") or {}
    candidates = (provenance.get("title"), raw.get("summary"))
    return Operation(
        method=method,
        path=path,
        base=base,
        operation_id=str(raw.get("operationId") or ""),
        titles=tuple(str(title) for title in candidates if title),
        tags=frozenset(map(str, raw.get("tags") or [])),
        parameters=frozenset((str(item.get("in")), str(item.get("name"))) for item in parameters(document, path, raw)),
        members=_body_members(document, raw),
        provenance=provenance,
    )


def _server_path(document: Mapping[str, Any]) -> str:
    servers = document.get("servers")
    first = mapping(servers[0]) if isinstance(servers, list) and servers else {}
    return urlsplit(re.sub(r"\{[^{}]*\}", "x", str(first.get("url") or ""))).path.rstrip("/")


def _body_members(document: Mapping[str, Any], raw: Mapping[str, Any]) -> frozenset[str]:
    content = mapping(resolve(document, raw.get("requestBody")).get("content"))
    media = mapping(next(iter(content.values()), None))
    return frozenset(members_of(document, media.get("schema")))
