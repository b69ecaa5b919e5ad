"""How lists are cut into pages: one class per style says where a list begins and where the next page starts.

Another style is a subclass of `PageStyle` given to a `PagedOperation`; nothing else has to know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..frozen import Frozen
from ..wire.reply import dig

if TYPE_CHECKING:
    from ..wire.messages import RawResponse

_RANGE_SIZE = 100
Query = Mapping[str, object]


class Stuck(Exception):
    """Raised by a style when the list does not move on; the text says what the vendor did."""


class ReadPage:
    """A page that was read: the query it was asked with, its plain JSON value, how many items it has, the raw reply.

    `again` is True when its body equals the page before; `seen` is the walk's memory of cursors.
    """

    __slots__ = ("again", "count", "query", "raw", "seen", "value")

    def __init__(
        self, query: Query, value: object, count: int, raw: RawResponse, *, seen: set[str], again: bool
    ) -> None:
        self.query = query
        self.value = value
        self.count = count
        self.raw = raw
        self.seen = seen
        self.again = again

    def member(self, path: str) -> object:
        """Return the member of the reply that a dotted path names, None where there is none."""
        return dig(self.value, path)

    def asked(self, parameter: str, default: int) -> int:
        """Return a number of the query."""
        return number(self.query.get(parameter), default)


class PageStyle(Frozen):
    """One way to cut a list into pages."""

    def begin(self, query: dict[str, object]) -> dict[str, object]:
        """Return the query of the first page, made from the caller's."""
        return query

    def after(self, page: ReadPage) -> Query | None:
        """Return the query of the page after this one, None at the end; raise `Stuck` when it would repeat."""
        raise NotImplementedError


class CursorLinks(PageStyle, kw_only=True):
    """Pages by a cursor that the reply carries under `next` (null at the end)."""

    items: str
    parameter: str
    next: str
    size: str = ""

    def after(self, page: ReadPage) -> Query | None:
        sent = page.query.get(self.parameter)
        if sent is not None:
            from ..wire.values import text_of

            page.seen.add(text_of(sent))
        given = page.member(self.next)
        if given is None or given == "" or given is False:
            return None
        if not isinstance(given, (str, int)):
            raise Stuck(f"has a {type(given).__name__} where the next cursor belongs")
        cursor = _from_link(given, self.parameter) if isinstance(given, str) else str(given)
        if cursor in page.seen:
            raise Stuck("names a cursor that was used already, so the list would never end")
        page.seen.add(cursor)
        return {**page.query, self.parameter: cursor}


class StartKey(CursorLinks):
    """Pages by the key of the next item (absent at the end)."""


class BelowKey(PageStyle, kw_only=True):
    """Pages of items whose whole-numbered keys lie below the one that is sent; the least key of a page leads to the next one.

    `more` says in the reply whether there is one; where it does not stand, an empty page ends the list.
    """

    items: str
    parameter: str
    key: str
    more: str = ""
    size: str = ""

    def after(self, page: ReadPage) -> Query | None:
        items = page.member(self.items)
        if not page.count or not isinstance(items, list) or (self.more and page.member(self.more) is False):
            return None
        keys = [number(dig(item, self.key), -1) for item in items]
        least = min(keys)
        if least < 0:
            raise Stuck(f"has an item without a whole number in {self.key}, which leads to the next page")
        if max(keys) >= page.asked(self.parameter, max(keys) + 1):
            raise Stuck(f"has a {self.key} that is not below the one asked for, so the list would never end")
        return {**page.query, self.parameter: least}


class PageLinks(PageStyle, kw_only=True):
    """Pages by number, with the current and the last number in the reply; where the last one is not stated, an empty page ends the list."""

    items: str
    parameter: str
    current: str
    last: str
    size: str = ""

    def after(self, page: ReadPage) -> Query | None:
        asked = page.asked(self.parameter, 1)
        current = number(page.member(self.current), asked)
        if current != asked:
            raise Stuck(f"answered page {current} when page {asked} was asked, so the list would never end")
        last = number(page.member(self.last), -1)
        if current >= last >= 0 or (last < 0 and not page.count):
            return None
        _moved(page)
        return {**page.query, self.parameter: current + 1}


class PageNumber(PageStyle, kw_only=True):
    """Pages by number; nothing in the reply tells the last one, so an empty page does: a short one may be the server's own limit."""

    items: str
    parameter: str
    first: int = 1
    size: str = ""

    def after(self, page: ReadPage) -> Query | None:
        if not page.count:
            return None
        _moved(page)
        return {**page.query, self.parameter: page.asked(self.parameter, self.first) + 1}


class Range(PageStyle, kw_only=True):
    """Pages by half-open positions; the total, which may stand in a response header, or an empty page ends the list."""

    items: str
    start: str
    end: str
    total_header: str = ""

    def begin(self, query: dict[str, object]) -> dict[str, object]:
        """Return the query with a range: the caller's, or the first hundred positions.

        Some vendors take filter and range as one object whose members travel as names of their own; the range is taken out of it.
        """
        given = {**_taken_out(query, (self.start, self.end)), **query}
        start = number(given.get(self.start), 0)
        return {**query, self.start: start, self.end: given.get(self.end, start + _RANGE_SIZE)}

    def after(self, page: ReadPage) -> Query | None:
        start, end = page.asked(self.start, 0), page.asked(self.end, 0)
        size = end - start
        if size < 1:
            raise Stuck(f"was asked for positions {start} to {end}, which is no range")
        text = page.raw.headers.get(self.total_header, "") if self.total_header else ""
        total = number(text.rpartition("/")[2], -1)
        reached = start + page.count
        if not page.count or reached >= total >= 0:
            return None
        _moved(page)
        return {**page.query, self.start: reached, self.end: reached + size}


def number(value: object, default: int) -> int:
    """Return a whole number, also one written as text; otherwise the default."""
    if isinstance(value, bool):
        return default
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return default


def _moved(page: ReadPage) -> None:
    if page.again:
        raise Stuck("sent the same page twice")


def _from_link(given: str, parameter: str) -> str:
    """Return the cursor inside a link, for vendors that give the whole URL of the next page."""
    if not given.startswith(("http://", "https://", "/", "?")) or "?" not in given:
        return given
    from urllib.parse import parse_qs, urlsplit

    values = parse_qs(urlsplit(given).query).get(parameter)
    return values[-1] if values else given


def _taken_out(query: dict[str, object], names: tuple[str, ...]) -> dict[str, object]:
    """Take members out of the objects of a query and return them; the caller's objects stay as they are."""
    found: dict[str, object] = {}
    for name, value in query.items():
        to_dict = getattr(value, "to_dict", None)
        members = value if isinstance(value, Mapping) else to_dict() if to_dict is not None else None
        if isinstance(members, Mapping) and any(member in members for member in names):
            found.update({member: members[member] for member in names if member in members})
            query[name] = {key: member for key, member in members.items() if key not in names}
    return found
