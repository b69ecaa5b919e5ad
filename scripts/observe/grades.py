"""Raise the grades of operations that answered at their method and path: entries for `specs/<vendor>/grades.yaml`."""

from __future__ import annotations

from datetime import date
from typing import Any

from scripts.common.document import mapping, operations
from scripts.observe.findings import Finding, evidence_text
from scripts.observe.judge import Judgement
from scripts.spec.grades import GRADES, Grades


def raised(document: dict[str, Any], seen: Judgement) -> Grades:
    """Return entries for the operations of a document whose method or path rests on less than traffic; one without a host and day raises nothing."""
    moved = {f.operation: f for f in seen.findings.values() if f.kind == "path" and f.sure}
    entries: Grades = {}
    for method, path, operation in operations(document):
        name = str(operation.get("operationId"))
        finding = seen.confirmed.get(name)
        if finding is None and name in moved and moved[name].detail == (method, path):
            finding = moved[name]
        known = mapping(operation.get("x-provenance"))
        halves = [half for half in ("method", "path") if _is_weaker(known.get(half))]
        if finding is not None and halves and (entry := _entry(finding)) is not None:
            entries[f"{method} {path}"] = {**dict.fromkeys(halves, "observed"), **entry}
    return entries


def _is_weaker(grade: object) -> bool:
    return grade in GRADES and GRADES.index(str(grade)) < GRADES.index("observed")


def _entry(finding: Finding) -> dict[str, Any] | None:
    dated = {key: count for key, count in finding.seen.items() if key[2]}
    if not dated:
        return None
    (digest, host, day), count = max(dated.items(), key=lambda item: (item[1], item[0][2]))
    observed = {"capture": digest, "host": host, "date": date.fromisoformat(day), "count": count}
    reason = "The call answered here in recorded traffic, with the media type that the spec gives it and the kind of body, where one was recorded."
    return {
        "confidence": "high",
        "source": f"Traffic: {evidence_text(finding.seen)}",
        "reason": reason,
        "observed": observed,
    }
