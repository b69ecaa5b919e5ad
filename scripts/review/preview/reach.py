"""Which changed schemas an operation reaches through references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Reach:
    """Answer which changed schemas a part of a document uses, directly or through others."""

    def __init__(self, document: dict[str, Any], base: dict[str, Any] | None) -> None:
        self._components = document.get("components") or {}
        new = self._components.get("schemas") or {}
        old = ((base or {}).get("components") or {}).get("schemas") or {}
        self._changed = (
            {name for name, schema in new.items() if name in old and old[name] != schema} if base is not None else set()
        )

    def changed(self, part: Any) -> list[str]:
        """Return the names of changed schemas the part reaches, sorted."""
        if not self._changed:
            return []
        seen: set[tuple[str, str]] = set()
        waiting = [part]
        while waiting:
            for kind, name in references(waiting.pop()):
                if (kind, name) not in seen:
                    seen.add((kind, name))
                    waiting.append((self._components.get(kind) or {}).get(name))
        return sorted(name for kind, name in seen if kind == "schemas" and name in self._changed)


def references(node: Any) -> Iterator[tuple[str, str]]:
    """Yield (kind, name) of every component a part refers to."""
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.count("/") == 3:
            kind, name = reference.split("/")[-2:]
            yield kind, name
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)
