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
        """Keep an entry and let the oldest go."""
        self._entries.append(entry)

    def select(self, *, after: int = 0, vendor: str = "", text: str = "", limit: int = 200) -> list[Document]:
        """Return the newest entries behind a number, oldest first; `text` looks in method, path, operation, status, answer and fault."""
        new = [each for each in self._entries if each["number"] > after and vendor in ("", each["vendor"])]
        found = [each for each in new if text.lower() in " ".join(str(each[name]) for name in _SEARCHED).lower()]
        return found[-limit:]

    def get(self, number: str) -> Document | None:
        """Return the exchange with a number, as long as it is kept."""
        return next((entry for entry in self._entries if str(entry["number"]) == number), None)

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._entries.clear()
