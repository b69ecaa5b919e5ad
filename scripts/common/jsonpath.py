"""RFC 9535 queries that answer with places, not values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from jsonpath_rfc9535 import JSONPathError, JSONPathNode, JSONPathQuery, compile
from jsonpath_rfc9535.filter_expressions import (
    FilterExpression,
    FilterQuery,
    FunctionExtension,
    LogicalExpression,
    RootFilterQuery,
)
from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment
from jsonpath_rfc9535.selectors import FilterSelector

Place = tuple[str | int, ...]
_MOST_DESCENTS = 2  # of `..` in the filters of one query: each may visit every node below every node


def find_places(query: str, document: Any) -> list[Place]:
    """Return where the query matches, in document order, each place once.

    Raises:
        ValueError: the query is malformed, or one of its filters searches the whole document again for every node.
    """
    try:
        compiled = compile(query)
        _check_cost(compiled)
        nodes: Iterable[JSONPathNode] = [JSONPathNode(value=document, location=(), parent=None, root=document)]
        for segment in compiled.segments:  # each node once after every step: `..` behind `..` multiplies them
            found: dict[Place, JSONPathNode] = {}
            for node in segment.resolve(nodes):
                found.setdefault(node.location, node)
            nodes = found.values()
    except JSONPathError as problem:
        hint = "; a name with a dash stands in brackets: ['x-name']" if "'-'" in str(problem) else ""
        raise ValueError(f"not a JSONPath of RFC 9535: {' '.join(str(problem).split())}{hint}") from None
    except RecursionError:
        raise ValueError("the query nests too deeply") from None
    return [node.location for node in nodes]


def _check_cost(compiled: JSONPathQuery) -> None:
    inner = [part for part in _filter_parts(compiled) if isinstance(part, FilterQuery)]
    if any(isinstance(part, RootFilterQuery) and not part.query.singular_query() for part in inner):
        raise ValueError("a filter may follow `$` to one place only: more would be searched again for every node")
    descents = [s for part in inner for s in part.query.segments if isinstance(s, JSONPathRecursiveDescentSegment)]
    if len(descents) > _MOST_DESCENTS:
        raise ValueError(f"the filters have over {_MOST_DESCENTS} `..`, each of which searches again for every node")


def _filter_parts(part: Any) -> Iterator[object]:
    """Yield every expression of the filters of a query, those of the queries in them included."""
    yield part
    inner: Iterable[Any]
    if isinstance(part, JSONPathQuery):
        selectors = [selector for segment in part.segments for selector in segment.selectors]
        inner = [selector.expression for selector in selectors if isinstance(selector, FilterSelector)]
    elif isinstance(part, FunctionExtension):
        inner = part.args
    else:
        members = ("query", "expression", "left", "right")
        inner = [getattr(part, member) for member in members if hasattr(part, member)]
    for each in inner:
        yield from _filter_parts(each)


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


def write_query(place: Place, document: Any = None) -> str:
    """Write a place as overlays do: `$.paths['/a'].get`; where the document is given, an item of a list is selected by its name if it has one."""
    text, node = "$", document
    for step in place:
        items, node = node, None if node is None else node[step]
        if isinstance(step, int):
            text += f"[{_selector(node, items or [], step)}]"
        else:
            text += f".{step}" if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", step) else f"[{quoted(step)}]"
    return text


def _selector(item: Any, items: list[Any], index: int) -> str:
    if isinstance(item, str):
        return f"?@ == {quoted(item)}" if items.count(item) == 1 else str(index)
    for keys in (("name",), ("name", "in"), ("url",)) if isinstance(item, dict) else ():
        wanted = [item.get(key) for key in keys]
        same = [other for other in items if isinstance(other, dict) and [other.get(key) for key in keys] == wanted]
        if len(same) == 1 and all(isinstance(value, str) for value in wanted):
            return "?" + " && ".join(f"@.{key} == {quoted(item[key])}" for key in keys)
    return str(index)


def quoted(text: str) -> str:
    """Write a name as queries have it."""
    return "'" + json.dumps(text, ensure_ascii=False)[1:-1].replace("'", "\\'").replace('\\"', '"') + "'"
