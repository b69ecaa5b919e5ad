"""The table in `docs/coverage.md`: the call of every operation, how sure its method and path are, and the inconsistencies treated on it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from scripts.common.jsonpath import Place
from scripts.common.names import call_of, known_id, known_tag, shown_title
from scripts.spec.effective import Effective
from scripts.spec.grades import GRADES, operation_grade

TARGET = Path("docs") / "coverage.md"
INTRODUCTION = """\
<!-- Written by `nox -s regenerate`. Do not edit. -->
# Coverage

The call of every operation of the effective specs, by its Python name.
A name is the verb of the operationId and its words that are not the tag, or what the spec states in `x-client-method`; no other operation can change it.
`nox -s docs` makes the whole reference.
[How a spec is written](spec-conventions.md#grades) defines the grades; an operation has the weaker one of method and path, or *partial* when the
vendor writes one of the two.
The numbers are the inconsistencies of [the evidence](evidence/) that an overlay treats on this operation.
"""


def section(effective: Effective) -> str:
    """Return what the page says of one vendor."""
    rows = [_row(effective, method, path, operation) for method, path, operation in effective.operations]
    rows.sort(key=lambda row: (row[0].strip("`"), row))
    grades = Counter(operation_grade(item.get("x-provenance") or {}) for _, _, item in effective.operations)
    counts = ", ".join(f"{grades[grade]} {grade}" for grade in reversed(GRADES) if grades[grade])
    lines = [
        f"\n## {shown_title(effective.document['info'])}\n\n{len(rows)} operations: {counts}.\n",
        "| call | operation | method and path | method | path | confidence | overlays |\n| --- | --- | --- | --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    return "\n".join(lines)


def _row(effective: Effective, method: str, path: str, operation: dict[str, Any]) -> list[str]:
    known = operation.get("x-provenance") or {"method": "stated", "path": "stated"}  # the vendor's own file
    numbers = treated_numbers(effective, method, path)
    name = known_id(operation) + (" (newer pages only)" if known.get("newer") else "")
    # Where the document says no tag, adapt names the call, and another operation could change that name.
    call = f"`{'.'.join(call_of(operation))}`" if known_tag(operation) and known_id(operation) else ""
    found = [call, name, f"`{method} {path}`", known["method"], known["path"], known.get("confidence", "")]
    return [*found, " ".join(numbers)]


def treated_numbers(effective: Effective, method: str, path: str) -> list[str]:
    """Return the numbers whose overlay actions act on one operation or its path, in order."""
    found: dict[str, None] = {}
    for applied in effective.applied:
        if any(_concerns(place, method, path) for place in applied.places):
            found.update(dict.fromkeys(applied.action.ids))
    return sorted(found)


def _concerns(place: Place, method: str, path: str) -> bool:
    return place[:2] == ("paths", path) and (len(place) == 2 or place[2] in (method.lower(), "parameters"))
