"""`specs/<vendor>/grades.yaml`: how sure we are of each operation of a downloaded source.

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

_MEMBERS = frozenset({"method", "path", "confidence", "source", "reason", "alternatives", "newer"})


_GRADES = ("stated", "partial", "inferred")


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
        wrong = next((entry[part] for part in ("method", "path") if entry[part] not in _GRADES), None)
        if wrong is not None:
            raise PipelineError(
                f"{key!r} has the grade {wrong!r}", where=name, todo=f"Use one of: {', '.join(_GRADES)}."
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
