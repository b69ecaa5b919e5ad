"""What a handler sees of the sandbox: its own vendor's collections, numbers, time and outbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from .clock import Clock, iso
from .documents import JSON, Document, to_json
from .store import Store

OUTBOX = "$outbox"  # names that begin with $ belong to the core; those of collections come from the paths
_WHOSE = "vendor = ? AND kind = ?"
_LARGEST = 2**63 - 1


class Collection:
    """Documents of one kind by id, in the order in which they came."""

    def __init__(self, store: Store, vendor: str, kind: str) -> None:
        self._store = store
        self._whose = (vendor, kind)

    def get(self, key: str | int) -> Document | None:
        """Return the document with this id."""
        query = f"SELECT body FROM document WHERE {_WHOSE} AND id = ?"  # noqa: S608
        row = self._store.execute(query, *self._whose, str(key)).fetchone()
        return _document(row) if row else None

    def put(self, key: str | int, body: Document) -> Document:
        """Insert a document or replace it in its place, and return it."""
        insert = "INSERT INTO document (vendor, kind, id, body) VALUES (?, ?, ?, ?)"
        update = "ON CONFLICT (vendor, kind, id) DO UPDATE SET body = excluded.body"
        self._store.execute(f"{insert} {update}", *self._whose, str(key), to_json(body))
        return body

    def delete(self, key: str | int) -> None:
        """Delete the document with this id."""
        self._store.execute(f"DELETE FROM document WHERE {_WHOSE} AND id = ?", *self._whose, str(key))  # noqa: S608

    def find(self, **members: JSON) -> list[Document]:
        """List the documents whose members have these plain values; `None` also finds documents without the member."""
        if any(isinstance(value, int) and abs(value) > _LARGEST for value in members.values()):
            return []  # SQLite knows no such number, so no document can have it
        clauses = " AND ".join([_WHOSE, *(f"{self._store.member(name)} IS ?" for name in members)])
        query = f"SELECT body FROM document WHERE {clauses} ORDER BY position"  # noqa: S608 - names are checked
        return [_document(row) for row in self._store.execute(query, *self._whose, *members.values())]

    def first(self, **members: JSON) -> Document | None:
        """Return the oldest document whose members have these plain values."""
        return next(iter(self.find(**members)), None)

    def __iter__(self) -> Iterator[Document]:
        """Yield all documents, oldest first; they may be changed meanwhile."""
        return iter(self.find())

    def keys_after(self, position: int) -> list[tuple[int, str]]:
        """List positions and ids of the documents that came after a position."""
        query = f"SELECT position, id FROM document WHERE {_WHOSE} AND position > ? ORDER BY position"  # noqa: S608
        return self._store.execute(query, *self._whose, position).fetchall()


class State:
    """The state of one vendor."""

    def __init__(self, store: Store, clock: Clock, vendor: str) -> None:
        self._store = store
        self._clock = clock
        self.vendor = vendor

    def collection(self, kind: str) -> Collection:
        """Return the documents of a kind; a new kind starts empty."""
        return Collection(self._store, self.vendor, kind)

    def kinds(self) -> list[tuple[str, int]]:
        """List the kinds of documents, with their number."""
        query = "SELECT kind, count(*) FROM document WHERE vendor = ? GROUP BY kind ORDER BY kind"
        return self._store.execute(query, self.vendor).fetchall()

    def next_number(self, name: str, *, first: int = 1) -> int:
        """Count up a sequence; it begins with `first`."""
        insert = "INSERT INTO sequence VALUES (?, ?, ?)"
        query = f"{insert} ON CONFLICT (vendor, name) DO UPDATE SET value = value + 1 RETURNING value"
        return int(self._store.execute(query, self.vendor, name, first).fetchone()[0])

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


def _document(row: tuple[str]) -> Document:
    return msgspec.json.decode(row[0])  # type: ignore[no-any-return]
