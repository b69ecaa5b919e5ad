"""Lists over pages: `for item in pages`, or page by page; the next page is fetched only when it is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .calls.cursors import Cursor, first_query
from .calls.failures import decode_failure, status_error
from .http.ports import run_sync
from .types import Unset
from .wire.decoding import Misfit, decode_as, guarded, parse_json, success_reply

if TYPE_CHECKING:
    from .async_client import AsyncBaseClient
    from .calls.core import ClientCore
    from .client import BaseClient
    from .declared.operation import PagedOperation
    from .options import CallArguments
    from .wire.messages import RawResponse

ItemT = TypeVar("ItemT")
ReplyT = TypeVar("ReplyT")


class _Walk:
    """The list being walked: operation, arguments, and where the next page begins."""

    __slots__ = ("arguments", "client", "cursor", "operation")

    def __init__(self, client: ClientCore, operation: PagedOperation[Any, Any], arguments: CallArguments) -> None:
        self.client = client
        self.operation = operation
        self.arguments = arguments
        self.cursor = Cursor(operation.pagination)

    async def fetch(
        self, query: Mapping[str, object]
    ) -> tuple[list[Any], Any, RawResponse, Mapping[str, object] | None]:
        """Return items, decoded reply, raw reply and the query of the next page (None at the end)."""
        client, operation = self.client, self.operation
        call = client._prepare(operation, {**self.arguments, "query": query})
        raw = await client._ready().exchange(call)
        if raw.status >= 300:
            raise status_error(operation, raw, client._port.clock)
        misfit: Misfit
        try:
            reply = success_reply(operation, raw)
            if reply.kind != "json" or not raw.content:
                return [], decode_as(reply, raw), raw, None
            value = parse_json(raw)
            decoded = value if reply.decode is None else guarded(reply, value)
            items = _items(decoded, operation.items)
        except Misfit as error:
            misfit = error
        else:
            return items, decoded, raw, self.cursor.after(operation, query, value, len(items), raw)
        raise decode_failure(operation, raw, misfit)


def _items(reply: object, path: str) -> list[Any]:
    for name in path.split(".") if path else ():
        reply = reply.get(name) if isinstance(reply, Mapping) else getattr(reply, name, None)
        if reply is None or isinstance(reply, Unset):
            return []
    if not isinstance(reply, (list, tuple)):
        raise Misfit("a list of items was expected", f"$.{path}" if path else "$")
    return list(reply)


class Page(Generic[ItemT, ReplyT]):
    """One page: its items, the decoded reply they came in, and the raw reply."""

    __slots__ = ("_next", "_walk", "items", "raw", "reply")

    def __init__(
        self, walk: _Walk, items: list[ItemT], reply: ReplyT, raw: RawResponse, following: Mapping[str, object] | None
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

    def next_page(self) -> Page[ItemT, ReplyT] | None:
        """Fetch the next page; None at the end. Raises `PaginationError` when the cursor repeats."""
        if self._next is None:
            return None
        return Page(self._walk, *run_sync(self._walk.fetch(self._next)))

    def __iter__(self) -> Iterator[ItemT]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return f"<Page of {len(self.items)} items{', more follow' if self.has_next else ''}>"


class AsyncPage(Generic[ItemT, ReplyT]):
    """One page of an asynchronous client: its items, the decoded reply they came in, and the raw reply."""

    __slots__ = ("_next", "_walk", "items", "raw", "reply")

    def __init__(
        self, walk: _Walk, items: list[ItemT], reply: ReplyT, raw: RawResponse, following: Mapping[str, object] | None
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

    async def next_page(self) -> AsyncPage[ItemT, ReplyT] | None:
        """Fetch the next page; None at the end. Raises `PaginationError` when the cursor repeats."""
        if self._next is None:
            return None
        return AsyncPage(self._walk, *await self._walk.fetch(self._next))

    def __iter__(self) -> Iterator[ItemT]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        return f"<AsyncPage of {len(self.items)} items{', more follow' if self.has_next else ''}>"


class SyncPages(Generic[ItemT, ReplyT]):
    """All items of a list; every `for` walks it from the start again."""

    __slots__ = ("_arguments", "_client", "_operation")

    def __init__(self, client: BaseClient, operation: PagedOperation[ReplyT, ItemT], arguments: CallArguments) -> None:
        self._client = client
        self._operation = operation
        self._arguments = arguments

    def first_page(self) -> Page[ItemT, ReplyT]:
        """Fetch the first page."""
        walk = _Walk(self._client, self._operation, self._arguments)
        return Page(walk, *run_sync(walk.fetch(first_query(self._operation.pagination, self._arguments))))

    def by_page(self) -> Iterator[Page[ItemT, ReplyT]]:
        """Walk page by page."""
        page: Page[ItemT, ReplyT] | None = self.first_page()
        while page is not None:
            yield page
            page = page.next_page()

    def __iter__(self) -> Iterator[ItemT]:
        for page in self.by_page():
            yield from page.items

    def __repr__(self) -> str:
        return f"<SyncPages of {self._operation.vendor} {self._operation.id}>"


class AsyncPages(Generic[ItemT, ReplyT]):
    """All items of a list; every `async for` walks it from the start again."""

    __slots__ = ("_arguments", "_client", "_operation")

    def __init__(
        self, client: AsyncBaseClient, operation: PagedOperation[ReplyT, ItemT], arguments: CallArguments
    ) -> None:
        self._client = client
        self._operation = operation
        self._arguments = arguments

    async def first_page(self) -> AsyncPage[ItemT, ReplyT]:
        """Fetch the first page."""
        walk = _Walk(self._client, self._operation, self._arguments)
        return AsyncPage(walk, *await walk.fetch(first_query(self._operation.pagination, self._arguments)))

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

    def __repr__(self) -> str:
        return f"<AsyncPages of {self._operation.vendor} {self._operation.id}>"
