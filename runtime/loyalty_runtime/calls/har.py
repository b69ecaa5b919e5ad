"""Traffic written to a HAR 1.2 file that may be shown to others: credentials, ids, texts and names of persons are masked."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from .._version import __version__
from ..errors import LoyaltyError, TransportFailure
from ..headers import is_secret_name
from ..secret import MASK
from ..wire.decoding import Misfit, decode_error, read_reply, shown_key
from ..wire.jsonio import InvalidJSON, dump_json, load_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..wire.messages import RawResponse, Request
    from .call import Call

_SHOWN = frozenset(
    [
        "accept",
        "accept-encoding",
        "content-type",
        "content-length",
        "content-encoding",
        "transfer-encoding",
        "date",
        "retry-after",
        "server",
        "user-agent",
        "x-request-id",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-total-count",
    ]
)
_LONG_NUMBER = 10**8
_TAIL = b"]}}"


class HarFile:
    """A file that the calls of any number of clients are written to.

    Shown are methods, path templates, names, numbers, and texts that the schema of request or reply has an enum for; every other text
    is masked, and numbers of nine digits and more, and members named in `mask`. A file that is there is written over; its mode is 0600.
    """

    def __init__(self, path: str | os.PathLike[str], *, mask: Iterable[str] = ()) -> None:
        self._path = os.fspath(path)
        self._mask = frozenset(mask)
        self._lock = threading.Lock()
        self._begun = False

    def add(self, call: Call, request: Request, outcome: RawResponse | TransportFailure, seconds: float) -> None:
        """Write one attempt; raise `LoyaltyError` when the file cannot be written."""
        problem = ""
        try:
            with self._lock:
                self._append(dump_json(self._entry(call, request, outcome, seconds)))
        except OSError as error:
            problem = error.strerror or type(error).__name__
        if problem:
            raise LoyaltyError(f"The traffic cannot be recorded in {os.path.basename(self._path)}: {problem}.")  # noqa: PTH119

    def _append(self, entry: bytes) -> None:
        if not self._begun:
            creator = {"name": "loyalty-clients", "version": __version__}
            head = dump_json({"log": {"version": "1.2", "creator": creator, "entries": []}})
            flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
            with os.fdopen(os.open(self._path, flags, 0o600), "wb") as file:
                file.write(head.removesuffix(_TAIL) + entry + _TAIL)
            self._begun = True
            return
        with open(self._path, "r+b") as file:  # noqa: PTH123 - the path may be bytes
            file.seek(-len(_TAIL), os.SEEK_END)
            file.write(b"," + entry + _TAIL)

    def _entry(
        self, call: Call, request: Request, outcome: RawResponse | TransportFailure, seconds: float
    ) -> dict[str, Any]:
        took = round(seconds * 1000, 3)
        return {
            "startedDateTime": datetime.now(UTC).isoformat(),
            "time": took,
            "request": self._request(call, request),
            "response": self._response(call, outcome),
            "cache": {},
            "timings": {"send": 0, "wait": took, "receive": 0},
            "comment": f"{call.operation.vendor} {call.operation.id}, attempt {call.attempts}",
        }

    def _request(self, call: Call, request: Request) -> dict[str, Any]:
        query = request.target.partition("?")[2]
        pairs = [pair.partition("=")[::2] for pair in query.split("&")] if query else []
        given = (call.given or {}).get("query") or {}
        shown = [{"name": name, "value": self._plain(name, value, given.get(name))} for name, value in pairs]
        found: dict[str, Any] = {
            "method": request.method,
            "url": f"{request.origin!r}{call.operation.path}",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": self._headers(request.headers),
            "queryString": shown,
            "headersSize": -1,
            "bodySize": len(request.body) if isinstance(request.body, bytes) else -1,
        }
        if request.body is not None:
            media = _field(request.headers, b"content-type")
            body = request.body if isinstance(request.body, bytes) else b""
            text = MASK if call.plan is None else self._body(body, media, _given(call))
            found["postData"] = {"mimeType": media.partition(";")[0], "text": text}
        return found

    def _response(self, call: Call, outcome: RawResponse | TransportFailure) -> dict[str, Any]:
        shown: dict[str, Any] = {"cookies": [], "redirectURL": "", "headersSize": -1, "httpVersion": "HTTP/1.1"}
        if isinstance(outcome, TransportFailure):
            shown |= {"status": 0, "statusText": outcome.problem, "headers": [], "bodySize": -1}
            return {**shown, "content": {"size": 0, "mimeType": ""}}
        media = outcome.headers.get("content-type", "")
        text = MASK if call.plan is None else self._body(outcome.content, media, _decoded(call, outcome))
        content = {"size": len(outcome.content), "mimeType": media.partition(";")[0], "text": text}
        shown |= {"status": outcome.status, "statusText": "", "headers": self._headers(outcome.headers.raw)}
        return {**shown, "content": content, "bodySize": len(outcome.content)}

    def _headers(self, fields: Iterable[tuple[bytes, bytes]]) -> list[dict[str, str]]:
        return [
            {"name": name, "value": value.decode("latin-1") if name.lower() in _SHOWN else MASK}
            for name, value in ((raw.decode("latin-1"), value) for raw, value in fields)
        ]

    def _body(self, content: bytes, media: str, typed: object) -> str:
        if not content:
            return ""
        if "json" in media:
            try:
                return dump_json(self._masked("", load_json(content), typed)).decode()
            except (InvalidJSON, LoyaltyError):
                return MASK
        if "urlencoded" in media:
            pairs = (pair.partition("=")[::2] for pair in content.decode("ascii", "replace").split("&"))
            return "&".join(f"{name}={self._plain(name, value)}" for name, value in pairs)
        return MASK

    def _plain(self, name: str, value: str, typed: object = None) -> str:
        number = value.isascii() and value.isdigit() and len(value) < 9
        shown = number or value in ("true", "false", "") or _documented(value, typed)
        return value if shown and not self._hides(name) else MASK

    def _hides(self, name: str) -> bool:
        return name in self._mask or is_secret_name(name)

    def _masked(self, name: str, value: object, typed: object) -> object:
        if name and self._hides(name):
            return MASK
        if isinstance(value, dict):
            return {
                self._key(key, typed, place): self._masked(key, member, _member(typed, key))
                for place, (key, member) in enumerate(value.items())
            }
        if isinstance(value, list):
            items = typed if isinstance(typed, list) and len(typed) == len(value) else [None] * len(value)
            return [self._masked(name, item, each) for item, each in zip(value, items, strict=True)]
        if isinstance(value, str):
            return value if _documented(value, typed) else MASK
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _LONG_NUMBER:
            return MASK
        return value

    def _key(self, key: str, typed: object, place: int) -> str:
        """Return a member's name; one that no schema has and that looks like an id or an address is masked."""
        known = key in getattr(type(typed), "MEMBERS", ()) or shown_key(key) == key
        return key if known else f"{MASK}{place}"


def _field(fields: Iterable[tuple[bytes, bytes]], wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in fields if name.lower() == wanted), "")


def _decoded(call: Call, reply: RawResponse) -> object:
    if reply.status >= 300:
        return decode_error(call.operation.responses, reply)
    try:
        return read_reply(call.operation.responses, reply)[0]
    except Misfit:
        return None


def _given(call: Call) -> object:
    """Return the body of a request as the model that documents it, None where none does."""
    body = (call.given or {}).get("json")
    model = getattr(body, "model", None)
    if model is None:
        return body
    try:
        return model.from_dict(body)
    except (LoyaltyError, ValueError, TypeError, KeyError):
        return None


def _member(typed: object, name: str) -> object:
    """Return the member of a model, by its name on the wire; None where it has none, or none that fits."""
    if isinstance(typed, Mapping):
        return typed.get(name)
    for attribute, wire in getattr(type(typed), "NAMES", {}).items():
        if wire == name:
            return getattr(typed, attribute, None)
    return None


def _documented(value: str, typed: object) -> bool:
    """Say whether a text is one that the schema lists."""
    return isinstance(typed, Enum) and typed.value == value and getattr(typed, "is_known", True)
