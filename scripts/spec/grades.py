"""How sure we are of each operation: the five grades, and `specs/<vendor>/grades.yaml` for a downloaded source.

A downloaded source stays the vendor's own bytes, so what we say about it stands beside it: `METHOD path` → `x-provenance`. The file is made by
`nox -s reconcile`, reviewed and committed; building the effective spec puts each grade on its operation.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.common.document import operations
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml

Grades = dict[str, dict[str, Any]]

GRADES = (
    "inferred",
    "partial",
    "reported",
    "observed",
    "stated",
)  # weakest first; docs/spec-conventions.md defines them
CONFIDENCES = ("low", "medium", "high")
_MEMBERS = frozenset({"method", "path", "confidence", "source", "title", "reason", "alternatives", "newer"})


def operation_grade(known: Mapping[str, Any]) -> str:
    """Return the grade of method and path together: the weaker of the two, or partial when the vendor writes one of them."""
    halves = [str(known.get(half, "stated")) for half in ("method", "path")]
    weaker = min(halves, key=lambda grade: GRADES.index(grade) if grade in GRADES else -1)
    return "partial" if weaker == "inferred" and "stated" in halves else weaker


def check_grades(document: Mapping[str, Any]) -> list[str]:
    """Return the faults of every `x-provenance`: grades and confidence that do not exist, no source, no reason where one is due."""
    faults = []
    for method, path, operation in operations(dict(document)):
        known = operation.get("x-provenance")
        if known is None:  # the vendor's own file
            continue
        allowed = {"method": GRADES, "path": GRADES, "confidence": CONFIDENCES}
        for member, words in allowed.items():
            if known.get(member) not in words:
                found = f"x-provenance.{member} is {known.get(member)!r}"
                faults.append(f"{method} {path}: {found}. Use one of: {', '.join(words)}.")
        if not known.get("source"):
            faults.append(f"{method} {path}: x-provenance has no source. Name the page and its lines.")
        if {known.get("method"), known.get("path")} & {"inferred", "partial"} and not known.get("reason"):
            faults.append(f"{method} {path}: x-provenance has no reason. Say why it is written so.")
    return faults


def load_grades(path: Path, *, name: str) -> Grades:
    """Read a file of grades; no file means no grades.

    Raises:
        PipelineError: an entry is not `METHOD path` with method, path, confidence and source.
    """
    if not path.is_file():
        return {}
    raw = load_yaml(path, name=name)
    if not isinstance(raw, dict):
        raise PipelineError(
            "the file is not a mapping of operations", where=name, todo="Delete it and run nox -s reconcile."
        )
    for key, entry in raw.items():
        method, _, route = key.partition(" ")
        if not method.isupper() or not route.startswith("/"):
            raise PipelineError(f"{key!r} is not an operation", where=name, todo="Write it as in `GET /users`.")
        if not isinstance(entry, dict) or not {"method", "path", "confidence", "source"} <= set(entry) <= _MEMBERS:
            todo = f"Give method, path, confidence and source; known members: {', '.join(sorted(_MEMBERS))}."
            raise PipelineError(f"the members of {key!r} are not those of x-provenance", where=name, todo=todo)
        wrong = next((entry[part] for part in ("method", "path") if entry[part] not in GRADES), None)
        if wrong is not None:
            raise PipelineError(
                f"{key!r} has the grade {wrong!r}", where=name, todo=f"Use one of: {', '.join(GRADES)}."
            )
    return raw


def apply_grades(document: Mapping[str, Any], grades: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """Return the document with each grade on its operation as `x-provenance`.

    Raises:
        PipelineError: an operation has no grade, or a grade no operation.
    """
    result = copy.deepcopy(dict(document))
    left = dict(grades)
    for method, path, operation in operations(result):
        grade = left.pop(f"{method} {path}", None)
        if grade is None:
            raise PipelineError(
                f"{method} {path} has no grade", where=where, todo="Run nox -s reconcile and review what it adds."
            )
        operation["x-provenance"] = copy.deepcopy(grade)
    if left:
        raise PipelineError(
            f"{next(iter(left))} is no operation of the source",
            where=where,
            todo="Run nox -s reconcile and review what it removes.",
        )
    return result
