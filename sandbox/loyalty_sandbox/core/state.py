"""What a handler sees of the sandbox: its own vendor's collections, numbers, time and outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from .clock import Clock, iso
from .documents import JSON, Document
from .store import Store

OUTBOX = "$outbox"  # names that begin with $ belong to the core; those of collections come from the paths


class Collection:
    """Documents of one kind by id, in the order in which they came."""

    def __init__(self, store: Store, vendor: str, kind: str) -> None:
        self._store = store
        self._vendor = vendor
        self._kind = kind

    def get(self, key: str | int) -> Document | None:
        """Return the document with this id."""
        return self._store.get(self._vendor, self._kind, str(key))

    def put(self, key: str | int, body: Document) -> Document:
        """Insert a document or replace it in its place, and return it."""
        self._store.put(self._vendor, self._kind, str(key), body)
        return body

    def delete(self, key: str | int) -> bool:
        """Delete a document and say whether it was there."""
        return self._store.delete(self._vendor, self._kind, str(key))

    def find(self, **members: JSON) -> list[Document]:
        """List the documents whose members have these plain values; `None` also finds documents without the member."""
        return list(self._store.select(self._vendor, self._kind, members))

    def find_by(self, members: dict[str, JSON]) -> list[Document]:
        """Do what `find` does for names with dots, such as `user_profile.email`."""
        return list(self._store.select(self._vendor, self._kind, members))

    def first(self, **members: JSON) -> Document | None:
        """Return the oldest document whose members have these plain values."""
        return next(self._store.select(self._vendor, self._kind, members), None)

    def where(self, test: Callable[[Document], bool]) -> list[Document]:
        """List the documents that pass a test; reads all of them."""
        return [document for document in self if test(document)]

    def __iter__(self) -> Iterator[Document]:
        """Yield all documents, oldest first; they may be changed meanwhile."""
        return iter(self.find())

    def __len__(self) -> int:
        """Count the documents."""
        return self._store.count(self._vendor, self._kind)


class State:
    """The state of one vendor."""

    def __init__(self, store: Store, clock: Clock, vendor: str) -> None:
        self._store = store
        self._clock = clock
        self.vendor = vendor

    def collection(self, kind: str) -> Collection:
        """Return the documents of a kind; a new kind starts empty."""
        return Collection(self._store, self.vendor, kind)

    def next_number(self, name: str, *, first: int = 1) -> int:
        """Count up a sequence; it begins with `first`."""
        return self._store.next_number(self.vendor, name, first)

    def next_guid(self, name: str, *, prefix: int = 0) -> str:
        """Return the next GUID of a sequence; they are numbered, so that they look artificial and repeat from run to run."""
        return f"{prefix:08x}-0000-4000-8000-{self.next_number(f'guid {name}'):012x}"

    @property
    def now(self) -> datetime:
        """The sandbox's time, in UTC."""
        return self._clock.now()

    @property
    def timestamp(self) -> str:
        """The sandbox's time as `2026-01-31T18:30:00Z`."""
        return iso(self._clock.now())

    def send(self, kind: str, to: str, **content: JSON) -> None:
        """Put a message into the outbox instead of sending it; `kind` is `email`, `sms` or `push`."""
        number = self.next_number("$message")
        self.collection(OUTBOX).put(number, {"id": number, "at": self.timestamp, "kind": kind, "to": to, **content})
