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
        by_template: dict[str, dict[str, RoutedT]] = {}
        for target in targets:
            by_template.setdefault(target.template, {})[target.method] = target
        self._routes = [
            (_pattern(template), methods)
            for template, methods in sorted(by_template.items(), key=lambda item: _rank(item[0]))
        ]

    def match(self, method: str, raw_path: str) -> Match[RoutedT] | WrongMethod | None:
        """Find the target of a path as it was sent, that is still percent-encoded; the first template with the method decides."""
        allowed: set[str] = set()
        for pattern, methods in self._routes:
            found = pattern.fullmatch(raw_path)
            if found is None:
                continue
            if method in methods:
                names = _PARAMETER.findall(methods[method].template)
                texts = [unquote(text) for text in found.groups()]
                return Match(methods[method], dict(zip(names, texts, strict=True)))
            allowed |= methods.keys()
        return WrongMethod(tuple(sorted(allowed))) if allowed else None


_PARAMETER = re.compile(r"\{([^{}/]+)\}")


def _pattern(template: str) -> re.Pattern[str]:
    literal = _PARAMETER.split(template)[::2]
    return re.compile("([^/]+)".join(re.escape(part) for part in literal))


def _rank(template: str) -> tuple[tuple[bool, str], ...]:
    return tuple(("{" in segment, segment) for segment in template.split("/"))
