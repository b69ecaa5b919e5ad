"""From method and path to an operation, straight from the effective spec."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from attrs import frozen

from .spec import PARAMETER, Operation


@frozen
class Match:
    """The operation of a request and the parts of its path."""

    target: Operation
    path: Mapping[str, str]


@frozen
class WrongMethod:
    """The path exists, the method does not."""

    allowed: tuple[str, ...]


class Router:
    """Matches paths to templates; a literal segment wins over a parameter."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._routes: dict[re.Pattern[str], dict[str, Operation]] = {}
        for operation in sorted(operations, key=lambda each: _rank(each.template)):
            literal = PARAMETER.split(operation.template)[::2]
            pattern = "([^/]+)".join(re.escape(part) for part in literal)
            self._routes.setdefault(re.compile(pattern), {})[operation.method] = operation

    def match(self, method: str, raw_path: str) -> Match | WrongMethod | None:
        """Find the operation of a path as it was sent, that is still percent-encoded; the first template that fits decides."""
        for pattern, methods in self._routes.items():
            found = pattern.fullmatch(raw_path)
            if found is None:
                continue
            if method not in methods:
                return WrongMethod(tuple(sorted(methods)))
            names = PARAMETER.findall(methods[method].template)
            return Match(methods[method], dict(zip(names, map(unquote, found.groups()), strict=True)))
        return None


def _rank(template: str) -> tuple[tuple[bool, str], ...]:
    return tuple(("{" in segment, segment) for segment in template.split("/"))
