"""Lists in pages, by the styles of `x-pagination`; a spec without it gets the whole list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from .documents import JSON, Document
from .exchange import Fault, Rejected
from .spec import Operation, Spec

DEFAULT_SIZE = 25
Identify = Callable[[Document], str]


@frozen
class Page:
    """The records of a page, what else belongs into the reply (by path), and headers."""

    records: list[Document]
    members: dict[tuple[str, ...], JSON]
    headers: dict[str, str]


def cut(
    spec: Spec, operation: Operation, query: Mapping[str, JSON], records: list[Document], identify: Identify
) -> Page:
    """Cut the page that a request asks for; `identify` returns the id of a record. Raises `Rejected` for an unknown place."""
    rules: Any = operation.raw.get("x-pagination")
    style = _STYLES.get(rules.get("style")) if isinstance(rules, dict) else None
    if style is None:
        return Page(records, {}, {})
    return style(rules, _sizes(spec, operation, rules, query), query, records, identify)


def _sizes(spec: Spec, operation: Operation, rules: Document, query: Mapping[str, JSON]) -> int:
    """Return how many records a page holds: as asked, within the bounds of the parameter's schema."""
    name = rules.get("size")
    schema: Any = next((spec.follow(each.schema).value for each in operation.parameters if each.name == name), {})
    size = query.get(name, schema.get("default", DEFAULT_SIZE)) if isinstance(name, str) else DEFAULT_SIZE
    if not isinstance(size, int) or size < 1:
        raise _wrong(str(name))
    return min(size, int(schema.get("maximum", 1000)))


def _by_key(rules: Document, size: int, query: Mapping[str, JSON], records: list[Document], identify: Identify) -> Page:
    """Begin at the record that the key names; the key of the next page is the id of its first record."""
    ids = [identify(record) for record in records]
    key = query.get(rules["parameter"])
    if key is not None and str(key) not in ids:
        raise _wrong(rules["parameter"])
    start = 0 if key is None else ids.index(str(key))
    following = ids[start + size] if start + size < len(ids) else None
    return Page(records[start : start + size], {_path(rules["next"]): following}, {})


def _by_number(
    rules: Document, size: int, query: Mapping[str, JSON], records: list[Document], identify: Identify
) -> Page:
    first = rules.get("first", 1)
    number = query.get(rules["parameter"], first)
    if not isinstance(number, int) or number < first:
        raise _wrong(rules["parameter"])
    start = (number - first) * size
    members: dict[tuple[str, ...], JSON] = {}
    if "current" in rules:
        members[_path(rules["current"])] = number
    if "last" in rules:
        members[_path(rules["last"])] = max(1, -(-len(records) // size))
    return Page(records[start : start + size], members, {})


def _by_range(
    rules: Document, size: int, query: Mapping[str, JSON], records: list[Document], identify: Identify
) -> Page:
    """Take start and end, which may be members of one exploded parameter."""
    flat = {**query, **{key: value for each in query.values() if isinstance(each, dict) for key, value in each.items()}}
    start = flat.get(rules["start"], 0)
    end = flat.get(rules["end"], start + size if isinstance(start, int) else None)
    if not isinstance(start, int) or not isinstance(end, int) or start < 0:
        raise _wrong(rules["start"])
    total = {rules["total-header"]: str(len(records))} if "total-header" in rules else {}
    return Page(records[start:end], {}, total)


_STYLES: dict[Any, Callable[[Document, int, Mapping[str, JSON], list[Document], Identify], Page]] = {
    "cursor-links": _by_key,
    "start-key": _by_key,
    "page-links": _by_number,
    "page-number": _by_number,
    "range": _by_range,
}


def _path(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(".")))


def _wrong(name: str) -> Rejected:
    return Rejected("invalid", faults=(Fault("query", (name,), "custom", "is not known"),))
