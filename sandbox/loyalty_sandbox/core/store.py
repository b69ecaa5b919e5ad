"""All state in one SQLite database: in memory, or in a file that survives `kill -9`.

A file is written through a write-ahead log and every request is one transaction that ends before its answer is sent:
an acknowledged change is there after a crash of the process. A power cut may lose the last moments (`synchronous = NORMAL`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .documents import JSON, from_json, to_json
from .problems import SandboxError

_APPLICATION_ID = 0x10A17C5B  # marks the file as one of ours
_SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE document (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    vendor TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (vendor, kind, id)
);
CREATE TABLE sequence (vendor TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (vendor, name));
CREATE TABLE setting (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""


class Store:
    """The database with settings; documents are read and written by the collections of `state.py`."""

    def __init__(self, path: Path | None = None) -> None:
        """Open a database file, or memory without one; raises `SandboxError` when the file cannot be used."""
        name = str(path) if path else ":memory:"
        try:
            self._connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False, timeout=0.5)
            self._prepare(path)
        except sqlite3.Error as error:
            reason = f"SQLite says: {error}; choose another file with --db"
            if "locked" in str(error):
                reason = "another sandbox uses it; stop that one or choose another file"
            raise SandboxError(f"{path}: cannot be used as database ({reason}).") from error
        self._indexes: set[str] = set()

    def _prepare(self, path: Path | None) -> None:
        execute = self._connection.execute
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL"):
            execute(f"PRAGMA {pragma}")
        (mark,) = execute("PRAGMA application_id").fetchone()
        (tables,) = execute("SELECT count(*) FROM sqlite_master").fetchone()
        if mark == 0 and tables == 0:
            with self.transaction():
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    execute(statement)
                execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
            return
        (health,) = execute("PRAGMA quick_check(1)").fetchone()
        (version,) = execute("PRAGMA user_version").fetchone()
        if health != "ok":
            found = f"is damaged (SQLite says: {' '.join(str(health).split())[:80]})"
            raise SandboxError(f"{path}: {found}; remove it or choose another file with --db.")
        if mark != _APPLICATION_ID or version != _SCHEMA_VERSION:
            found = f"is not a database of this sandbox (format {version}, wanted {_SCHEMA_VERSION})"
            raise SandboxError(f"{path}: {found}; choose another file with --db.")
        with self.transaction():  # takes the lock now, so that a second sandbox fails at its start
            execute("UPDATE setting SET name = name WHERE 0")

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

    def setting(self, name: str) -> JSON:
        """Return a setting, or None."""
        row = self.execute("SELECT body FROM setting WHERE name = ?", name).fetchone()
        return from_json(row[0]) if row else None

    def set_setting(self, name: str, body: JSON) -> None:
        """Keep a setting."""
        self.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", name, to_json(body))

    def clear(self, vendor: str) -> None:
        """Forget all documents and sequences of a vendor."""
        self.execute("DELETE FROM document WHERE vendor = ?", vendor)
        self.execute("DELETE FROM sequence WHERE vendor = ?", vendor)
