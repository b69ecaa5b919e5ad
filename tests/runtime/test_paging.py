"""Lists over pages, in the five declared styles."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from loyalty_runtime import (
    ArgumentError,
    BelowKey,
    CursorLinks,
    DecodeError,
    LoyaltyError,
    NotFoundError,
    PageLinks,
    PageNumber,
    PaginationError,
    Range,
    RateLimit,
    RateLimitError,
    RawResponse,
    Reply,
    StartKey,
)
from loyalty_runtime.types import UNSET
from tests.runtime.support import SyncKit, paged, reply

CURSOR = paged(CursorLinks(items="data", parameter="cursor", next="links.next", size="limit"))
START = paged(StartKey(items="items", parameter="startKey", next="page.nextKey", size="limit"), items="items")
LINKS = paged(PageLinks(items="data", parameter="page", current="meta.current_page", last="meta.last_page"))
NUMBER = paged(PageNumber(items="checkins", parameter="page", first=1, size="per_page"), items="checkins")
BELOW = paged(BelowKey(items="sales", parameter="last", key="sale.id", more="has_next"), items="sales")
RANGE = paged(Range(items="", start="_start", end="_end", total_header="X-Total-Count"), items="")


def cursor_page(items: list[Any], following: object) -> RawResponse:
    return reply(200, {"data": items, "links": {"first": None, "next": following}})


def links_page(items: list[Any], current: object, last: object) -> RawResponse:
    return reply(200, {"data": items, "meta": {"current_page": current, "last_page": last, "from": None}})


def sales(keys: list[object], more: object = None) -> RawResponse:
    return reply(200, {"sales": [{"sale": {"id": key}} for key in keys], "has_next": more})


def sold(*keys: object) -> list[Any]:
    return [{"sale": {"id": key}} for key in keys]


def numbers(items: list[Any]) -> RawResponse:
    return reply(200, {"checkins": items, "summary": {}})


def ranged(items: list[Any], total: str | None = None) -> RawResponse:
    return reply(200, items, {"X-Total-Count": total} if total is not None else None)


def walked(kit: SyncKit, operation: Any, *pages: RawResponse, **arguments: Any) -> tuple[Any, list[dict[str, str]]]:
    """Return all items, or the error the walk ended in, and the queries that were sent."""
    client, script = kit.scripted(*pages)
    found: Any
    try:
        found = kit.items(client.pages(operation, **arguments))
    except LoyaltyError as error:
        found = error
    queries = [parse_qs(urlsplit(request.target).query, keep_blank_values=True) for request in script.requests]
    return found, [{name: values[0] for name, values in query.items()} for query in queries]


WALKS: dict[str, tuple[Any, dict[str, Any], list[RawResponse], list[Any], list[dict[str, str]]]] = {
    "the other parameters travel along, an empty page is no end": (
        CURSOR,
        {"search": "ada", "limit": 2, "cursor": UNSET},
        [cursor_page([1, 2], "c2"), cursor_page([], "c3"), cursor_page([3], None)],
        [1, 2, 3],
        [{"search": "ada", "limit": "2", **cursor} for cursor in ({}, {"cursor": "c2"}, {"cursor": "c3"})],
    ),
    "a cursor inside a link is taken out, the link not followed": (
        CURSOR,
        {},
        [cursor_page([1], "https://elsewhere.example.com/v1/guests?cursor=abc%3D&limit=2"), cursor_page([2], None)],
        [1, 2],
        [{}, {"cursor": "abc="}],
    ),
    "the absence of a key ends the list": (
        START,
        {},
        [
            reply(200, {"items": [1], "page": {"count": 1, "nextKey": "k2"}}),
            reply(200, {"items": [2], "page": {"count": 1, "startKey": "k2"}}),
        ],
        [1, 2],
        [{}, {"startKey": "k2"}],
    ),
    "the number grows to the last one, text numbers are numbers": (
        LINKS,
        {},
        [links_page([1], 1, 3), links_page([2], "2", "3"), links_page([3], 3, 3)],
        [1, 2, 3],
        [{}, {"page": "2"}, {"page": "3"}],
    ),
    "the caller may begin anywhere": (
        LINKS,
        {"page": 5},
        [links_page([5], 5, 6), links_page([6], 6, 6)],
        [5, 6],
        [{"page": "5"}, {"page": "6"}],
    ),
    "without a last number an empty page ends the list": (
        LINKS,
        {},
        [reply(200, {"data": [1]}), reply(200, {"data": []})],
        [1],
        [{}, {"page": "2"}],
    ),
    "the least key leads on, in whatever order a page is, until nothing more is told": (
        BELOW,
        {"last": 9},
        [sales([7, 8], True), sales(["5", 6], True), sales([3], False)],
        sold(7, 8, "5", 6, 3),
        [{"last": "9"}, {"last": "7"}, {"last": "5"}],
    ),
    "where nothing is told about more, an empty page ends": (
        BELOW,
        {},
        [sales([8, 7]), sales([])],
        sold(8, 7),
        [{}, {"last": "7"}],
    ),
    "without a size an empty page ends the list": (
        NUMBER,
        {},
        [numbers([1, 2]), numbers([3]), numbers([])],
        [1, 2, 3],
        [{}, {"page": "2"}, {"page": "3"}],
    ),
    "a page the server made shorter than asked is no end": (
        NUMBER,
        {"per_page": 500},
        [numbers([1, 2]), numbers([3]), numbers([])],
        [1, 2, 3],
        [{"per_page": "500", **page} for page in ({}, {"page": "2"}, {"page": "3"})],
    ),
    "positions move by what came until the total": (
        RANGE,
        {"_start": 0, "_end": 2, "_sort": "id"},
        [ranged([1, 2], "5"), ranged([3], "5"), ranged([4, 5], "5")],
        [1, 2, 3, 4, 5],
        [{"_start": a, "_end": b, "_sort": "id"} for a, b in (("0", "2"), ("2", "4"), ("3", "5"))],
    ),
}
for total in (None, "many"):
    pages = [ranged([0] * 50, total), ranged([1], total), ranged([], total)]
    asked = [{"_start": str(start), "_end": str(start + 100)} for start in (0, 50, 51)]
    WALKS[f"total {total}: the first range is chosen, an empty page ends"] = (RANGE, {}, pages, [0] * 50 + [1], asked)
EMPTY: list[Any] = [{"data": None}, {}, {"data": []}]
for body in EMPTY:
    WALKS[f"{body} is an empty list"] = (CURSOR, {}, [reply(200, body)], [], [{}])


@pytest.mark.parametrize("name", WALKS)
def test_a_list_is_walked_to_its_end(kit: SyncKit, name: str) -> None:
    """Each style finds every item and asks for exactly the pages there are."""
    operation, query, pages, items, queries = WALKS[name]
    assert (items, queries) == walked(kit, operation, *pages, query=query)


STUCK: list[tuple[Any, dict[str, Any], list[RawResponse], str]] = [
    (CURSOR, {}, [cursor_page([1], "c1"), cursor_page([1], "c1")], "never end"),
    (CURSOR, {}, [cursor_page([1], cursor) for cursor in ("c1", "c2", "c1")], "never end"),
    (CURSOR, {"cursor": "c7"}, [cursor_page([1], "c7")], "never end"),
    *[(CURSOR, {}, [cursor_page([1], odd)], "where the next cursor belongs") for odd in ({"x": 1}, ["a"], 1.5)],
    (LINKS, {}, [links_page([1], 1, 3), links_page([1], 1, 3)], "answered page 1 when page 2 was asked"),
    (NUMBER, {}, [numbers([1, 2]), numbers([1, 2])], "same page twice"),
    (BELOW, {}, [sales([8, 7], True), sales([7], True)], "not below the one asked for"),
    (BELOW, {"last": 3}, [sales([7], True)], "not below the one asked for"),
    *[(BELOW, {}, [sales([9, odd], True)], "without a whole number") for odd in (None, "a-1", True, 1.5)],
    (RANGE, {"_start": 0, "_end": 1}, [ranged([1]), ranged([1])], "same page twice"),
    (RANGE, {"_start": 5, "_end": 5}, [ranged([1])], "no range"),
]


@pytest.mark.parametrize(("operation", "query", "pages", "text"), STUCK)
def test_a_list_that_does_not_move_on_stops(
    kit: SyncKit, operation: Any, query: dict[str, Any], pages: list[RawResponse], text: str
) -> None:
    """A cursor, number or page that repeats is an error, not an endless list."""
    error, queries = walked(kit, operation, *pages, query=query)
    assert isinstance(error, PaginationError)
    assert text in str(error)
    assert ("listGuests", 200, len(pages)) == (error.operation, error.status, len(queries))


def test_a_page_is_fetched_when_its_first_item_is_asked_for(kit: SyncKit) -> None:
    """Making the iterator costs nothing, no page is fetched ahead, and each walk starts anew."""
    client, script = kit.scripted(*[cursor_page([1, 2], "c2"), cursor_page([3], None)] * 2)
    pages = client.pages(CURSOR)
    assert ([], True) == (script.requests, "listGuests" in repr(pages))

    async def two() -> list[Any]:
        walk = aiter(pages)
        return [await anext(walk), await anext(walk)]

    walk = iter(pages) if kit.name == "sync" else None
    assert [1, 2] == (kit.run(two()) if walk is None else [next(walk), next(walk)])
    assert 1 == len(script.requests)
    del script.replies[0]
    assert [1, 2, 3] == kit.items(pages)


def test_page_by_page(kit: SyncKit) -> None:
    """Pages carry items, the reply they came in, and the way to the next."""
    client, _ = kit.scripted(*[cursor_page([1, 2], "c2"), cursor_page([3], None)] * 2)
    page = kit.run(client.pages(CURSOR).first_page())
    assert ([1, 2], 2, True, 200) == (list(page), len(page), page.has_next, page.raw.status)
    assert "c2" == page.reply["links"]["next"]
    second = kit.run(page.next_page())
    assert ([3], False, None) == (second.items, second.has_next, kit.run(second.next_page()))
    assert [[1, 2], [3]] == [page.items for page in kit.items(client.pages(CURSOR).by_page())]


def test_items_are_taken_from_the_decoded_reply(kit: SyncKit) -> None:
    """Attributes of models may be named differently; the cursor is read on the wire."""

    class Guests:
        def __init__(self, value: dict[str, Any]) -> None:
            self.guests_ = [item * 10 for item in value["data"]]

    pages = (cursor_page([1], "c2"), cursor_page([2], None))
    assert [10, 20] == walked(kit, paged(CURSOR.pagination, items="guests_", responses={200: Reply(Guests)}), *pages)[0]


@pytest.mark.parametrize("body", [{"data": 7}, {"data": {"a": 1}}])
def test_items_that_are_no_list(kit: SyncKit, body: Any) -> None:
    """A decode error says where."""
    error, _ = walked(kit, CURSOR, reply(200, body))
    assert (DecodeError, "$.data") == (type(error), error.json_path)


def test_errors_of_a_page_are_the_errors_of_the_call(kit: SyncKit) -> None:
    """A later page may fail like any call; wrong arguments are found before sending."""
    error, _ = walked(kit, CURSOR, cursor_page([1], "c2"), reply(404))
    assert isinstance(error, NotFoundError)
    error, queries = walked(kit, paged(CURSOR.pagination, path="/{id}"), path={"id": ""})
    assert (ArgumentError, []) == (type(error), queries)


def test_the_error_of_a_page_comes_without_its_cursor_at_worst(kit: SyncKit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process without free files cannot import what writes cursors; the vendor's answer is told all the same."""

    def unwritable(value: object) -> bytes:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("loyalty_runtime.paging.dump_json", unwritable)
    error, _ = walked(kit, CURSOR, reply(404))
    assert isinstance(error, NotFoundError)


