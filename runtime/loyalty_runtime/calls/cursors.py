"""Where the next page begins, for each declared style; a list that does not move on stops with an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..declared.operation import CursorLinks, PageLinks, PageNumber, Range
from ..errors import PaginationError
from ..types import Unset
from ..wire.decoding import dig
from ..wire.encoding import text_of
from .failures import request_id

if TYPE_CHECKING:
    from ..declared.operation import PagedOperation, Pagination
    from ..options import CallArguments
    from ..wire.messages import RawResponse

_RANGE_SIZE = 100


def first_query(pagination: Pagination, arguments: CallArguments) -> Mapping[str, object]:
    """Return the query of the first page: the caller's, completed by the range where the style needs one."""
    query = {name: value for name, value in (arguments.get("query") or {}).items() if _given(value)}
    if isinstance(pagination, Range):
        # Some vendors take filter and range as one object whose members travel as names of their own; the range is taken out of it.
        given = {**_taken_out(query, (pagination.start, pagination.end)), **query}
        start = _number(given.get(pagination.start), 0)
        query[pagination.start] = start
        query[pagination.end] = given.get(pagination.end, start + _RANGE_SIZE)
    return query


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


class Cursor:
    """The memory of one walk: what has been asked for already."""

    __slots__ = ("_last", "_pagination", "_seen")

    def __init__(self, pagination: Pagination) -> None:
        self._pagination = pagination
        self._seen: set[str] = set()
        self._last: bytes | None = None

    def after(
        self,
        operation: PagedOperation[Any, Any],
        query: Mapping[str, object],
        value: object,
        count: int,
        raw: RawResponse,
    ) -> Mapping[str, object] | None:
        """Return the query of the page after this reply, None at the end; raise `PaginationError` when it would repeat."""
        style = self._pagination
        if isinstance(style, CursorLinks):
            following, problem = self._by_cursor(style, query, value)
        elif isinstance(style, PageLinks):
            following, problem = _by_links(style, query, value)
        elif isinstance(style, PageNumber):
            following, problem = _by_number(style, query, count)
        else:
            following, problem = _by_range(style, query, count, raw)
        if not problem and following is not None and not isinstance(style, (CursorLinks, PageLinks)):
            if count and raw.content == self._last:
                problem = "sent the same page twice"
            self._last = raw.content
        if not problem:
            return following
        error = PaginationError(
            problem,
            vendor=operation.vendor,
            operation=operation.id,
            method=operation.method,
            path=operation.path,
            status=raw.status,
            raw=raw.content,
            headers=raw.headers,
            request_id=request_id(raw.headers),
            attempts=raw.attempts,
        )
        raise error

    def _by_cursor(
        self, style: CursorLinks, query: Mapping[str, object], value: object
    ) -> tuple[Mapping[str, object] | None, str]:
        sent = query.get(style.parameter)
        if sent is not None:
            self._seen.add(text_of(sent))
        given = dig(value, style.next)
        if given is None or given == "" or given is False:
            return None, ""
        if not isinstance(given, (str, int)):
            return None, f"has a {type(given).__name__} where the next cursor belongs"
        cursor = _from_link(given, style.parameter) if isinstance(given, str) else str(given)
        if cursor in self._seen:
            return None, "names a cursor that was used already, so the list would never end"
        self._seen.add(cursor)
        return {**query, style.parameter: cursor}, ""


def _from_link(given: str, parameter: str) -> str:
    """Return the cursor inside a link, for vendors that give the whole URL of the next page."""
    if not given.startswith(("http://", "https://", "/", "?")) or "?" not in given:
        return given
    from urllib.parse import parse_qs, urlsplit

    values = parse_qs(urlsplit(given).query).get(parameter)
    return values[-1] if values else given


def _by_links(style: PageLinks, query: Mapping[str, object], value: object) -> tuple[Mapping[str, object] | None, str]:
    asked = _number(query.get(style.parameter), 1)
    current = _number(dig(value, style.current), asked)
    last = _number(dig(value, style.last), current)
    if current != asked:
        return None, f"answered page {current} when page {asked} was asked, so the list would never end"
    return ({**query, style.parameter: current + 1} if current < last else None), ""


def _by_number(style: PageNumber, query: Mapping[str, object], count: int) -> tuple[Mapping[str, object] | None, str]:
    size = _number(query.get(style.size), 0) if style.size else 0
    if not count or (size and count < size):
        return None, ""
    return {**query, style.parameter: _number(query.get(style.parameter), style.first) + 1}, ""


def _by_range(
    style: Range, query: Mapping[str, object], count: int, raw: RawResponse
) -> tuple[Mapping[str, object] | None, str]:
    start, end = _number(query.get(style.start), 0), _number(query.get(style.end), 0)
    size = end - start
    if size < 1:
        return None, f"was asked for positions {start} to {end}, which is no range"
    total = _number(raw.headers.get(style.total_header, "").rpartition("/")[2], -1) if style.total_header else -1
    reached = start + count
    if not count or (reached >= total if total >= 0 else count < size):
        return None, ""
    return {**query, style.start: reached, style.end: reached + size}, ""


def _given(value: object) -> bool:
    return value is not None and not isinstance(value, Unset)


def _number(value: object, default: int) -> int:
    if isinstance(value, bool):
        return default
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    return default
