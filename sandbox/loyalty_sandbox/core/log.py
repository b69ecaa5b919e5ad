"""The request log: the last exchanges, with secrets masked before they are kept."""

from __future__ import annotations

from collections import deque

from attrs import frozen

from .documents import JSON


@frozen
class Entry:
    """One exchange; `ms` is the time it took without artificial delay."""

    number: int
    at: str
    vendor: str
    operation: str | None
    method: str
    path: str
    status: int | None
    behaviour: str
    fault: str
    violations: list[str]
    ms: float
    query: list[list[str]]
    request_headers: list[list[str]]
    request_body: JSON
    response_headers: list[list[str]]
    response_body: JSON


class RequestLog:
    """Keeps the newest entries."""

    def __init__(self, size: int = 1000) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._last = 0

    def next_number(self) -> int:
        """Return the number of the next exchange."""
        self._last += 1
        return self._last

    def add(self, entry: Entry) -> None:
        """Keep an entry and let the oldest go."""
        self._entries.append(entry)

    def select(self, *, after: int = 0, vendor: str = "", text: str = "", limit: int = 200) -> list[Entry]:
        """Return the newest entries behind a number, oldest first; `text` looks in method, path, operation and status."""
        needle = text.lower()
        found = [
            entry
            for entry in self._entries
            if entry.number > after
            and vendor in ("", entry.vendor)
            and needle
            in f"{entry.method} {entry.path} {entry.operation} {entry.status} {entry.behaviour} {entry.fault}".lower()
        ]
        return found[-limit:]

    def get(self, number: int) -> Entry | None:
        """Return the exchange with a number, as long as it is kept."""
        return next((entry for entry in self._entries if entry.number == number), None)

    @property
    def last_number(self) -> int:
        """The number of the newest exchange."""
        return self._last

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._entries.clear()
