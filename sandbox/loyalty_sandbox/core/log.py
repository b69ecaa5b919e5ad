"""The request log: the last exchanges, with secrets masked before they are kept."""

from __future__ import annotations

from collections import deque

from .documents import Document

_SEARCHED = ("method", "path", "operation", "status", "behaviour", "fault")


class RequestLog:
    """Keeps the newest entries: objects as JSON, with the `number` of the exchange, its `vendor`, and the members that can be searched."""

    def __init__(self, size: int = 1000) -> None:
        self._entries: deque[Document] = deque(maxlen=size)
        self.last_number = 0  # of the newest exchange

    def add(self, entry: Document) -> None:
        """Keep an entry, the newest one, and let the oldest go."""
        self.last_number = entry["number"]
        self._entries.append(entry)

    def select(
        self, *, after: int | None = None, vendor: str = "", text: str = "", limit: int | None = 200
    ) -> list[Document]:
        """Return the newest entries, or the first behind a number, oldest first, so that walking by `after` leaves none out.

        `text` looks in method, path, operation, status, answer and fault.
        """
        new = [each for each in self._entries if each["number"] > (after or 0) and vendor in ("", each["vendor"])]
        found = [each for each in new if text.lower() in " ".join(str(each[name]) for name in _SEARCHED).lower()]
        if limit is None:
            return found
        return found[-limit:] if after is None else found[:limit]

    def get(self, number: str) -> Document | None:
        """Return the exchange with a number, as long as it is kept."""
        return next((entry for entry in self._entries if str(entry["number"]) == number), None)

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._entries.clear()
