"""Bring the effective spec into the one form every later stage reads."""

from __future__ import annotations

import copy
from typing import Any

from scripts.common.document import operations
from scripts.common.yaml_rules import WrittenFloat


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
