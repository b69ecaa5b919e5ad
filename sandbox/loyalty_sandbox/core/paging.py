"""Lists in pages, by the styles of `x-pagination`; a spec without it gets the whole list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from .documents import JSON, Document
from .exchange import Request, invalid
from .spec import Operation

_SIZE, _SIZES = 25, {"below-key": 20, "page-links": 15}  # 15 is Laravel's, whose links these are
Identify = Callable[[Document], str]


@frozen
class Page:
    """The records of a page, what else belongs into the reply as far as its schema knows it (by path), headers."""

    records: list[Document]
    members: Mapping[tuple[str, ...], JSON] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict)


def cut(operation: Operation, request: Request, records: list[Document], identify: Identify) -> Page:
    """Cut the page that a request asks for; `identify` returns the id of a record. Raises `Refusal` for an unknown place."""
    rules: Any = operation.raw.get("x-pagination")
    if not isinstance(rules, dict) or "style" not in rules:
        return Page(records)
    if rules["style"] == "range":
        return _by_range(rules, request.query, records)
    name, key = str(rules.get("size")), request.query.get(rules["parameter"])
    schema: Any = next((each.schema for each in operation.parameters if each.name == name), {})
    asked: Any = request.query.get(name, schema.get("default", _SIZES.get(rules["style"], _SIZE)))
    if not isinstance(asked, int) or asked < 1:
        raise invalid(name, "must be 1 or more", "query")
    size = min(asked, int(schema.get("maximum", 1000)))
    if rules["style"] == "below-key":  # the records with the highest keys below the one that is asked for
        known = sorted(
            (each for each in records if isinstance(each.get(rules["key"]), int)), key=lambda each: -each[rules["key"]]
        )
        found = [each for each in known if not isinstance(key, int) or each[rules["key"]] < key]
        return Page(found[:size], {_path(rules["more"]): len(found) > size} if "more" in rules else {})
    if rules["style"] in ("page-links", "page-number"):
        return _by_number(rules, size, request, records)
    return _by_key(rules, size, key, records, identify)


def _by_key(rules: Document, size: int, key: JSON, records: list[Document], identify: Identify) -> Page:
    """Begin at the record that the key names; the key of the next page is the id of its first record."""
    ids = [identify(record) for record in records]
    if key is not None and str(key) not in ids:
        raise invalid(rules["parameter"], "is not known", "query")
    start = 0 if key is None else ids.index(str(key))
    links: Document = {"first": ids[0], "prev": ids[max(0, start - size)]} if start > 0 else {}
    members: dict[tuple[str, ...], JSON] = {(*_path(rules["next"])[:-1], name): link for name, link in links.items()}
    members[_path(rules["next"])] = next(iter(ids[start + size :]), None)
    return Page(records[start : start + size], members)


def _by_number(rules: Document, size: int, request: Request, records: list[Document]) -> Page:
    """Take the page with a number; with links, they and the figures are those of Laravel, null on an empty page."""
    first = rules.get("first", 1)
    number = request.query.get(rules["parameter"], first)
    if not isinstance(number, int) or number < first:
        raise invalid(rules["parameter"], "is not known", "query")
    start, last = (number - first) * size, max(1, -(-len(records) // size))
    found = records[start : start + size]
    figures: Document = {"current": number, "last": last}
    members: dict[tuple[str, ...], JSON] = {_path(rules[name]): figures[name] for name in figures if name in rules}
    if rules["style"] == "page-links":
        address = f"{request.inbound.base_url}{request.inbound.path}"
        meta: Document = {"total": len(records), "per_page": size, "path": address}
        meta |= {"from": start + 1, "to": start + len(found)} if found else {}
        links = {"first": 1, "last": last, "prev": number - 1, "next": number + 1}
        shown = {name: page for name, page in links.items() if 1 <= page <= last}
        members |= {(*_path(rules["current"])[:-1], name): value for name, value in meta.items()}
        members |= {("links", name): f"{address}?{rules['parameter']}={page}" for name, page in shown.items()}
    return Page(found, members)


def _by_range(rules: Document, query: Mapping[str, JSON], records: list[Document]) -> Page:
    """Take start and end, which may be members of one exploded parameter."""
    flat = {**query, **{key: value for each in query.values() if isinstance(each, dict) for key, value in each.items()}}
    start = flat.get(rules["start"], 0)
    end = flat.get(rules["end"], start + _SIZE if isinstance(start, int) else None)
    if not isinstance(start, int) or not isinstance(end, int) or start < 0:
        raise invalid(rules["start"], "is not known", "query")
    total = {rules["total-header"]: str(len(records))} if "total-header" in rules else {}
    return Page(records[start:end], headers=total)


def _path(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(".")))
