"""Read recorded traffic: HAR files of our clients, browsers and mitmproxy, and files with one HAR entry a line. Nothing in them is trusted."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from scripts.common.problems import PipelineError

OURS = "loyalty-clients"  # the creator of the files that `record=` writes: their addresses are templates, their texts masked
_MASK = re.compile(r"[*•xX]{3,}|\W*redacted\W*", re.IGNORECASE)  # of our recorder, and of tools that clean a recording
MAX_BYTES = 256 * 1024 * 1024
ABSENT: Any = object()  # no body, or one that is no JSON
_HOST = re.compile(r"[a-z0-9.:\[\]-]{1,260}")
_METHOD = re.compile(r"[A-Z]{1,12}")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip"}


class _Pair(msgspec.Struct):
    name: str
    value: Any = None


class _Text(msgspec.Struct):
    mimeType: Any = None
    text: Any = None
    encoding: Any = None


class _Request(msgspec.Struct):
    method: str
    url: str
    queryString: list[_Pair] | None = None
    postData: _Text | None = None


class _Response(msgspec.Struct):
    status: int
    headers: list[_Pair] | None = None
    content: _Text | None = None


class _Entry(msgspec.Struct):
    request: _Request
    response: _Response
    startedDateTime: Any = None
    comment: Any = None
    made_up: Any = msgspec.field(default=None, name="_wasFulfilled")  # Playwright: the test answered, not the server


class _Creator(msgspec.Struct):
    name: Any = None


class _Log(msgspec.Struct):
    entries: list[msgspec.Raw]
    creator: _Creator | None = None


class _Har(msgspec.Struct):
    log: _Log


@dataclass
class Capture:
    """Name one file of traffic by the sha256 of its bytes; a live run has the hash of what it has read. `unread` counts entries that cannot be read."""

    digest: str
    masked: bool = False
    unread: int = 0


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


def read_captures(paths: Iterable[Path]) -> Iterator[Exchange]:
    """Read files of traffic, each once, entry by entry; an entry that cannot be read is counted and left out.

    Raises:
        PipelineError: no HAR and no lines of HAR entries, no entry that can be read, or above a limit.
        OSError: the file cannot be read.
    """
    known: set[str] = set()
    for path in paths:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise PipelineError(f"more than {MAX_BYTES // 2**20} MiB", where=path.name, todo="Record less at a time.")
        digest = hashlib.sha256(content).hexdigest()
        if digest not in known:
            known.add(digest)
            yield from _read(path.name, digest, content)


def _read(name: str, digest: str, content: bytes) -> Iterator[Exchange]:
    entries, creator, problem = _entries(content)
    capture = Capture(digest, masked=creator == OURS)
    for raw in entries:
        try:
            entry = msgspec.json.decode(raw, type=_Entry, strict=False)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as odd:
            capture.unread += 1
            problem = problem or _said(odd)
        else:
            exchange = _exchange(capture, entry)
            if exchange is not None:
                yield exchange
    if problem and capture.unread == len(entries):
        todo = "Give a HAR 1.2 file with requests and replies, or one HAR entry a line."
        raise PipelineError(f"not recorded traffic: {problem}", where=name, todo=todo)


def _entries(content: bytes) -> tuple[list[Any], Any, str]:
    """Return the entries of a file as bytes, who wrote it, and what is wrong with it if it is no HAR file."""
    packed = next((name for mark, name in _PACKED.items() if content.startswith(mark)), "")
    content = content.removeprefix(b"\xef\xbb\xbf").strip()
    if packed or not content:
        return [], "", f"it is packed with {packed}" if packed else "it is empty"
    try:
        log = msgspec.json.decode(content, type=_Har).log
        return log.entries, log.creator and log.creator.name, ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as odd:
        return [line for line in content.split(b"\n") if line.strip()], "", _said(odd)


def _said(problem: Exception) -> str:
    # A message of msgspec names types and places, never a value.
    return "nested too deeply" if isinstance(problem, RecursionError) else str(problem)


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address as one text; raise ValueError where it has none."""
    url = urlsplit(address)
    origin = f"{url.scheme}://{url.netloc.rpartition('@')[2]}".lower()
    return origin.removesuffix(_DEFAULT_PORTS.get(url.scheme, "")) if url.port else origin


def _exchange(capture: Capture, entry: _Entry) -> Exchange | None:
    """Return an exchange, None for what is no reply of a server: what an extension or a test answered, what broke off, an upgrade to a websocket."""
    request, response = entry.request, entry.response
    try:
        url, origin = urlsplit(request.url), origin_of(request.url)
    except ValueError:
        return None
    scheme, _, host = origin.partition("://")
    method = request.method.upper()
    if scheme not in ("http", "https") or not 200 <= response.status <= 599 or entry.made_up:
        return None
    if not _HOST.fullmatch(host) or not _METHOD.fullmatch(method):
        return None
    headers = {pair.name.lower(): str(pair.value or "") for pair in response.headers or ()}
    # What is empty is of no type, whatever its label says.
    got_media = "" if headers.get("content-length") == "0" else headers.get("content-type") or _media(response.content)
    pairs = parse_qsl(url.query, keep_blank_values=True)  # browsers differ in how they write `queryString`
    comment = str(entry.comment or "") if capture.masked else ""
    return Exchange(
        capture=capture,
        date=_day(str(entry.startedDateTime or "")),
        method=method,
        origin=origin,
        path=url.path if capture.masked else "/".join(_segment(part) for part in url.path.split("/")),
        status=response.status,
        query=pairs or [(pair.name, str(pair.value or "")) for pair in request.queryString or ()],
        sent=_body(request.postData, _media(request.postData)),
        sent_media=_essence(_media(request.postData)),
        headers=headers,
        got=_body(response.content, got_media),
        got_media=_essence(got_media),
        operation=comment.partition(",")[0].rpartition(" ")[2],
    )


def _segment(part: str) -> str:
    return unquote(part).replace("/", "%2F")


def _media(part: _Text | None) -> str:
    """Return a media type; browsers name one of their own for a reply without a body."""
    text = str(part.mimeType or "") if part else ""
    return "" if "unknown" in text else text


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def _body(part: _Text | None, media: str) -> Any:
    if part is None or not isinstance(part.text, str) or "json" not in media:
        return ABSENT
    if part.encoding != "base64":
        return read_json(part.text)
    with contextlib.suppress(binascii.Error, ValueError):
        return read_json(base64.b64decode(part.text, validate=True))
    return ABSENT


def allowed_methods(exchange: Exchange) -> set[str]:
    """Return the methods of the Allow header of a reply."""
    return {word.strip().upper() for word in exchange.headers.get("allow", "").split(",") if word.strip()}


def is_mask(value: Any) -> bool:
    """Tell whether a text stands in place of one that was taken out."""
    return isinstance(value, str) and _MASK.fullmatch(value) is not None


def read_json(content: str | bytes) -> Any:
    """Return the JSON value of a body, or `ABSENT`."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return ABSENT


def _essence(media: str) -> str:
    return media.partition(";")[0].strip().lower()
