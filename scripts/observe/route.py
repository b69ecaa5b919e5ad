"""Which operation of the effective spec an exchange belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scripts.common.document import address_of, components, mapping, operations
from scripts.observe.exchange import Exchange, origin_of
from scripts.observe.words import Words

_PARAMETER = re.compile(r"\{[^{}]+\}")


@dataclass(frozen=True)
class Route:
    """Name an operation by the method and path it may have: its own, or an alternative that the spec records."""

    method: str
    path: str
    own_method: str
    own_path: str
    operation: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.operation.get("operationId") or f"{self.own_method} {self.own_path}")

    @property
    def is_own(self) -> bool:
        return (self.method, self.path) == (self.own_method, self.own_path)


def routes(document: dict[str, Any]) -> list[Route]:
    """List every operation at its own place, then at the alternatives that `x-provenance` records."""
    own, others = [], []
    for method, path, operation in operations(document):
        own.append(Route(method, path, method, path, operation))
        for text in mapping(operation.get("x-provenance")).get("alternatives") or []:
            other, _, place = str(text).partition(" ")
            if other.isupper() and place.startswith("/"):
                others.append(Route(other, place, method, path, operation))
    taken = {(route.method, shape(route.path)) for route in own}
    return [*own, *(route for route in others if (route.method, shape(route.path)) not in taken)]


def shape(path: str) -> str:
    """Return a path with its parameters unnamed."""
    return _PARAMETER.sub("{}", path)


class Router:
    """Find the routes of exchanges with the servers of a spec, and with further addresses of the API that a person names."""

    def __init__(self, document: dict[str, Any], servers: Sequence[str] = ()) -> None:
        self.routes = routes(document)
        self._patterns = [(_pattern(route.path), route) for route in self.routes]
        stated = (address_of(mapping(server)) for server in document.get("servers") or [])
        self._bases = [*map(_base, servers), *map(_base, stated)]
        self._words = Words(document)
        flows = (mapping(scheme.get("flows")) for scheme in components(document, "securitySchemes").values())
        urls = (str(mapping(flow).get("tokenUrl") or "") for each in flows for flow in each.values())
        self._tokens = tuple(urlsplit(url).path for url in urls if urlsplit(url).path.strip("/"))

    def place(self, exchange: Exchange) -> str | None:
        """Return the path below the API's address, or None for another host."""
        for origin, base in self._bases:
            if exchange.origin != origin:
                continue
            if exchange.capture.masked:  # our recorder writes no base path
                return exchange.path
            if exchange.path == base or exchange.path.startswith(f"{base}/"):
                return exchange.path.removeprefix(base) or "/"
        return None

    def is_token_call(self, exchange: Exchange) -> bool:
        """Tell whether an exchange asks for a token at the address of a security scheme."""
        return exchange.method == "POST" and bool(self._tokens) and exchange.path.endswith(self._tokens)

    def find(self, exchange: Exchange, path: str) -> Route | None:
        """Return the operation at this method and path, with as many literal segments as possible; the spec's own places first."""
        if exchange.operation:
            named = [r for r in self.routes if r.name == exchange.operation and r.path == path]
            return next((route for route in named if route.method == exchange.method), None)
        return self.match(exchange.method, path)

    def match(self, method: str, path: str) -> Route | None:
        """Return the operation that a method and path would reach."""
        found = [r for pattern, r in self._patterns if r.method == method and pattern.fullmatch(path)]
        return min(found, key=lambda route: (not route.is_own, route.path.count("{")), default=None)

    def at(self, path: str) -> Iterator[Route]:
        """Yield the operations that have this path with any method."""
        return (route for pattern, route in self._patterns if route.is_own and pattern.fullmatch(path))

    def show(self, path: str) -> str:
        """Write a path of traffic without its values: segments that no spec knows as a word become `{}`."""
        return "/" + "/".join(self._words.segment(part) for part in path.strip("/").split("/"))


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^{}]+\})", path.rstrip("/") or "/")
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts) + "/?")


def _base(address: str) -> tuple[str, str]:
    return origin_of(address), urlsplit(address).path.rstrip("/")
