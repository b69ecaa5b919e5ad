"""The list of calls in `docs/calls.md`: what each operation is called in Python, sorted by resource."""

from __future__ import annotations

from pathlib import Path

from scripts.common.names import method_name, resource_name
from scripts.spec.effective import Effective

TARGET = Path("docs") / "calls.md"
INTRODUCTION = """\
<!-- Written by `nox -s regenerate`. Do not edit. -->
# Calls

The Python name of every operation, by resource.
A name is the verb of the operationId and its words that are not the tag, or what the spec states in `x-client-method`; no other operation can change it.
[Coverage](coverage.md) says how sure method and path are.
"""


def section(effective: Effective) -> str:
    """Return what the page says of one vendor."""
    rows = []
    for method, path, operation in effective.operations:
        tag = (operation.get("tags") or ["default"])[0]
        name = operation.get("x-client-method") or method_name(tag, str(operation.get("operationId")))
        about = " ".join(str(operation.get("summary", "")).split()).replace("|", "\\|")
        rows.append((f"{resource_name(tag)}.{name}", str(operation.get("operationId")), f"`{method} {path}`", about))
    lines = [
        f"\n## {effective.document['info']['title']}\n",
        "| call | operation | method and path | what it does |\n| --- | --- | --- | --- |",
        *(f"| `{name}` | {' | '.join(row)} |" for name, *row in sorted(rows)),
    ]
    return "\n".join(lines)
