"""Lists over pages: `for item in pages`, or page by page; the next page is fetched only when it is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .calls.replies import received
from .declared.pages import ReadPage, Stuck
from .errors import APIError, ArgumentError, MisfitError, PaginationError, RateLimitError
from .http import run_sync
from .types import Unset
from .wire.decoding import Misfit
from .wire.jsonio import InvalidJSON, dump_json, load_json

if TYPE_CHECKING:
    from typing import Self

    from .calls.core import ClientCore
    from .calls.replies import Reading
    from .declared.operation import PagedOperation
    from .declared.pages import Query
    from .options import CallArguments
    from .wire.messages import RawResponse

ItemT = TypeVar("ItemT")
ReplyT = TypeVar("ReplyT")


class _Walk:
    """The list being walked: operation, arguments, where it begins, and what has been seen."""

    __slots__ = ("arguments", "client", "cursor", "last", "operation", "seen")

    def __init__(
        self, client: ClientCore, operation: PagedOperation[Any, Any], arguments: CallArguments, cursor: str
    ) -> None:
        self.client = client
        self.operation = operation
        self.arguments = arguments
        self.cursor = cursor
        self.seen: set[str] = set()
        self.last: bytes | None = None

    def first_query(self) -> Query:
        """Return the query of the first page, or of the page that a cursor names."""
        given = self.arguments.get("query") or {}
        present = {name: value for name, value in given.items() if not (value is None or isinstance(value, Unset))}
        begun = self.operation.pagination.begin(present)
        return {**begun, **_read_cursor(self.cursor)} if self.cursor else begun

    def cursor_of(self, query: Query) -> str:
        """Return the cursor of a page: what its query says beyond the caller's, as JSON text."""
        given = self.arguments.get("query") or {}
        return dump_json({name: value for name, value in query.items() if given.get(name) != value}).decode()

    async def fetch(self, query: Query) -> tuple[list[Any], Any, RawResponse, Query | None]:
        """Return items, decoded reply, raw reply and the query of the next page (None at the end).

        An error tells by its `cursor` where to go on.
        """
        try:
            return await self._fetch(query)
        except APIError as error:
            with suppress(OSError):  # a process with too many files open cannot import what writes it
                error.cursor = self.cursor_of(query)
            if isinstance(error, RateLimitError):
                error.args = (f"{error}; go on later with .resume(error.cursor), or give the call a longer timeout",)
            raise

    async def _fetch(self, query: Query) -> tuple[list[Any], Any, RawResponse, Query | None]:
        begun = self.client._port.clock.monotonic()
        return await self.client._ask(
            self.operation, {**self.arguments, "query": query}, lambda raw: self._read(query, raw, begun)
        )

    def _read(self, query: Query, raw: RawResponse, begun: float) -> tuple[list[Any], Any, RawResponse, Query | None]:
        operation, reading = self.operation, self.client._reading
        reply, plain = received(operation, raw, reading)
        if isinstance(plain, Unset):
            return [], reply, raw, None
        items = _items(operation, raw, reply, reading)
        reading.tell("page", operation, raw, size=len(items), seconds=reading.clock.monotonic() - begun)
        again = bool(items) and raw.content == self.last
        self.last = raw.content
        problem = ""
        try:
            page = ReadPage(query, plain, len(items), raw, seen=self.seen, again=again)
            return items, reply, raw, operation.pagination.after(page)
        except Stuck as stuck:
            problem = str(stuck)
        from .calls.failures import reply_error

        raise reply_error(PaginationError, operation, raw, problem)


def _read_cursor(cursor: str) -> dict[str, object]:
    try:
        found = load_json(cursor.encode())
    except (InvalidJSON, UnicodeEncodeError):
        found = None
    if isinstance(found, dict):
        return found
    raise ArgumentError("cursor is none that a page or an error gave; give .cursor as it was.", argument="cursor")


def _items(operation: PagedOperation[Any, Any], raw: RawResponse, reply: object, reading: Reading) -> list[Any]:
    for name in operation.items.split(".") if operation.items else ():
        try:
            reply = reply.get(name) if isinstance(reply, Mapping) else getattr(reply, name)
        except MisfitError as misfit:
            reply = misfit.value
        except AttributeError:
            return []
        if reply is None or isinstance(reply, Unset):
            return []
    if not isinstance(reply, (list, tuple)):
        path = f"$.{operation.items}" if operation.items else "$"
        raise reading.misfit(operation, raw, Misfit("a list of items was expected", path))
    return list(reply)


