"""Media types: one body of a request under its own type, and for each reply the types a client can tell apart."""

from __future__ import annotations

from typing import Any

from scripts.common.document import operations, resolve
from scripts.generate.adapt.walks import Notes, deref

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_FILE = {"type": "string", "format": "binary"}


def essence(media: str) -> str:
    """Return a media type without parameters, in lower case."""
    return media.partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    """Tell whether a media type is read and written as JSON."""
    kind = essence(media)
    return kind in ("application/json", "text/json", "*/*", "application/*") or kind.endswith("+json")


def request_bodies(document: dict[str, Any], notes: Notes) -> None:
    """A body has one type: JSON before forms before text before bytes; its own name goes out as `x-media-type`."""
    for method, path, operation in operations(document):
        raw = operation.get("requestBody")
        if not isinstance(raw, dict):
            operation.pop("requestBody", None)
            continue
        body = dict(resolve(document, raw))
        content = body.get("content") or {}
        place = ("paths", path, method.lower(), "requestBody")
        if not content:
            del operation["requestBody"]
            continue
        media = chosen(list(content))
        described = dict(content[media] or {})
        if len(content) > 1:
            notes.add(place, f"of {', '.join(content)} the client sends {media}")
        kind = essence(media)
        if is_json(media):
            form = "application/json"
            described.setdefault("schema", {})
        elif kind in FORMS:
            form = kind
            if not deref(document, described.get("schema")):  # whatever a form holds, it has names
                described["schema"] = {"type": "object"}
        else:
            form = "application/octet-stream"
            described["schema"] = dict(_FILE)
        own = media if "*" not in media and kind != form else ""
        if own:
            body["x-media-type"] = own
            notes.add(place, f"the body goes out as {own}")
        operation["requestBody"] = {**body, "content": {form: described}}


def chosen(names: list[str]) -> str:
    """Return the media type of a body that the client sends."""
    orders = (is_json, lambda name: essence(name) in FORMS, lambda name: essence(name).startswith("text/"))
    for fits in orders:
        found = next((name for name in names if fits(name)), None)
        if found is not None:
            return found
    return names[0]


def replies(document: dict[str, Any], notes: Notes) -> None:
    """A reply is read as JSON, text or bytes; JSON stands first; what a client cannot model is read as it comes."""
    for method, path, operation in operations(document):
        for status, raw in list((operation.get("responses") or {}).items()):
            if not isinstance(raw, dict):
                operation["responses"][status] = {"description": ""}
                continue
            reply = resolve(document, raw)
            content = reply.get("content")
            if method == "HEAD":
                operation["responses"][status] = {key: value for key, value in reply.items() if key != "content"}
                continue
            if not isinstance(content, dict) or not content:
                continue
            place = ("paths", path, method.lower(), "responses", status)
            adapted: dict[str, Any] = {}
            for media in sorted(content, key=lambda name: (not is_json(name), essence(name).endswith("*"))):
                described = dict(content[media] or {})
                kind = essence(media)
                schema = described.get("schema")
                if kind.endswith("/*"):
                    binary = isinstance(schema, dict) and resolve(document, schema).get("format") == "binary"
                    whole = "application/json" if is_json(kind) else f"{kind[:-1]}plain"
                    kind = (
                        "application/octet-stream" if binary or kind[:-2] not in ("*", "application", "text") else whole
                    )
                    notes.add(place, f"{media} is read as {kind}")
                if is_json(kind):
                    described.setdefault("schema", {})
                elif kind.startswith("text/"):
                    described["schema"] = {"type": "string"}
                else:
                    described["schema"] = dict(_FILE)
                adapted.setdefault(kind, described)
            if list(adapted.items()) != list(content.items()):
                operation["responses"][status] = {**reply, "content": adapted}
