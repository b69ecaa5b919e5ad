"""Bring the effective spec into the one form every later stage reads."""

from __future__ import annotations

import copy
from typing import Any

from scripts.yaml_io import WrittenFloat

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def normalise(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of the document with a number in `info.version` as text and each list of operation tags without repeats."""
    result = copy.deepcopy(document)
    info = result.get("info")
    if (
        isinstance(info, dict)
        and isinstance(info.get("version"), int | float)
        and not isinstance(info["version"], bool)
    ):
        version = info["version"]
        info["version"] = version.text if isinstance(version, WrittenFloat) else str(version)
    for _, _, operation in operations(result):
        tags = operation.get("tags")
        if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
            operation["tags"] = list(dict.fromkeys(tags))
    return result


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """List (method in upper case, path, operation) of a document in its own order."""
    return [
        (method.upper(), path, operation)
        for path, item in _mapping(document.get("paths")).items()
        if isinstance(item, dict)
        for method, operation in item.items()
        if method in METHODS and isinstance(operation, dict)
    ]


def _mapping(node: Any) -> dict[str, Any]:
    return node if isinstance(node, dict) else {}
