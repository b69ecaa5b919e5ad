"""One row of a table: how an operation is called, what has to leave the client, and as what its replies are read.

Nothing here reads a spec or generated code: a row and the client agree only where both are right.
"""

from __future__ import annotations

import builtins
import email.parser
import json
import keyword
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from loyalty_runtime.types import File
from scripts.common.layout import ROOT
from tests.clients.recording import Recorded

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
CSV = b"user_id\r\nuser-1\r\n"

# These say how the message is framed, not what is asked.
_FRAMING = ("host", "content-length", "connection")


@dataclass(frozen=True)
class Part:
    """One part of a form: the parameters of its disposition, its media type, its content."""

    name: str
    file_name: str | None
    media: str | None
    content: bytes


@dataclass(frozen=True)
class Sent:
    """A request: path and query pairs percent-encoded as on the wire, all headers but those that frame the message.

    `body` is a JSON value, a list of `Part` for a form, or None for no body.
    """

    method: str
    path: str
    query: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: object = None


@dataclass(frozen=True)
class Row:
    """One operation, called with every parameter once.

    `call` is the method, as `resource.method`; `path` are the positional arguments, `arguments` the other parameters and `members` the members of
    the body under their Python names, `body` is the body whole. `replies` gives for each status the class it is read as, or `any`, `none`,
    `text`, `File`; `items` the class of a list's items, `first_page` the query pairs that a list adds on its own.
    """

    operation: str
    call: str
    sends: Sent
    path: tuple[object, ...]
    arguments: Mapping[str, object]
    members: Mapping[str, object] | None
    body: Any
    replies: Mapping[str, str]
    items: str | None
    first_page: tuple[str, ...]
    deprecated: bool

    def __repr__(self) -> str:
        return f"Row({self.operation})"


def read_row(
    operation: str, entry: Mapping[str, Any], names: Mapping[str, str], replies: Mapping[str, str] | None = None
) -> Row:
    """Read a row; `names` are Python names of members that no rule gives, `replies` those of every call that names no 401 of its own."""
    unknown = entry.keys() - {item.name for item in fields(Row)} - {"query", "headers", "files"}
    assert not unknown, f"{operation}: a row has no {sorted(unknown)}"
    own = entry["replies"].keys()
    method, _, path = entry["sends"].partition(" ")
    wire = body = entry.get("body")
    if "files" in entry:
        body = {name: File(CSV, "users.csv", "text/csv") for name in entry["files"]}
        wire = [Part(name, "users.csv", "text/csv", CSV) for name in entry["files"]]
    return Row(
        operation,
        call=entry["call"],
        sends=Sent(method, path, entry.get("query", []), entry.get("headers", {}), wire),
        path=tuple(entry.get("path", ())),
        arguments={name: python_value(value) for name, value in entry.get("arguments", {}).items()},
        members={python_name(name, names): python_value(value) for name, value in body.items()}
        if isinstance(body, dict)
        else None,
        body=body,
        replies={**entry["replies"], **(replies or {})} if own.isdisjoint(("401", "2XX")) else entry["replies"],
        items=entry.get("items"),
        first_page=tuple(entry.get("first_page", ())),
        deprecated=entry.get("deprecated", False),
    )


def python_name(wire: str, names: Mapping[str, str]) -> str:
    """Return the Python name of a parameter or member: snake case, with a final underscore where Python has the word already."""
    if wire in names:
        return names[wire]
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", wire)
    snake = re.sub(r"[^a-zA-Z0-9]+", "_", apart).strip("_").lower()
    taken = keyword.iskeyword(snake) or (snake in dir(builtins) and snake != "id")
    return f"{snake}_" if taken else snake


def python_value(value: object) -> object:
    """Return a value as a program gives it: a text such as `2026-03-14T12:30:00+00:00` as a datetime, `2026-03-14` as a date."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", value):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return date.fromisoformat(value)
    return value


def expected(row: Row, slug: str, authentication: Mapping[str, str], *, listed: bool = False) -> Sent:
    """Return what a row sends: what it states, and what every request of this client carries.

    A header stated as an empty text takes the client's own away; `listed` adds what a list method asks for on its own.
    """
    sends = row.sends
    headers = {
        "accept": "application/json, */*;q=0.5",
        "accept-encoding": "gzip, deflate",
        "user-agent": f"loyalty-clients/{VERSION} ({slug})",
        **authentication,
    }
    if sends.body is not None:
        form = isinstance(sends.body, list) and isinstance(sends.body[0], Part)
        headers["content-type"] = "multipart/form-data" if form else "application/json"
    headers.update(sends.headers)
    kept = {name: value for name, value in headers.items() if value}
    query = [*sends.query, *(row.first_page if listed else ())]
    return Sent(sends.method, sends.path, sorted(query), kept, sends.body)


def actual(request: Recorded) -> Sent:
    """Return a recorded request in the form of the table."""
    headers = {name: value for name, value in request.headers.items() if name not in _FRAMING}
    media = headers.get("content-type", "")
    body: object = request.body or None
    if media.startswith("multipart/form-data"):
        headers["content-type"] = "multipart/form-data"
        body = read_form(media, request.body)
    elif media == "application/json":
        body = json.loads(request.body)
    return Sent(request.method, request.path, request.query, headers, body)


def read_form(media: str, body: bytes) -> list[Part]:
    """Take a form apart with the standard library's own parser."""
    message = email.parser.BytesParser().parsebytes(f"Content-Type: {media}\r\n\r\n".encode() + body)
    parts = []
    for item in message.get_payload():
        content = item.get_payload(decode=True)  # type: ignore[union-attr]
        assert isinstance(content, bytes)
        name = item.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        parts.append(Part(str(name), item.get_filename(), item["content-type"], content))  # type: ignore[union-attr, index]
    return parts