class _Page(Generic[ItemT, ReplyT]):
    __slots__ = ("_next", "_walk", "items", "raw", "reply")

    def __init__(
        self, walk: _Walk, items: list[ItemT], reply: ReplyT, raw: RawResponse, following: Query | None
    ) -> None:
        self._walk = walk
        self._next = following
        self.items = items
        self.reply = reply
        self.raw = raw

    @property
    def has_next(self) -> bool:
        """Say whether the vendor announces another page; it may turn out to be empty."""
        return self._next is not None

    @property
    def cursor(self) -> str | None:
        """Where the list goes on after this page, as text to keep and to give to `resume`; None at the end."""
        return None if self._next is None else self._walk.cursor_of(self._next)

    def __iter__(self) -> Iterator[ItemT]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.items)} items{', more follow' if self.has_next else ''}>"


class Page(_Page[ItemT, ReplyT]):
    """One page: its items, the decoded reply they came in, and the raw reply."""

    __slots__ = ()

    def next_page(self) -> Page[ItemT, ReplyT] | None:
        """Fetch the next page; None at the end. Raises `PaginationError` when the cursor repeats."""
        if self._next is None:
            return None
        return Page(self._walk, *run_sync(self._walk.fetch(self._next)))


class AsyncPage(_Page[ItemT, ReplyT]):
    """One page: its items, the decoded reply they came in, and the raw reply."""

    __slots__ = ()

    async def next_page(self) -> AsyncPage[ItemT, ReplyT] | None:
        """Fetch the next page; None at the end. Raises `PaginationError` when the cursor repeats."""
        if self._next is None:
            return None
        return AsyncPage(self._walk, *await self._walk.fetch(self._next))


class _Pages(Generic[ItemT, ReplyT]):
    __slots__ = ("_arguments", "_client", "_cursor", "_operation")

    def __init__(
        self,
        client: ClientCore,
        operation: PagedOperation[ReplyT, ItemT],
        arguments: CallArguments,
        cursor: str = "",
    ) -> None:
        self._client = client
        self._operation = operation
        self._arguments = arguments
        self._cursor = cursor

    def _walk(self) -> _Walk:
        return _Walk(self._client, self._operation, self._arguments, self._cursor)

    def resume(self, cursor: str) -> Self:
        """Return the same list from the page on that a cursor names: `page.cursor`, or `error.cursor` of a walk that failed.

        Raises `ArgumentError` at the first page for a text that is no such cursor.
        """
        return type(self)(self._client, self._operation, self._arguments, cursor)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._operation.vendor} {self._operation.id}>"


class SyncPages(_Pages[ItemT, ReplyT]):
    """All items of a list; every `for` walks it from the start again."""

    __slots__ = ()

    def first_page(self) -> Page[ItemT, ReplyT]:
        """Fetch the first page."""
        walk = self._walk()
        return Page(walk, *run_sync(walk.fetch(walk.first_query())))

    def by_page(self) -> Iterator[Page[ItemT, ReplyT]]:
        """Walk page by page."""
        page: Page[ItemT, ReplyT] | None = self.first_page()
        while page is not None:
            yield page
            page = page.next_page()

    def __iter__(self) -> Iterator[ItemT]:
        for page in self.by_page():
            yield from page.items


class AsyncPages(_Pages[ItemT, ReplyT]):
    """All items of a list; every `async for` walks it from the start again."""

    __slots__ = ()

    async def first_page(self) -> AsyncPage[ItemT, ReplyT]:
        """Fetch the first page."""
        walk = self._walk()
        return AsyncPage(walk, *await walk.fetch(walk.first_query()))

    async def by_page(self) -> AsyncIterator[AsyncPage[ItemT, ReplyT]]:
        """Walk page by page."""
        page: AsyncPage[ItemT, ReplyT] | None = await self.first_page()
        while page is not None:
            yield page
            page = await page.next_page()

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        async for page in self.by_page():
            for item in page.items:
                yield item