RESUMED: list[tuple[Any, dict[str, Any], list[RawResponse], RawResponse, str, dict[str, list[str]]]] = [
    (
        CURSOR,
        {"search": "ada", "limit": 2},
        [cursor_page([1, 2], "c2")],
        cursor_page([3], None),
        '{"cursor":"c2"}',
        {"search": ["ada"], "limit": ["2"], "cursor": ["c2"]},
    ),
    (NUMBER, {}, [numbers([1]), numbers([2])], numbers([]), '{"page":3}', {"page": ["3"]}),
    (RANGE, {}, [ranged([1, 2], "3")], ranged([3], "3"), '{"_start":2,"_end":102}', {"_start": ["2"], "_end": ["102"]}),
]


@pytest.mark.parametrize(("operation", "query", "before", "after", "cursor", "asked"), RESUMED)
def test_a_walk_that_failed_goes_on(
    kit: SyncKit, operation: Any, query: Any, before: Any, after: RawResponse, cursor: str, asked: Any
) -> None:
    """The error of a walk has the cursor of the page that did not come; from there no item is lost or read twice."""
    client, script = kit.scripted(*before, reply(429, headers={"retry-after": "900"}), after, timeout=5)
    pages = client.pages(operation, query=query)
    with pytest.raises(RateLimitError, match=r"go on later with \.resume\(error\.cursor\)") as caught:
        kit.items(pages)
    assert (900.0, cursor) == (caught.value.retry_after, caught.value.cursor)
    rest = kit.items(client.pages(operation, query=query).resume(caught.value.cursor))
    assert (1 if after.content.find(b"3") > 0 else 0) == len(rest)
    assert asked == parse_qs(urlsplit(script.requests[-1].target).query)


def test_the_rate_limit_of_a_walk_tells_how_to_go_on(kit: SyncKit) -> None:
    """The client's own limiter stops a walk where the vendor would; the page before and the error name the same place."""
    limited = paged(CURSOR.pagination, rate_limits=(RateLimit(2, 900),))
    client, script = kit.scripted(cursor_page([1], "c2"), cursor_page([2], "c3"), cursor_page([3], None), timeout=5)
    page = kit.run(kit.run(client.pages(limited).first_page()).next_page())
    with pytest.raises(RateLimitError) as caught:
        kit.run(page.next_page())
    assert (True, page.cursor, 2) == (caught.value.local, caught.value.cursor, len(script.requests))
    kit.clock.sleep(caught.value.retry_after or 0)
    assert [3] == kit.items(client.pages(limited).resume(page.cursor))


@pytest.mark.parametrize("cursor", ["c2", "[1]", "\ud800"])
def test_a_cursor_of_somebody_else_is_refused(kit: SyncKit, cursor: str) -> None:
    """Only what a page or an error gave is a cursor."""
    client, script = kit.scripted()
    with pytest.raises(ArgumentError, match=r"give \.cursor as it was"):
        kit.items(client.pages(CURSOR).resume(cursor))
    assert [] == script.requests
