"""Bring the effective spec into the one form every later stage reads."""

from __future__ import annotations

from typing import Any

from scripts.yaml_io import WrittenFloat

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def normalise(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with `info.version` and status codes as text and each list of operation tags without repeats."""
    result = dict(document)
    info = result.get("info")
    if isinstance(info, dict) and "version" in info:
        version = info["version"]
        result["info"] = {**info, "version": version.text if isinstance(version, WrittenFloat) else str(version)}
    for _, _, operation in operations(result):
        if isinstance(operation.get("tags"), list):
            operation["tags"] = list(dict.fromkeys(operation["tags"]))
    return result


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """List (method in upper case, path, operation) of a document in its own order."""
    return [
        (method.upper(), path, operation)
        for path, item in (document.get("paths") or {}).items()
        if isinstance(item, dict)
        for method, operation in item.items()
        if method in METHODS and isinstance(operation, dict)
    ]
