"""Recorded traffic as tests write it: HAR entries of a made-up API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

BASE = "https://api.acme.example"
ABSENT = object()


def entry(
    method: str,
    path: str,
    status: int = 200,
    got: Any = ABSENT,
    *,
    sent: Any = ABSENT,
    base: str = BASE,
    headers: dict[str, str] | None = None,
    media: str = "application/json",
    day: str = "2026-11-20",
) -> dict[str, Any]:
    """Return one HAR entry."""
    request: dict[str, Any] = {"method": method, "url": base + path, "headers": []}
    if sent is not ABSENT:
        request["postData"] = {"mimeType": "application/json", "text": json.dumps(sent)}
    content = {"mimeType": media, "text": json.dumps(got)} if got is not ABSENT else {"mimeType": ""}
    pairs = [{"name": name, "value": value} for name, value in (headers or {}).items()]
    response = {"status": status, "headers": pairs, "content": content}
    return {"startedDateTime": f"{day}T10:00:00.000Z", "request": request, "response": response}


def write_har(path: Path, *entries: dict[str, Any], creator: str = "browser") -> str:
    """Write a HAR file and return its path as a command line has it."""
    log = {"version": "1.2", "creator": {"name": creator, "version": "1"}, "entries": list(entries)}
    path.write_text(json.dumps({"log": log}), encoding="utf-8")
    return str(path)
