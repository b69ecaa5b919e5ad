"""One row of a request table: how an operation is called, and what has to leave the client."""

from __future__ import annotations

import email.parser
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.clients.recording import Recorded

ROOT = Path(__file__).parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]

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

    `call` is the method of the facade, `function` the module below `api`; `path` are the positional arguments, `keywords` the other parameters under
    their Python names, `members` the members of the body under theirs, `body` the body whole where it is no object.
    `first_page` are the query pairs that a list method of the facade adds on its own.
    """

    operation: str
    call: str
    function: str
    sends: Sent
    path: tuple[object, ...] = ()
    keywords: Mapping[str, object] = field(default_factory=dict)
    members: Mapping[str, object] | None = None
    body: object = None
    deprecated: bool = False
    first_page: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Row({self.operation})"


DOORS = ("facade", "facade, whole body")


def expected(row: Row, slug: str, authentication: Mapping[str, str]) -> dict[str, Sent]:
    """Return what a row sends through each door: what it states, and what every request of this client carries.

    A header stated as an empty text takes the client's own away.
    """
    sends = row.sends
    headers = {**common_headers(slug), **authentication}
    if isinstance(sends.body, list) and sends.body and isinstance(sends.body[0], Part):
        headers["content-type"] = "multipart/form-data"
    elif sends.body is not None:
        headers["content-type"] = "application/json"
    headers.update(sends.headers)
    kept = {name: value for name, value in headers.items() if value}
    whole = Sent(sends.method, sends.path, sorted(sends.query), kept, sends.body)
    first = replace(whole, query=sorted([*sends.query, *row.first_page]))
    return {**dict.fromkeys(DOORS, first), "facade, whole reply": whole}


def common_headers(slug: str) -> dict[str, str]:
    """Return the headers every request of a client has."""
    return {
        "accept": "application/json, */*;q=0.5",
        "accept-encoding": "gzip, deflate",
        "user-agent": f"loyalty-clients/{VERSION} ({slug})",
    }


def actual(request: Recorded) -> Sent:
    """Return a recorded request in the form of the table."""
    headers = {name: value for name, value in request.headers.items() if name not in _FRAMING}
    media = headers.get("content-type", "")
    body: object = None
    if media.startswith("multipart/form-data"):
        headers["content-type"] = "multipart/form-data"
        body = read_form(media, request.body)
    elif media == "application/json":
        body = json.loads(request.body)
    elif request.body:
        body = request.body
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
