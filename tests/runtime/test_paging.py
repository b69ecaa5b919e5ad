"""Lists over pages, in the five declared styles."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from loyalty_runtime import (
    ArgumentError,
    CursorLinks,
    DecodeError,
    NotFoundError,
    PagedOperation,
    PageLinks,
    PageNumber,
    PaginationError,
    RawResponse,
    Reply,
    Request,
    StartKey,
)
from loyalty_runtime.declared.operation import Range
from loyalty_runtime.types import UNSET
from tests.runtime.support import SyncKit, reply


class Guests:
    """A decoded reply whose attribute is not named as on the wire."""

    def __init__(self, items: list[Any]) -> None:
        self.guests_ = items


def listing(pagination: Any, items: str = "data", decode: Any = None) -> PagedOperation[Any, Any]:
    return PagedOperation(
        vendor="demo",
        id="listGuests",
        method="GET",
        path="/v1/guests",
        pagination=pagination,
        items=items,
        responses={200: Reply(decode)},
    )


CURSOR = listing(CursorLinks(items="data", parameter="cursor", next="links.next", size="limit"))
START = listing(StartKey(items="items", parameter="startKey", next="page.nextKey", size="limit"), "items")
LINKS = listing(PageLinks(items="data", parameter="page", current="meta.current_page", last="meta.last_page"))
NUMBER = listing(PageNumber(items="checkins", parameter="page", first=1, size="per_page"), "checkins")
RANGE = listing(Range(items="", start="_start", end="_end", total_header="X-Total-Count"), "")


def query(request: Request) -> dict[str, str]:
    return {
        name: values[0] for name, values in parse_qs(urlsplit(request.target).query, keep_blank_values=True).items()
    }


def cursor_page(items: list[Any], following: object) -> RawResponse:
    return reply(200, {"data": items, "links": {"first": None, "next": following}})


def test_items_over_all_pages(kit: SyncKit) -> None:
    """Iterating gives every item; the other parameters travel along."""
    client, script = kit.scripted(cursor_page([1, 2], "c2"), cursor_page([], "c3"), cursor_page([3], None))
    assert kit.items(client.pages(CURSOR, query={"search": "ada", "limit": 2, "cursor": UNSET})) == [1, 2, 3]
    assert [query(request) for request in script.requests] == [
        {"search": "ada", "limit": "2"},
        {"search": "ada", "limit": "2", "cursor": "c2"},
        {"search": "ada", "limit": "2", "cursor": "c3"},
    ]


def test_nothing_is_sent_before_the_first_item(kit: SyncKit) -> None:
    """Making the iterator costs nothing, and each walk starts anew."""
    client, script = kit.scripted(cursor_page([1], None), cursor_page([1], None))
    pages = client.pages(CURSOR)
    assert script.requests == []
    assert kit.items(pages) == kit.items(pages) == [1]
    assert "listGuests" in repr(pages)


def test_no_page_ahead(kit: SyncKit) -> None:
    """The next page is fetched only when its first item is asked for."""
    client, script = kit.scripted(cursor_page([1, 2], "c2"), cursor_page([3], None))
    pages = client.pages(CURSOR)
    if kit.name == "sync":
        walk = iter(pages)
        first = [next(walk), next(walk)]
    else:

        async def two() -> list[Any]:
            walk = aiter(pages)
            return [await anext(walk), await anext(walk)]

        first = kit.run(two())
    assert first == [1, 2]
    assert len(script.requests) == 1


def test_page_by_page(kit: SyncKit) -> None:
    """Pages carry items, the reply they came in, and the way to the next."""
    client, _ = kit.scripted(cursor_page([1, 2], "c2"), cursor_page([3], None))
    page = kit.run(client.pages(CURSOR).first_page())
    assert (list(page), len(page), page.has_next, page.raw.status) == ([1, 2], 2, True, 200)
    assert page.reply["links"]["next"] == "c2"
    second = kit.run(page.next_page())
    assert (second.items, second.has_next) == ([3], False)
    assert kit.run(second.next_page()) is None
    client, _ = kit.scripted(cursor_page([1, 2], "c2"), cursor_page([3], None))
    assert [page.items for page in kit.items(client.pages(CURSOR).by_page())] == [[1, 2], [3]]


def test_items_are_taken_from_the_decoded_reply(kit: SyncKit) -> None:
    """Attributes of models may be named differently; the cursor is read on the wire."""
    typed = listing(CURSOR.pagination, "guests_", lambda value: Guests([item * 10 for item in value["data"]]))
    client, _ = kit.scripted(cursor_page([1], "c2"), cursor_page([2], None))
    assert kit.items(client.pages(typed)) == [10, 20]


@pytest.mark.parametrize("body", [{"data": None}, {}, {"data": []}])
def test_lists_that_are_null_or_absent_are_empty(kit: SyncKit, body: Any) -> None:
    """A reply without items is an empty page."""
    client, _ = kit.scripted(reply(200, body))
    assert kit.items(client.pages(CURSOR)) == []


@pytest.mark.parametrize("body", [{"data": 7}, {"data": {"a": 1}}])
def test_items_that_are_no_list(kit: SyncKit, body: Any) -> None:
    """A decode error says where."""
    client, _ = kit.scripted(reply(200, body))
    with pytest.raises(DecodeError) as caught:
        kit.items(client.pages(CURSOR))
    assert caught.value.json_path == "$.data"


@pytest.mark.parametrize("script", [["c1", "c1"], ["c1", "c2", "c1"]])
def test_a_repeated_cursor_stops(kit: SyncKit, script: list[str]) -> None:
    """A circle of cursors is an error, not an endless list; what came before is delivered."""
    client, _ = kit.scripted(*[cursor_page([1], cursor) for cursor in script])
    with pytest.raises(PaginationError, match="never end") as caught:
        kit.items(client.pages(CURSOR))
    assert (caught.value.operation, caught.value.status) == ("listGuests", 200)


def test_the_callers_own_cursor_counts_as_used(kit: SyncKit) -> None:
    """A server that answers with the cursor it was given does not move."""
    client, _ = kit.scripted(cursor_page([1], "c7"))
    with pytest.raises(PaginationError):
        kit.items(client.pages(CURSOR, query={"cursor": "c7"}))


def test_a_cursor_inside_a_link(kit: SyncKit) -> None:
    """A vendor that gives the URL of the next page is understood; the URL itself is not followed."""
    client, script = kit.scripted(
        cursor_page([1], "https://elsewhere.example.com/v1/guests?cursor=abc%3D&limit=2"), cursor_page([2], None)
    )
    assert kit.items(client.pages(CURSOR)) == [1, 2]
    assert query(script.requests[1]) == {"cursor": "abc="}


@pytest.mark.parametrize("odd", [{"x": 1}, ["a"], 1.5])
def test_a_cursor_of_another_type_stops(kit: SyncKit, odd: object) -> None:
    """Nonsense where the cursor belongs is an error."""
    client, _ = kit.scripted(cursor_page([1], odd))
    with pytest.raises(PaginationError, match="where the next cursor belongs"):
        kit.items(client.pages(CURSOR))


def test_start_key(kit: SyncKit) -> None:
    """The key of the next item is passed on, and its absence ends the list."""
    client, script = kit.scripted(
        reply(200, {"items": [1], "page": {"count": 1, "nextKey": "k2"}}),
        reply(200, {"items": [2], "page": {"count": 1, "startKey": "k2"}}),
    )
    assert kit.items(client.pages(START)) == [1, 2]
    assert query(script.requests[1]) == {"startKey": "k2"}


def links_page(items: list[Any], current: object, last: object) -> RawResponse:
    return reply(200, {"data": items, "meta": {"current_page": current, "last_page": last, "from": None}})


def test_page_links(kit: SyncKit) -> None:
    """The number grows to the last one; text numbers are numbers."""
    client, script = kit.scripted(links_page([1], 1, 3), links_page([2], "2", "3"), links_page([3], 3, 3))
    assert kit.items(client.pages(LINKS)) == [1, 2, 3]
    assert [query(request).get("page") for request in script.requests] == [None, "2", "3"]


def test_page_links_from_a_later_page_and_without_meta(kit: SyncKit) -> None:
    """The caller may begin anywhere; a reply without numbers is the only page."""
    client, script = kit.scripted(links_page([5], 5, 6), links_page([6], 6, 6), reply(200, {"data": [1]}))
    assert kit.items(client.pages(LINKS, query={"page": 5})) == [5, 6]
    assert kit.items(client.pages(LINKS)) == [1]
    assert len(script.requests) == 3


def test_a_server_that_ignores_the_page_number_stops(kit: SyncKit) -> None:
    """Always the first page is an error, not an endless list."""
    client, _ = kit.scripted(links_page([1], 1, 3), links_page([1], 1, 3))
    with pytest.raises(PaginationError, match="answered page 1 when page 2 was asked"):
        kit.items(client.pages(LINKS))


def numbers(items: list[Any]) -> RawResponse:
    return reply(200, {"checkins": items, "summary": {}})


def test_page_number(kit: SyncKit) -> None:
    """Without a known size an empty page ends the list; with one, a short page does."""
    client, script = kit.scripted(numbers([1, 2]), numbers([3]), numbers([]), numbers([1, 2]), numbers([3]))
    assert kit.items(client.pages(NUMBER)) == [1, 2, 3]
    assert [query(request).get("page") for request in script.requests] == [None, "2", "3"]
    assert kit.items(client.pages(NUMBER, query={"per_page": 2})) == [1, 2, 3]
    assert len(script.requests) == 5


def test_the_same_page_twice_stops(kit: SyncKit) -> None:
    """A server that ignores the number sends the same page again, which is an error."""
    client, _ = kit.scripted(numbers([1, 2]), numbers([1, 2]))
    with pytest.raises(PaginationError, match="same page twice"):
        kit.items(client.pages(NUMBER))


def ranged(items: list[Any], total: str | None = None) -> RawResponse:
    return reply(200, items, {"X-Total-Count": total} if total is not None else None)


def test_range(kit: SyncKit) -> None:
    """Positions move by what came until the total is reached."""
    client, script = kit.scripted(ranged([1, 2], "5"), ranged([3], "5"), ranged([4, 5], "5"))
    assert kit.items(client.pages(RANGE, query={"_start": 0, "_end": 2, "_sort": "id"})) == [1, 2, 3, 4, 5]
    assert [(query(r)["_start"], query(r)["_end"]) for r in script.requests] == [("0", "2"), ("2", "4"), ("3", "5")]
    assert query(script.requests[2])["_sort"] == "id"


@pytest.mark.parametrize("total", [None, "many"])
def test_range_without_total(kit: SyncKit, total: str | None) -> None:
    """A short page ends the list; the first range is chosen when the caller gives none."""
    client, script = kit.scripted(ranged([0] * 100, total), ranged([1], total))
    assert len(kit.items(client.pages(RANGE))) == 101
    assert [query(r)["_end"] for r in script.requests] == ["100", "200"]


def test_a_range_that_is_none(kit: SyncKit) -> None:
    """An end before the start is an error."""
    client, _ = kit.scripted(ranged([1]))
    with pytest.raises(PaginationError, match="no range"):
        kit.items(client.pages(RANGE, query={"_start": 5, "_end": 5}))


def test_errors_of_a_page_are_the_errors_of_the_call(kit: SyncKit) -> None:
    """A later page may fail like any call; wrong arguments are found before sending."""
    client, _ = kit.scripted(cursor_page([1], "c2"), reply(404))
    with pytest.raises(NotFoundError):
        kit.items(client.pages(CURSOR))
    bad: PagedOperation[Any, Any] = PagedOperation(
        vendor="demo", id="x", method="GET", path="/{id}", pagination=CURSOR.pagination, items="data"
    )
    with pytest.raises(ArgumentError):
        kit.items(client.pages(bad, path={"id": ""}))
