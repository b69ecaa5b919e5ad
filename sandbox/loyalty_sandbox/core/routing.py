"""From method and path to an operation, straight from the effective spec."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Generic, Protocol, TypeVar
from urllib.parse import unquote

from attrs import frozen


class Routed(Protocol):
    """Anything with a method and a path template."""

    @property
    def method(self) -> str: ...
    @property
    def template(self) -> str: ...


RoutedT = TypeVar("RoutedT", bound=Routed)


@frozen
class Match(Generic[RoutedT]):
    """The target of a request and the parts of its path."""

    target: RoutedT
    path: Mapping[str, str]


@frozen
class WrongMethod:
    """The path exists, the method does not."""

    allowed: tuple[str, ...]


class Router(Generic[RoutedT]):
    """Matches paths to templates; a literal segment wins over a parameter."""

    def __init__(self, targets: Iterable[RoutedT]) -> None:
        self._routes: dict[str, dict[str, RoutedT]] = {}
        for target in sorted(targets, key=lambda each: _rank(each.template)):
            self._routes.setdefault(_pattern(target.template), {})[target.method] = target

    def match(self, method: str, raw_path: str) -> Match[RoutedT] | WrongMethod | None:
        """Find the target of a path as it was sent, that is still percent-encoded; the first template that fits decides."""
        for pattern, methods in self._routes.items():
            found = re.fullmatch(pattern, raw_path)
            if found is None:
                continue
            if method not in methods:
                return WrongMethod(tuple(sorted(methods)))
            names = _PARAMETER.findall(methods[method].template)
            texts = [unquote(text) for text in found.groups()]
            return Match(methods[method], dict(zip(names, texts, strict=True)))
        return None


_PARAMETER = re.compile(r"\{([^{}/]+)\}")


def _pattern(template: str) -> str:
    literal = _PARAMETER.split(template)[::2]
    return "([^/]+)".join(re.escape(part) for part in literal)


def _rank(template: str) -> tuple[tuple[bool, str], ...]:
    return tuple(("{" in segment, segment) for segment in template.split("/"))
