"""RFC 9535 queries that answer with places, not values."""

from __future__ import annotations

from typing import Any

from jsonpath_rfc9535 import JSONPathError, find

Place = tuple[str | int, ...]


def find_places(query: str, document: Any) -> list[Place]:
    """Return where the query matches, in document order, each place once; raises `ValueError` for a malformed query."""
    try:
        nodes = find(query, document)
    except JSONPathError as problem:
        raise ValueError(" ".join(str(problem).split())) from None
    return list(dict.fromkeys(tuple(node.location) for node in nodes))


def value_at(document: Any, place: Place) -> Any:
    """Return the value at a place; raises `LookupError` when it is gone."""
    for step in place:
        document = document[step]
    return document


def show_place(place: Place) -> str:
    """Write a place as a normalised path: `$['paths']['/v1/guests']`."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f"['{step}']" for step in place)
