"""Limits and tokens in a SQLite file that the processes of one machine share.

Time is the machine's clock since its start, which nobody can set; what another start of the machine left counts from now on.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ArgumentError
from ..http.fork import Lock, renew_after_fork
from .stores import LONGEST_LEASE, MARGIN, Kept, store_error

if TYPE_CHECKING:
    from ..declared.operation import RateLimit

_SCHEMA = """
CREATE TABLE IF NOT EXISTS permits (key TEXT, id TEXT, until REAL, boot TEXT, PRIMARY KEY (key, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS permits_until ON permits (key, until);
CREATE TABLE IF NOT EXISTS tokens (key TEXT PRIMARY KEY, boot TEXT, value TEXT, refresh TEXT, until REAL, claim TEXT, claimed REAL);
"""


def _now() -> float:
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def _boot() -> str:
    """Return what names this start of the machine; where the system does not tell, a clock that went back does."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


class SqliteStore:
    """A store in a file with mode 0600, made when it is missing."""

    def __init__(self, path: str | os.PathLike[str], what: str) -> None:
        given: object = path
        if not isinstance(given, str | os.PathLike):
            raise ArgumentError(f"path is of type {type(given).__name__}; give the path of a file.", argument="path")
        self._path = os.path.abspath(path)  # noqa: PTH100 - also of what is no path yet
        self._what = what
        self._boot = _boot()
        self._old: list[sqlite3.Connection] = []
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        renew_after_fork(self)

    def renew(self) -> None:
        """Leave the parent's connection alone: closing it would break the locks of the parent."""
        if self._connection is not None:
            self._old.append(self._connection)
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            found = os.fstat(descriptor)
            self._inode = found.st_ino
            if found.st_mode & 0o077 and hasattr(os, "fchmod"):
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
        made = sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        self._connection = made
        return made

    def _ready(self, patience: float) -> sqlite3.Connection:
        connection = self._connection
        if connection is not None and self._replaced():
            self._close()
            connection = None
        new = connection is None
        connection = connection or self._open()
        connection.execute(f"PRAGMA busy_timeout = {max(int(patience * 1000), 1)}")
        if new:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_SCHEMA)
        return connection

    def _replaced(self) -> bool:
        try:
            return os.stat(self._path).st_ino != self._inode  # noqa: PTH116 - at every call
        except FileNotFoundError:
            return True

    @contextmanager
    def _transaction(self, patience: float) -> Iterator[sqlite3.Connection]:
        problem = ""
        try:
            with self._lock.within(patience) as held:
                if not held:
                    raise store_error(self._what, "it is busy")
                connection = self._ready(patience)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
                return
        except sqlite3.Error as error:
            problem = _words(error)
            if not problem.startswith("its file is locked"):
                self._close()
        except OSError as error:
            problem = error.strerror or type(error).__name__
        raise store_error(self._what, f"{problem} (file {os.path.basename(self._path)})")  # noqa: PTH119

    def take(self, key: str, limits: tuple[RateLimit, ...], permit: str, lease: float, patience: float) -> float:
        """Take a permit for at most `lease` seconds and return 0, or take none and return the seconds to wait."""
        with self._transaction(patience) as connection:
            now = _now()
            longest = max(limit.seconds for limit in limits)
            connection.execute(
                "UPDATE permits SET until = ?, boot = ? WHERE key = ? AND (boot <> ? OR until > ?)",
                (now, self._boot, key, self._boot, now + LONGEST_LEASE + 1),
            )
            connection.execute("DELETE FROM permits WHERE key = ? AND until <= ?", (key, now - longest - MARGIN))
            wait = 0.0
            for limit in limits:
                row = connection.execute(
                    "SELECT until FROM permits WHERE key = ? ORDER BY until DESC LIMIT 1 OFFSET ?",
                    (key, limit.requests - 1),
                ).fetchone()
                if row is not None:
                    wait = max(wait, min(row[0], now) + limit.seconds + MARGIN - now)
            if wait <= 0:
                until = now + min(lease, LONGEST_LEASE)
                connection.execute("INSERT INTO permits VALUES (?, ?, ?, ?)", (key, permit, until, self._boot))
            return max(wait, 0.0)

    def done(self, key: str, permit: str, *, sent: bool, patience: float) -> None:
        """Say that the call of a permit has ended; one that was not sent is given back."""
        with self._transaction(patience) as connection:
            if sent:
                connection.execute(
                    "UPDATE permits SET until = min(until, ?) WHERE key = ? AND id = ?", (_now(), key, permit)
                )
            else:
                connection.execute("DELETE FROM permits WHERE key = ? AND id = ?", (key, permit))

    def claim(self, key: str, name: str, refused: str | None, lease: float, patience: float) -> Kept | float:
        """Return the kept token unless it is the refused one; else 0 for the one who is to ask for a new one, or seconds to wait."""
        with self._transaction(patience) as connection:
            now = _now()
            row = connection.execute(
                "SELECT value, refresh, until, claim, claimed FROM tokens WHERE key = ? AND boot = ?", (key, self._boot)
            ).fetchone()
            value, refresh, until, claim, claimed = row or (None, None, 0.0, None, 0.0)
            if value is not None and value != refused and until > now:
                return Kept(value, until - now, refresh)
            if claim is not None and claim != name and now < claimed <= now + LONGEST_LEASE:
                return claimed - now
            connection.execute(
                "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET boot = excluded.boot,"
                " value = excluded.value, refresh = excluded.refresh, until = excluded.until, claim = excluded.claim, claimed = excluded.claimed",
                (key, self._boot, value, refresh, until, name, now + min(lease, LONGEST_LEASE)),
            )
            return 0.0

    def refresh_token(self, key: str, patience: float) -> str | None:
        """Return the refresh token of the last token, if there is one."""
        with self._transaction(patience) as connection:
            row = connection.execute("SELECT refresh FROM tokens WHERE key = ?", (key,)).fetchone()
            return row[0] if row else None

    def keep(self, key: str, name: str, token: Kept | None, patience: float) -> None:
        """Keep the token that was asked for, or end the claim without one."""
        with self._transaction(patience) as connection:
            if token is None:
                connection.execute("UPDATE tokens SET claim = NULL WHERE key = ? AND claim = ?", (key, name))
            else:
                connection.execute(
                    "UPDATE tokens SET value = ?, refresh = ?, until = ?, claim = NULL WHERE key = ?",
                    (token.value, token.refresh, _now() + token.seconds, key),
                )

    def close(self) -> None:
        """Close the file; a later call opens it again."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def __del__(self) -> None:
        connection = getattr(self, "_connection", None)
        if connection is not None:
            connection.close()


def _words(error: sqlite3.Error) -> str:
    text = str(error)
    if "locked" in text or "busy" in text:
        return "its file is locked by another program"
    if isinstance(error, sqlite3.DatabaseError) and ("not a database" in text or "malformed" in text):
        return "its file is damaged or no SQLite database; delete it"
    return text or type(error).__name__
