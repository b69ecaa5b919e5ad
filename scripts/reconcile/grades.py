"""`specs/<vendor>/grades.yaml`: how sure we are of each operation of a downloaded source.

A downloaded source stays the vendor's own bytes, so what we say about it stands beside it: `METHOD path` → `x-provenance`. The file is made by
`nox -s reconcile`, reviewed and committed; building the effective spec puts each grade on its operation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scripts.common.yaml_io import dump_yaml
from scripts.reconcile.operation import Operation
from scripts.reconcile.verdict import Verdict
from scripts.spec.grades import Grades
from scripts.spec.provenance import Provenance

HEADER = """Made by `nox -s reconcile -- {slug}` and reviewed: how sure we are of each operation of the vendor's own file.
The pipeline puts each entry on its operation as x-provenance. An edited entry stays as it is when the command runs again."""


def make_grades(
    verdicts: Iterable[Verdict], operations: Iterable[Operation], *, record: Provenance, kept: Mapping[str, Any]
) -> Grades:
    """Grade every operation of the vendor's file, in its order; entries of `kept` win."""
    source = f"the vendor's OpenAPI file, {record.download}, retrieved {record.retrieved}"
    by_key = {verdict.match.after.key: verdict for verdict in verdicts}
    grades: Grades = {}
    for operation in operations:
        entry: dict[str, Any] = {"method": "stated", "path": "stated", "confidence": "high", "source": source}
        reason = _reason(by_key.get(operation.key))
        if reason:
            entry["reason"] = reason
        grades[operation.key] = dict(kept.get(operation.key, entry))
    return grades


def dump_grades(grades: Grades, *, slug: str) -> str:
    """Write the file of grades."""
    return dump_yaml(grades, header=HEADER.format(slug=slug))


def _reason(verdict: Verdict | None) -> str:
    if verdict is None:
        return "The transcription does not have this operation."
    before = verdict.match.before
    if verdict.right:
        return ""
    parts = [part for part, right in (("method", verdict.method_right), ("path", verdict.path_right)) if not right]
    graded = " and ".join(f"{part} {verdict.grade(part)}" for part in parts)
    server = f", below the server path {before.base or '/'}" if verdict.match.after.base != before.base else ""
    return f"The transcription had {before.key}{server} ({graded}), matched by {verdict.match.by}."
