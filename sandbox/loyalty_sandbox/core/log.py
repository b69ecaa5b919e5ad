"""The request log: the last exchanges, with secrets out of everything that is shown."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from urllib.parse import parse_qsl

from .documents import JSON, Document, from_json

_SEARCHED = ("method", "path", "operation", "status", "behaviour", "fault")
MASK = "•••"
_NAMES = re.compile(
    r"^(?:authorization|proxy-authorization|cookie|set-cookie|.*secret.*|.*pass(?:word|code|phrase).*|passwd|pin|otp|nonce|verification_?code|"
    r"client[-_]?id|user[-_]?name|login|x-application-id|"
    r"(?:.*[-_])?(?:token|credential|api[-_]?key|signature)s?|[a-z]+Token|.*-auth-.*)$",
    re.IGNORECASE,
)
_MAX_TEXT = 4000
_SHORTEST = 8


def is_secret_name(name: str) -> bool:
    """Say whether a header or member of this name may hold a secret."""
    return _NAMES.match(name) is not None


class Masker:
    """Masks by name, and every secret the sandbox knows by its value."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def learn(self, secrets: Iterable[str]) -> None:
        """Remember secrets to mask wherever they turn up; short ones would mask innocent text and are left out."""
        self._known |= {secret for secret in secrets if len(secret) >= _SHORTEST}

    def text(self, text: str) -> str:
        """Mask known secrets in a text, the longer ones first, since one may begin with another."""
        for secret in sorted((known for known in self._known if known in text), key=len, reverse=True):
            text = text.replace(secret, MASK)
        return text

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
        """Mask headers, query or form members."""
        return [[name[:200], MASK if is_secret_name(name) else self.text(value)[:_MAX_TEXT]] for name, value in pairs]

    def value(self, value: JSON, name: str = "") -> JSON:
        """Mask a JSON value: members with secret names, and known secrets anywhere."""
        if isinstance(value, dict):
            return {self.text(key): self.value(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, name) for inner in value]
        if isinstance(value, bool) or value is None:
            return value
        if name and is_secret_name(name):
            return MASK
        return self.text(value) if isinstance(value, str) else value

    def body(self, content: bytes, content_type: str) -> JSON:
        """Make a body fit to show; what is neither JSON nor a form is told by its size only."""
        media_type = content_type.partition(";")[0].strip().lower()
        if not content:
            return None
        if media_type == "application/x-www-form-urlencoded":
            return dict(self.pairs(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True)))
        try:
            return self.value(from_json(content)) if len(content) <= 100_000 else f"{len(content)} bytes of JSON"
        except (ValueError, RecursionError):
            return f"{len(content)} bytes of {media_type or 'unnamed type'}"


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

    def clear(self) -> None:
        """Forget all entries; numbers go on."""
        self._entries.clear()
