"""All state in one SQLite database: in memory, or in a file that survives `kill -9`.

A file is written through a write-ahead log and every request is one transaction that ends before its answer is sent:
an acknowledged change is there after a crash of the process. A power cut may lose the last moments (`synchronous = NORMAL`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .documents import JSON, Document, from_json, to_json
from .problems import SandboxError

_APPLICATION_ID = 0x10A17C5B  # marks the file as one of ours
_SCHEMA_VERSION = 1
_LARGEST = 2**63 - 1
_SCHEMA = """
CREATE TABLE document (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    vendor TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (vendor, kind, id)
);
CREATE TABLE sequence (vendor TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (vendor, name));
CREATE TABLE setting (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE snapshot (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""


_SNAPSHOT = {table: f"SELECT * FROM {table}" for table in ("document", "sequence", "setting")}  # noqa: S608


class Store:
    """Documents, sequences, settings and snapshots of all vendors."""

    def __init__(self, path: Path | None = None) -> None:
        """Open a database file, or memory without one; raises `SandboxError` when the file cannot be used."""
        try:
            self._connection = sqlite3.connect(
                str(path) if path else ":memory:", isolation_level=None, check_same_thread=False, timeout=0.5
            )
            self._prepare(path)
        except sqlite3.Error as error:
            reason = f"SQLite says: {error}; choose another file with --db"
            if "locked" in str(error):
                reason = "another sandbox uses it; stop that one or choose another file"
            raise SandboxError(f"{path}: cannot be used as database ({reason}).") from error
        self._indexes: set[str] = set()

    def _prepare(self, path: Path | None) -> None:
        execute = self._connection.execute
        execute("PRAGMA locking_mode = EXCLUSIVE")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")
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
            raise SandboxError(
                f"{path}: is damaged (SQLite says: {' '.join(str(health).split())[:80]}); remove it or choose another file with --db."
            )
        if mark != _APPLICATION_ID or version != _SCHEMA_VERSION:
            raise SandboxError(
                f"{path}: is not a database of this sandbox (format {version}, wanted {_SCHEMA_VERSION}); choose another file with --db."
            )
        with self.transaction():  # takes the lock now, so that a second sandbox fails at its start
            execute("UPDATE setting SET name = name WHERE 0")

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes of the block, or none when it raises."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    # Documents

    def get(self, vendor: str, kind: str, key: str) -> Document | None:
        """Return one document."""
        query = "SELECT body FROM document WHERE vendor = ? AND kind = ? AND id = ?"
        row = self._connection.execute(query, (vendor, kind, key)).fetchone()
        return _document(row[0]) if row else None

    def put(self, vendor: str, kind: str, key: str, body: Document) -> None:
        """Insert a document, or replace it in its place."""
        insert = "INSERT INTO document (vendor, kind, id, body) VALUES (?, ?, ?, ?)"
        update = "ON CONFLICT (vendor, kind, id) DO UPDATE SET body = excluded.body"
        self._connection.execute(f"{insert} {update}", (vendor, kind, key, to_json(body)))

    def delete(self, vendor: str, kind: str, key: str) -> bool:
        """Delete a document and say whether it was there."""
        query = "DELETE FROM document WHERE vendor = ? AND kind = ? AND id = ?"
        return self._connection.execute(query, (vendor, kind, key)).rowcount > 0

    def select(self, vendor: str, kind: str, members: dict[str, JSON]) -> Iterator[Document]:
        """Yield the documents whose members have these values, oldest first."""
        if any(isinstance(value, int) and abs(value) > _LARGEST for value in members.values()):
            return  # SQLite knows no such number, so no document can have it
        clauses, values = ["vendor = ?", "kind = ?"], [vendor, kind]
        for name, value in members.items():
            clauses.append(f"{self._member(name)} IS ?")
            values.append(value)  # type: ignore[arg-type]
        query = f"SELECT body FROM document WHERE {' AND '.join(clauses)} ORDER BY position"  # noqa: S608 - names are checked
        yield from (_document(row[0]) for row in self._connection.execute(query, values))

    def count(self, vendor: str, kind: str) -> int:
        """Count the documents of a kind."""
        query = "SELECT count(*) FROM document WHERE vendor = ? AND kind = ?"
        return int(self._connection.execute(query, (vendor, kind)).fetchone()[0])

    def keys_after(self, vendor: str, kind: str, position: int) -> list[tuple[int, str]]:
        """List positions and ids of the documents that came after a position."""
        query = "SELECT position, id FROM document WHERE vendor = ? AND kind = ? AND position > ? ORDER BY position"
        return self._connection.execute(query, (vendor, kind, position)).fetchall()

    def kinds(self, vendor: str) -> list[tuple[str, int]]:
        """List the kinds of documents a vendor has, with their number."""
        query = "SELECT kind, count(*) FROM document WHERE vendor = ? GROUP BY kind ORDER BY kind"
        return self._connection.execute(query, (vendor,)).fetchall()

    def _member(self, name: str) -> str:
        """Return the SQL of a member and make the index that finds it."""
        if not name.replace("_", "").replace(".", "").isalnum():
            raise ValueError(f"{name!r} cannot be searched for")
        sql = f"json_extract(body, '$.{name}')"
        if name not in self._indexes:
            label = name.replace(".", "__")
            self._connection.execute(f'CREATE INDEX IF NOT EXISTS "member_{label}" ON document (vendor, kind, {sql})')
            self._indexes.add(name)
        return sql

    # Sequences and settings

    def next_number(self, vendor: str, name: str, first: int) -> int:
        """Count up a sequence and return its number."""
        insert = "INSERT INTO sequence VALUES (?, ?, ?)"
        query = f"{insert} ON CONFLICT (vendor, name) DO UPDATE SET value = value + 1 RETURNING value"
        return int(self._connection.execute(query, (vendor, name, first)).fetchone()[0])

    def setting(self, name: str) -> JSON:
        """Return a setting, or None."""
        row = self._connection.execute("SELECT body FROM setting WHERE name = ?", (name,)).fetchone()
        return from_json(row[0]) if row else None

    def set_setting(self, name: str, body: JSON) -> None:
        """Keep a setting."""
        self._replace("setting", name, to_json(body))

    # Everything at once

    def clear(self, vendor: str) -> None:
        """Forget all documents and sequences of a vendor."""
        self._connection.execute("DELETE FROM document WHERE vendor = ?", (vendor,))
        self._connection.execute("DELETE FROM sequence WHERE vendor = ?", (vendor,))

    def save_snapshot(self, name: str) -> None:
        """Keep a copy of all documents, sequences and settings under a name."""
        copy = {table: self._connection.execute(query).fetchall() for table, query in _SNAPSHOT.items()}
        self._replace("snapshot", name, to_json(copy))

    def snapshots(self) -> list[str]:
        """List the names of the snapshots."""
        return [name for (name,) in self._connection.execute("SELECT name FROM snapshot ORDER BY name")]

    def restore_snapshot(self, name: str) -> None:
        """Put everything back to a snapshot; raises `SandboxError` for an unknown name."""
        row = self._connection.execute("SELECT body FROM snapshot WHERE name = ?", (name,)).fetchone()
        if row is None:
            known = ", ".join(self.snapshots()) or "none"
            raise SandboxError(f"There is no snapshot {name[:40]!r}; there are: {known}.")
        copy = _document(row[0])
        for table, rows in copy.items():
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608
            for values in rows:
                self._connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608

    def _replace(self, table: str, name: str, body: str) -> None:
        query = f"INSERT INTO {table} VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body"  # noqa: S608
        self._connection.execute(query, (name, body))


def _document(text: str) -> Document:
    value = from_json(text)
    if not isinstance(value, dict):
        raise TypeError("a stored body is not an object")
    return value
