"""All state in one SQLite database: in memory, or in a file that survives `kill -9`.

A file is written through a write-ahead log and every request is one transaction that ends before its answer is sent:
an acknowledged change is there after a crash of the process. A power cut may lose the last moments (`synchronous = NORMAL`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from .clock import Clock, iso
from .documents import JSON, Document, SandboxError, to_json

_MARK, _FORMAT = 0x10A17C5B, 3  # by which a file is known as one of ours
_TABLES = (
    "document (position INTEGER PRIMARY KEY AUTOINCREMENT, vendor TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, "
    "UNIQUE (vendor, kind, id))",
    "sequence (vendor TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (vendor, name))",
)
_LARGEST = 2**63 - 1


class Store:
    """The database; handlers see their own vendor's part of it as a `State`."""

    def __init__(self, path: Path | None = None) -> None:
        """Open a database file, or memory without one; raises `SandboxError` when the file cannot be used."""
        self._indexes: set[str] = set()
        name = str(path) if path else ":memory:"
        try:
            self._connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False, timeout=0.5)
            self._prepare(path)
        except sqlite3.Error as error:
            reason = f"SQLite says: {error}; choose another file with --db"
            if "locked" in str(error):
                reason = "another sandbox uses it; stop that one or choose another file"
            raise SandboxError(f"{path}: cannot be used as database ({reason}).") from error

    def _prepare(self, path: Path | None) -> None:
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL"):
            self.execute(f"PRAGMA {pragma}")
        mark, version, health = (self._pragma(name) for name in ("application_id", "user_version", "quick_check(1)"))
        if health != "ok":
            found = f"is damaged (SQLite says: {' '.join(str(health).split())[:80]})"
            raise SandboxError(f"{path}: {found}; remove it or choose another file with --db.")
        is_new = mark == 0 and not self.execute("SELECT * FROM sqlite_master").fetchall()
        if not is_new and (mark, version) != (_MARK, _FORMAT):
            found = f"is not a database of this sandbox (format {version}, wanted {_FORMAT})"
            raise SandboxError(f"{path}: {found}; choose another file with --db.")
        with self.transaction():  # takes the lock now, so that a second sandbox fails at its start
            for table in _TABLES:
                self.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            self._pragma(f"application_id = {_MARK}")
            self._pragma(f"user_version = {_FORMAT}")

    def _pragma(self, text: str) -> Any:
        return (self.execute(f"PRAGMA {text}").fetchone() or [None])[0]

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def execute(self, query: str, *values: Any) -> sqlite3.Cursor:
        """Carry out a statement of SQL."""
        return self._connection.execute(query, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes of the block, or none when it raises."""
        with self._connection:
            self.execute("BEGIN IMMEDIATE")
            yield

    def member(self, name: str) -> str:
        """Return the SQL of a member of a document and make the index that finds it."""
        if not name.replace("_", "").isalnum():
            raise ValueError(f"{name!r} cannot be searched for")
        sql = f"json_extract(body, '$.{name}')"
        if name not in self._indexes:
            self.execute(f'CREATE INDEX IF NOT EXISTS "member_{name}" ON document (vendor, kind, {sql})')
            self._indexes.add(name)
        return sql

    def clear(self, vendor: str) -> None:
        """Forget all documents and sequences of a vendor."""
        self.execute("DELETE FROM document WHERE vendor = ?", vendor)
        self.execute("DELETE FROM sequence WHERE vendor = ?", vendor)


class Collection:
    """Documents of one kind by id, in the order in which they came."""

    def __init__(self, store: Store, vendor: str, kind: str) -> None:
        self._store = store
        self._whose = (vendor, kind)

    def _rows(self, query: str, *values: JSON) -> sqlite3.Cursor:
        return self._store.execute(
            query.replace("WHOSE", "document WHERE vendor = ? AND kind = ?"), *self._whose, *values
        )

    def get(self, key: str | int) -> Document | None:
        """Return the document with this id."""
        row = self._rows("SELECT body FROM WHOSE AND id = ?", str(key)).fetchone()
        return msgspec.json.decode(row[0]) if row else None

    def put(self, key: str | int, body: Document) -> Document:
        """Insert a document or replace it in its place, and return it."""
        insert = "INSERT INTO document (vendor, kind, id, body) VALUES (?, ?, ?, ?)"
        self._rows(f"{insert} ON CONFLICT DO UPDATE SET body = excluded.body", str(key), to_json(body))
        return body

    def delete(self, key: str | int) -> None:
        """Delete the document with this id."""
        self._rows("DELETE FROM WHOSE AND id = ?", str(key))

    def find(self, **members: JSON) -> list[Document]:
        """List the documents whose members have these plain values; `None` also finds documents without the member."""
        if any(isinstance(value, int) and abs(value) > _LARGEST for value in members.values()):
            return []  # SQLite knows no such number, so no document can have it
        clauses = "".join(f" AND {self._store.member(name)} IS ?" for name in members)
        query = f"SELECT body FROM WHOSE{clauses} ORDER BY position"  # noqa: S608 - names are checked
        rows = self._rows(query, *members.values())
        return [msgspec.json.decode(body) for (body,) in rows]

    def first(self, **members: JSON) -> Document | None:
        """Return the oldest document whose members have these plain values."""
        return next(iter(self.find(**members)), None)

    def __iter__(self) -> Iterator[Document]:
        """Yield all documents, oldest first; they may be changed meanwhile."""
        return iter(self.find())

    def keys_after(self, position: int) -> list[tuple[int, str]]:
        """List positions and ids of the documents that came after a position."""
        return self._rows("SELECT position, id FROM WHOSE AND position > ? ORDER BY position", position).fetchall()


class State:
    """The state of one vendor: its collections, numbers and time. Names of collections that begin with `$` belong to the sandbox."""

    def __init__(self, store: Store, clock: Clock, vendor: str) -> None:
        self._store = store
        self._clock = clock
        self.vendor = vendor

    def collection(self, kind: str) -> Collection:
        """Return the documents of a kind; a new kind starts empty."""
        return Collection(self._store, self.vendor, kind)

    def kinds(self) -> dict[str, int]:
        """Return the number of documents of each kind."""
        query = "SELECT kind, count(*) FROM document WHERE vendor = ? GROUP BY kind ORDER BY kind"
        return dict(self._store.execute(query, self.vendor).fetchall())

    def next_number(self, name: str, *, first: int = 1) -> int:
        """Count up a sequence; it begins with `first`."""
        insert = "INSERT INTO sequence VALUES (?, ?, ?)"
        query = f"{insert} ON CONFLICT (vendor, name) DO UPDATE SET value = value + 1 RETURNING value"
        return int(self._store.execute(query, self.vendor, name, first).fetchone()[0])

    @property
    def now(self) -> datetime:
        """The sandbox's time, in UTC."""
        return self._clock.now()

    @property
    def timestamp(self) -> str:
        """The sandbox's time as `2026-01-31T18:30:00Z`."""
        return iso(self._clock.now())
