"""Read recorded traffic: HAR files of our clients, browsers and mitmproxy, and files with one HAR entry a line. Nothing in them is trusted."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from scripts.common.problems import PipelineError

OURS = "loyalty-clients"  # the creator of the files that `record=` writes: their addresses are templates, their texts masked
MASK = "***"
MAX_BYTES = 64 * 1024 * 1024
MAX_ENTRIES = 20_000
ABSENT: Any = object()  # no body, or one that is no JSON
_HOST = re.compile(r"[a-z0-9.:\[\]-]{1,260}")
_METHOD = re.compile(r"[A-Z]{1,12}")


class _Pair(msgspec.Struct):
    name: str
    value: str | None = None


class _Text(msgspec.Struct):
    mimeType: str | None = None
    text: str | None = None
    encoding: str | None = None


class _Request(msgspec.Struct):
    method: str
    url: str
    headers: list[_Pair] = []
    queryString: list[_Pair] = []
    postData: _Text | None = None


class _Response(msgspec.Struct):
    status: int
    headers: list[_Pair] = []
    content: _Text | None = None


class _Entry(msgspec.Struct):
    request: _Request
    response: _Response
    startedDateTime: str = ""
    comment: str | None = None


class _Creator(msgspec.Struct):
    name: str = ""


class _Log(msgspec.Struct):
    entries: list[_Entry]
    creator: _Creator | None = None


class _Har(msgspec.Struct):
    log: _Log


@dataclass
class Capture:
    """Name one file of traffic by the sha256 of its bytes; a live run has the hash of what it has read."""

    digest: str
    masked: bool = False


@dataclass(frozen=True)
class Exchange:
    """Hold one request and its reply; bodies that are no JSON are `ABSENT`, header names are in lower case."""

    capture: Capture
    date: str
    method: str
    origin: str
    path: str
    status: int
    query: list[tuple[str, str]] = field(default_factory=list)
    sent: Any = ABSENT
    sent_media: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    got: Any = ABSENT
    got_media: str = ""
    operation: str = ""  # the operationId, where the recorder knew it

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def read_capture(path: Path) -> list[Exchange]:
    """Read one file of traffic.

    Raises:
        PipelineError: no HAR and no lines of HAR entries, or above a limit.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise PipelineError(f"more than {MAX_BYTES // 2**20} MiB", where=path.name, todo="Record less at a time.")
    try:
        entries, creator = _decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        # A message of msgspec names types and places, never a value.
        found = "nested too deeply" if isinstance(problem, RecursionError) else str(problem)
        todo = "Give a HAR 1.2 file, or one HAR entry a line."
        raise PipelineError(f"not recorded traffic: {found}", where=path.name, todo=todo) from None
    if len(entries) > MAX_ENTRIES:
        raise PipelineError(f"more than {MAX_ENTRIES:,} entries", where=path.name, todo="Record less at a time.")
    capture = Capture(hashlib.sha256(content).hexdigest(), masked=creator == OURS)
    exchanges = (_exchange(capture, entry) for entry in entries)
    return [exchange for exchange in exchanges if exchange is not None]


def _decode(content: bytes) -> tuple[list[_Entry], str]:
    content = content.removeprefix(b"\xef\xbb\xbf").strip()
    if not re.match(rb'\{\s*"log"', content):
        return [msgspec.json.decode(line, type=_Entry) for line in content.split(b"\n") if line or not content], ""
    log = msgspec.json.decode(content, type=_Har).log
    return log.entries, log.creator.name if log.creator else ""


def _exchange(capture: Capture, entry: _Entry) -> Exchange | None:
    request, response = entry.request, entry.response
    try:
        url = urlsplit(request.url)
        origin = f"{url.scheme}://{url.netloc.rpartition('@')[2]}".lower()
    except ValueError:
        return None
    host, method = origin.partition("://")[2], request.method.upper()
    if url.scheme not in ("http", "https") or not 100 <= response.status <= 599:
        return None
    if not _HOST.fullmatch(host) or not _METHOD.fullmatch(method):
        return None  # an extension of a browser, what our recorder has no template for, or no reply
    headers = {pair.name.lower(): pair.value or "" for pair in response.headers}
    sent_media = (request.postData.mimeType if request.postData else "") or ""
    got_media = (response.content.mimeType if response.content else "") or headers.get("content-type", "")
    pairs = [(pair.name, pair.value or "") for pair in request.queryString]
    return Exchange(
        capture=capture,
        date=_day(entry.startedDateTime),
        method=method,
        origin=origin,
        path=url.path if capture.masked else unquote(url.path),
        status=response.status,
        query=pairs or parse_qsl(url.query, keep_blank_values=True),
        sent=_body(request.postData, sent_media),
        sent_media=_essence(sent_media),
        headers=headers,
        got=_body(response.content, got_media),
        got_media=_essence(got_media),
        operation=(entry.comment or "").partition(",")[0].rpartition(" ")[2] if capture.masked else "",
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def _body(part: _Text | None, media: str) -> Any:
    if part is None or not part.text or "json" not in media:
        return ABSENT
    content: str | bytes = part.text
    if part.encoding == "base64":
        try:
            content = base64.b64decode(part.text, validate=True)
        except (binascii.Error, ValueError):
            return ABSENT
    return read_json(content)


def allowed_methods(exchange: Exchange) -> set[str]:
    """Return the methods of the Allow header of a reply."""
    return {word.strip().upper() for word in exchange.headers.get("allow", "").split(",") if word.strip()}


def read_json(content: str | bytes) -> Any:
    """Return the JSON value of a body, or `ABSENT`."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return ABSENT


def _essence(media: str) -> str:
    return media.partition(";")[0].strip().lower()
