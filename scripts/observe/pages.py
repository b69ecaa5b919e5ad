"""Whether lists are paged as `x-pagination` says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scripts.common.document import mapping
from scripts.observe.exchange import ABSENT, Exchange
from scripts.observe.route import Route

Found = tuple[str, str, str, Any]  # kind, key, text, what the spec should say instead (members of x-pagination) or None
_NEXT = {"cursor-links": "next", "start-key": "next", "page-links": "last"}


class Pages:
    """Look at the pages of lists in the order they came."""

    def __init__(self) -> None:
        self._before: dict[str, tuple[str, int]] = {}  # operation → where it started, hash of the items
        self._most: dict[str, int] = {}

    def look(self, exchange: Exchange, route: Route) -> Iterator[Found]:
        """Yield what is wrong with one page of a list."""
        rule = mapping(route.operation.get("x-pagination"))
        if not rule or exchange.got is ABSENT:
            return
        path = str(rule.get("items") or "")
        items = member(exchange.got, path)
        if not isinstance(items, list):
            others = sorted(name for name, value in mapping(exchange.got).items() if isinstance(value, list))
            text = f"no list of items at {path or 'the reply itself'}"
            yield "paging", "items", text, {"items": others[0]} if len(others) == 1 else None
            return
        query = dict(exchange.query)
        size = query.get(str(rule.get("size")), "")
        if size.isdecimal() and 0 < int(size) < len(items):
            yield "page-size", "size", f"{rule['size']} is not obeyed: more items came than were asked for", None
        yield from self._next(exchange, route, rule, items, query)
        yield from self._again(exchange, route, rule, items, query)

    def _next(
        self, exchange: Exchange, route: Route, rule: dict[str, Any], items: list[Any], query: dict[str, str]
    ) -> Iterator[Found]:
        header = rule.get("total-header")
        if header and str(header).lower() not in exchange.headers:
            yield "paging", "total-header", f"header {header} is missing", None
        size = query.get(str(rule.get("size")), "")
        path = str(rule.get(_NEXT.get(str(rule.get("style")), ""), ""))
        holder, _, leaf = path.rpartition(".")
        around = member(exchange.got, holder)
        most = self._most[route.name] = max(self._most.get(route.name, 0), len(items))
        full = size.isdecimal() and len(items) >= int(size) > 0
        if not path or not full or (isinstance(around, dict) and around.get(leaf) is not None):
            return
        described = {text for name in rule.values() for text in str(name).split(".")}
        texts = [name for name, value in mapping(around).items() if isinstance(value, str) and name not in described]
        if len(texts) == 1:
            key = _NEXT[str(rule["style"])]
            new = f"{holder}.{texts[0]}" if holder else texts[0]
            yield "paging", path, f"a full page has no {path}, and another text beside its place", {key: new}
        elif most > len(items) and not query.get(str(rule.get("parameter"))):
            yield "paging", path, f"a full page has no {path} though there are more items", None

    def _again(
        self, exchange: Exchange, route: Route, rule: dict[str, Any], items: list[Any], query: dict[str, str]
    ) -> Iterator[Found]:
        parameter = str(rule.get("parameter") or rule.get("start") or "")
        start, content = query.get(parameter, ""), hash(json.dumps(items, sort_keys=True))
        before = self._before.get(route.name)
        self._before[route.name] = (start, content)
        if not before or not items or exchange.capture.masked:
            return
        if start and start != before[0] and content == before[1]:
            yield "page-start", parameter, f"{parameter} changes nothing: the next page has the same items", None


def member(value: Any, path: str) -> Any:
    """Return what a dotted path leads to in a reply, None where there is nothing; an empty path is the reply."""
    for name in filter(None, path.split(".")):
        value = value.get(name) if isinstance(value, dict) else None
    return value
