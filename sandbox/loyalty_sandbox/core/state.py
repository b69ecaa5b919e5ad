"""What a handler sees of the sandbox: its own vendor's collections, numbers, time and outbox."""

from __future__ import annotations

from datetime import datetime

from .clock import Clock, iso
from .documents import JSON
from .store import Collection, Store

OUTBOX = "$outbox"  # names that begin with $ belong to the core; those of collections come from the paths


class State:
    """The state of one vendor."""

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

    def send(self, kind: str, to: str, **content: JSON) -> None:
        """Put a message into the outbox instead of sending it; `kind` is `email`, `sms` or `push`."""
        number = self.next_number("$message")
        self.collection(OUTBOX).put(number, {"id": number, "at": self.timestamp, "kind": kind, "to": to, **content})
