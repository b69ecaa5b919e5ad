"""RFC 9535 queries that answer with places, not values."""

from __future__ import annotations

from typing import Any

from jsonpath_rfc9535 import JSONPathError, compile, find
from jsonpath_rfc9535.filter_expressions import FilterExpression, LogicalExpression
from jsonpath_rfc9535.selectors import FilterSelector

Place = tuple[str | int, ...]


def find_places(query: str, document: Any) -> list[Place]:
    """Return where the query matches, in document order, each place once; raises `ValueError` for a malformed query."""
    try:
        nodes = find(query, document)
    except JSONPathError as problem:
        raise ValueError(" ".join(str(problem).split())) from None
    except RecursionError:
        raise ValueError("it nests too deeply") from None
    return list(dict.fromkeys(tuple(node.location) for node in nodes))


def split_query(query: str) -> list[tuple[str, str]]:
    """List each name of a union and each alternative of a filter, with the query that keeps it alone at its place."""
    segments = compile(query).segments
    parts = []
    for index, segment in enumerate(segments):
        choices = [choice for selector in segment.selectors for choice in _choices(selector)]
        for choice in choices if len(choices) > 1 else []:
            before, after = ("".join(map(str, part)) for part in (segments[:index], segments[index + 1 :]))
            dots = ".." if str(segment).startswith("..") else ""
            parts.append((choice, f"${before}{dots}[{choice}]{after}"))
    return parts


def _choices(selector: object) -> list[str]:
    if not isinstance(selector, FilterSelector):
        return [str(selector)]
    return [f"?{alternative}" for alternative in _alternatives(selector.expression.expression)]


def _alternatives(expression: object) -> list[object]:
    if isinstance(expression, FilterExpression):
        return _alternatives(expression.expression)
    if isinstance(expression, LogicalExpression) and expression.operator == "||":
        return [*_alternatives(expression.left), *_alternatives(expression.right)]
    return [expression]


def value_at(document: Any, place: Place) -> Any:
    """Return the value at a place; raises `LookupError` when it is gone."""
    for step in place:
        document = document[step]
    return document


def show_place(place: Place) -> str:
    """Write a place as a normalised path: `$['paths']['/v1/guests']`."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f"['{step}']" for step in place)
