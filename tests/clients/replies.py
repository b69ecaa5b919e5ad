"""The replies of a row as a server gives them, and how what a client made of them is compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from tests.clients.rows import Row
from tests.clients.tables import SYNC_AND_ASYNC as SYNC_AND_ASYNC
from tests.clients.vendors import FIXTURES, Client

# What is served for a status that is no number; no vendor documents 418.
_SERVED = {"2XX": 202, "default": 418}
_PLAIN: dict[str, tuple[bytes, str]] = {
    "any": (b'{"anything": ["the vendor", {"does": "not describe"}]}', "application/json"),
    "none": (b"", "application/json"),
    "text": (b"user_id\r\nuser-1\r\n", "text/csv"),
    "File": (b"\x00\xff", "application/octet-stream"),
}
MEDIA = {".json": "application/json", ".csv": "text/csv", ".html": "text/html"}


@dataclass(frozen=True)
class Reply:
    """A body under a status, and where it comes from."""

    status: int
    content: bytes
    media: str
    origin: str


def files(client: Client, operation: str, kind: str = "") -> list[Path]:
    """Return the fixtures of an operation: its `request` bodies, its `reply` bodies, or all."""
    found = sorted((FIXTURES / client.slug / operation).glob("*.*"))
    return [path for path in found if not kind or (kind == "request") == path.name.startswith("request.")]


def belongs(path: Path, status: str) -> bool:
    """Tell whether a fixture is a body of a reply: of its status, or of the range the status is in."""
    own = path.name.partition(".")[0]
    return status in (own, f"{own[0]}XX")


def replies(client: Client, row: Row, status: str) -> Iterator[Reply]:
    """Return the fixtures of a reply, or where there is none the body its class has in the table."""
    served = _SERVED.get(status) or int(status)
    found = [path for path in files(client, row.operation, "reply") if belongs(path, status)]
    for path in found:
        yield Reply(served, path.read_bytes(), MEDIA[path.suffix], f"{row.operation}/{path.name}")
    if not found:
        kind = row.replies[status]
        content, media = _PLAIN.get(kind) or (json.dumps(client.table["bodies"][kind]).encode(), "application/json")
        yield Reply(served, content, media, f"{row.operation} {status}")


def kind_of(value: object) -> str:
    """Return as what a value was read: the name of its class, of a list with that of its first item."""
    if isinstance(value, list) and value:
        return f"list[{type(value[0]).__name__}]"
    return type(value).__name__


def to_plain(value: Any) -> Any:
    """Turn what a client returned back into a JSON value."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list):
        return [to_plain(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def same(left: Any, right: Any) -> bool:
    """Tell whether two JSON values are the same, to the kind of a number and the letter of a time."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(value, right[name]) for name, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and bool(left == right)
