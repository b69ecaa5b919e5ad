"""Lists in pages, by the styles of `x-pagination`; a spec without it gets the whole list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from .documents import JSON, Document
from .exchange import invalid
from .spec import Operation, Spec

DEFAULT_SIZE = 25
Identify = Callable[[Document], str]


@frozen
class Page:
    """The records of a page, what else belongs into the reply (by path), and headers."""

    records: list[Document]
    members: Mapping[tuple[str, ...], JSON]
    headers: Mapping[str, str]


def cut(
    spec: Spec, operation: Operation, query: Mapping[str, JSON], records: list[Document], identify: Identify
) -> Page:
    """Cut the page that a request asks for; `identify` returns the id of a record. Raises `Refusal` for an unknown place."""
    rules: Any = operation.raw.get("x-pagination")
    style = rules.get("style") if isinstance(rules, dict) else None
    if style in ("cursor-links", "start-key"):
        return _by_key(rules, _size(spec, operation, rules, query), query, records, identify)
    if style in ("page-links", "page-number"):
        return _by_number(rules, _size(spec, operation, rules, query), query, records)
    if style == "below-key":
        return below(rules, _size(spec, operation, rules, query), query, records)
    return _by_range(rules, query, records) if style == "range" else Page(records, {}, {})


def _size(spec: Spec, operation: Operation, rules: Document, query: Mapping[str, JSON]) -> int:
    """Return how many records a page holds: as asked, within the bounds of the parameter's schema."""
    name = str(rules.get("size"))
    schema: Any = next((spec.follow(each.schema).value for each in operation.parameters if each.name == name), {})
    size = query.get(name, schema.get("default", DEFAULT_SIZE))
    if not isinstance(size, int) or size < 1:
        raise invalid(name, "must be 1 or more", "query")
    return min(size, int(schema.get("maximum", 1000)))


def _by_key(rules: Document, size: int, query: Mapping[str, JSON], records: list[Document], identify: Identify) -> Page:
    """Begin at the record that the key names; the key of the next page is the id of its first record."""
    ids = [identify(record) for record in records]
    key = query.get(rules["parameter"])
    if key is not None and str(key) not in ids:
        raise invalid(rules["parameter"], "is not known", "query")
    start = 0 if key is None else ids.index(str(key))
    following = ids[start + size] if start + size < len(ids) else None
    return Page(records[start : start + size], {_path(rules["next"]): following}, {})


def below(rules: Document, size: int, query: Mapping[str, JSON], records: list[Document]) -> Page:
    """Take the records with the highest keys below the one that is asked for."""
    limit, key = query.get(rules["parameter"]), rules["key"]
    found = [each for each in records if isinstance(each.get(key), int)]
    found = sorted(found, key=lambda each: -each[key])
    found = [each for each in found if not isinstance(limit, int) or each[key] < limit]
    more = {_path(rules["more"]): len(found) > size} if "more" in rules else {}
    return Page(found[:size], more, {})


def _by_number(rules: Document, size: int, query: Mapping[str, JSON], records: list[Document]) -> Page:
    first = rules.get("first", 1)
    number = query.get(rules["parameter"], first)
    if not isinstance(number, int) or number < first:
        raise invalid(rules["parameter"], "is not known", "query")
    start = (number - first) * size
    found = {"current": number, "last": max(1, -(-len(records) // size))}
    members = {_path(rules[name]): value for name, value in found.items() if name in rules}
    return Page(records[start : start + size], members, {})


def _by_range(rules: Document, query: Mapping[str, JSON], records: list[Document]) -> Page:
    """Take start and end, which may be members of one exploded parameter."""
    flat = {**query, **{key: value for each in query.values() if isinstance(each, dict) for key, value in each.items()}}
    start = flat.get(rules["start"], 0)
    end = flat.get(rules["end"], start + DEFAULT_SIZE if isinstance(start, int) else None)
    if not isinstance(start, int) or not isinstance(end, int) or start < 0:
        raise invalid(rules["start"], "is not known", "query")
    total = {rules["total-header"]: str(len(records))} if "total-header" in rules else {}
    return Page(records[start:end], {}, total)


def _path(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(".")))
