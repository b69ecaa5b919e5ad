"""What operations claim of themselves: how sure method and path are, where that is from, and what else there could be."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from scripts.evidence_coverage.subject import Node

GRADES = ("stated", "partial", "inferred")


def _known(node: Node) -> dict[str, Any]:
    return node.holder.get("x-provenance") or {}


def provenance(name: str) -> Callable[[Node, Any], bool]:
    """Make the comparison of one member of `x-provenance`."""
    return lambda node, value: bool(_known(node).get(name) == value)


def pair_grade(known: dict[str, Any]) -> str:
    """Return the grade of method and path together: stated or inferred when both are, partial otherwise.

    Raises:
        ValueError: one of them has no grade.
    """
    grades = [str(known.get(half)) for half in ("method", "path")]
    if not set(grades) <= set(GRADES):
        raise ValueError(f"unknown grade in {known!r}")
    return grades[0] if grades[0] == grades[1] else "partial"


def graded(node: Node, value: str) -> bool:
    # `re-assembled` is said of tables whose cells were scattered; method and path of those operations are printed.
    return pair_grade(_known(node)) == ("stated" if value == "re-assembled" else value)


def sourced(node: Node, text: str) -> bool:
    return re.search(rf"(?<!\d){re.escape(text)}(?!\d)", str(_known(node).get("source"))) is not None


def reasoned(node: Node, value: bool) -> bool:
    return bool(_known(node).get("reason")) is value


def has_alternative(node: Node, text: str) -> bool:
    known = [str(alternative) for alternative in _known(node).get("alternatives") or []]
    # One in words, without a path, is there when any is: `query parameter card`.
    return any(text in alternative for alternative in known) if text.startswith("/") else bool(known)


def has_alternatives(node: Node, number: int) -> bool:
    return len(_known(node).get("alternatives") or []) >= number


def announced(node: Node, value: bool) -> bool:
    words = str(node.holder.get("description", "")).lower()
    return any(word in words for word in ("deprecat", "replace", "retire")) is value
