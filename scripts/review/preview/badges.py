"""Grades of an operation as a badge and in words, and the behaviour its extensions declare."""

from __future__ import annotations

from typing import Any

from scripts.review.preview.markup import Markup, code, join, tag
from scripts.spec.grades import GRADES

Operation = dict[str, Any]
_GRADES = ("method", "path", "confidence")


def grades(operation: Operation) -> Markup:
    """Write the grades of an operation as one badge: the weakest word speaks."""
    grade = operation.get("x-provenance")
    if not isinstance(grade, dict):
        return Markup("")
    words = {str(grade.get("method")), str(grade.get("path"))}
    weakest = next((word for word in GRADES if word in words), "stated")
    sure = str(grade.get("confidence", ""))
    text = weakest if weakest == "stated" and sure in ("", "high") else f"{weakest}, {sure} confidence"
    return tag("span", text, class_=f"grade {weakest} {sure}".rstrip())


def provenance(operation: Operation) -> Markup:
    """Write how method and path are known, and from where."""
    grade = operation.get("x-provenance")
    if not isinstance(grade, dict):
        return Markup("")
    words = [join(f"{word} ", tag("b", str(grade[word]))) for word in _GRADES if word in grade]
    line = join(*(part for index, item in enumerate(words) for part in ((", ", item) if index else (item,))))
    more = [
        tag("p", f"{word.capitalize()}: {_text(grade[word])}", class_="small")
        for word in ("source", "reason", "alternatives")
        if grade.get(word)
    ]
    newer = (
        tag("p", "Only a later revision of the vendor's pages has this operation.", class_="small")
        if grade.get("newer")
        else None
    )
    return tag("div", tag("p", "How this is known: ", line, "."), *more, newer, class_="provenance")


def extensions(operation: Operation) -> Markup:
    """Write the behaviour the client takes from the spec: pages, limits, idempotency, long work."""
    known = {
        key: value
        for key, value in operation.items()
        if key.startswith("x-") and key not in ("x-provenance", "x-evidence-ids")
    }
    parts = [tag("p", f"{key.removeprefix('x-')}: ", code(value), class_="small") for key, value in known.items()]
    ids = operation.get("x-evidence-ids")
    if ids:
        parts.append(tag("p", f"Inconsistencies that concern it: {', '.join(map(str, ids))}", class_="small"))
    return join(*parts)


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
