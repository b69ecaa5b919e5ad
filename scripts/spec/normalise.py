"""Bring the effective spec into the one form every later stage reads, and people too: members of an operation and statuses in one order."""

from __future__ import annotations

import copy
from typing import Any

from scripts.common.document import operations
from scripts.common.yaml_rules import WrittenFloat

_FIRST = (
    "operationId",
    "x-client-operation",
    "x-client-tag",
    "x-client-method",
    "x-client-parameters",
    "summary",
    "description",
    "deprecated",
    "tags",
)
_LAST = ("parameters", "requestBody", "responses", "security", "x-evidence-ids")


def normalise(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of the document with a number in `info.version` as text, operations in the order of `docs/spec-conventions.md`,
    their statuses in numeric order, and their tags without repeats.
    """
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
        responses = operation.get("responses")
        if isinstance(responses, dict):
            operation["responses"] = dict(sorted(responses.items(), key=_status_order))
        _reorder(operation)
    return result


def _status_order(item: tuple[str, Any]) -> tuple[bool, str]:
    """Sort `200` before `2XX` before `400`, and `default` after every status."""
    return item[0] == "default", item[0].upper()


def _reorder(operation: dict[str, Any]) -> None:
    others = [name for name in operation if name not in _FIRST + _LAST]
    for name in (*_FIRST, *others, *_LAST):
        if name in operation:
            operation[name] = operation.pop(name)
