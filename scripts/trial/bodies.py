"""Bodies: what a call gives for a media type, and whether what came is that."""

from __future__ import annotations

import json
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from scripts.trial.expect import Seen, essence, is_json
from scripts.trial.samples import Samples, text_of

FILE = b"bytes of a file"


def body_value(samples: Samples, media: str, schema: Any, *, full: bool) -> Any:
    """Return the value a call gives for a body of this media type."""
    kind = essence(media)
    if is_json(media):
        return samples.value(schema or {}, full=full)
    if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        value = samples.value(schema, full=full) if samples.flat(schema) else {"any": "text"}
        return _files(samples, schema, value) if kind == "multipart/form-data" else value
    if kind.endswith("/*"):  # the caller says which
        from loyalty_runtime import File

        return File(FILE, mime_type=f"{kind[:-1]}png")
    return "text" if kind.startswith("text/") or "xml" in kind else FILE


def _files(samples: Samples, schema: Any, value: Any) -> Any:
    properties = samples.flat(schema).get("properties") or {}
    if not isinstance(value, dict):
        return value
    return {name: _file(samples, properties.get(name), item) for name, item in value.items()}


def _file(samples: Samples, schema: Any, value: Any) -> Any:
    node = samples.flat(schema)
    if isinstance(value, list):
        return [_file(samples, node.get("items"), item) for item in value]
    return FILE if node.get("format") == "binary" or "contentMediaType" in node else value


def compare_body(seen: Seen, declared: list[str], value: Any) -> list[str]:
    """Return how a body that came differs from the value the call was given."""
    label = seen.headers.get("content-type", "")
    kind = essence(label)
    if not any(kind == essence(media) or _covers(essence(media), kind) for media in declared):
        return [f"body of type {label!r}, the document says {' or '.join(declared)}"]
    if kind == "application/x-ndjson" or kind.endswith("+ndjson"):
        return [] if seen.body else ["the body is empty"]
    if is_json(kind):
        try:
            came = json.loads(seen.body)
        except ValueError:
            return [f"the body is no JSON: {seen.body[:80]!r}"]
        return [] if came == value else [f"body {_short(came)}, the call gave {_short(value)}"]
    if kind == "application/x-www-form-urlencoded":
        return _form(parse_qsl(seen.body.decode(), keep_blank_values=True), value)
    if kind == "multipart/form-data":
        return _multipart(seen, value)
    value = getattr(value, "payload", value)
    wanted = value.encode() if isinstance(value, str) else value
    return [] if seen.body == wanted else [f"body {seen.body[:80]!r}, the call gave {wanted!r}"]


def _covers(declared: str, kind: str) -> bool:
    return declared == "*/*" or (declared.endswith("/*") and kind.startswith(declared[:-1]))


def _form(pairs: list[tuple[str, str]], value: Any) -> list[str]:
    names = {name.partition("[")[0] for name, _ in pairs}
    if not isinstance(value, dict):
        return []
    lost = [name for name in value if name.partition("[")[0] not in names and not _exploded(pairs, value[name])]
    wrong = [
        name
        for name, item in value.items()
        if isinstance(item, str | int | bool | float) and dict(pairs).get(name) != text_of(item)
    ]
    return [f"form without {name}" for name in lost] + [
        f"form member {name} is {dict(pairs).get(name)!r}" for name in wrong if name not in lost
    ]


def _exploded(pairs: list[tuple[str, str]], value: Any) -> bool:
    return (isinstance(value, dict) and set(value) <= {name for name, _ in pairs}) or value in ({}, [], None)


def _multipart(seen: Seen, value: Any) -> list[str]:
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + seen.body)
    parts: dict[str, list[bytes]] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        parts.setdefault(name.partition("[")[0], []).append(content if isinstance(content, bytes) else b"")
    faults = []
    for name, item in (value if isinstance(value, dict) else {}).items():
        values = item if isinstance(item, list) else [item]
        if item in ([], None):
            continue
        came = parts.get(name.partition("[")[0], [])
        if not came:
            faults.append(f"form without {name}")
        elif (
            isinstance(values[0], bytes | str) and [_bytes(one) for one in values] != came and len(values) == len(came)
        ):
            faults.append(f"form member {name} is {came[0][:40]!r}")
    return faults


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else text_of(value).encode()


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) < 160 else text[:157] + "…"
