"""The Python names of calls: no two operations may have the same."""

from __future__ import annotations

from typing import Any

from scripts.common.document import mapping, operations, walk_schemas
from scripts.common.jsonpath import show_place
<<<<<<< HEAD
from scripts.common.names import attribute_name, call_of, known_id, known_tag, stated_names
from scripts.spec.effective import Effective
from scripts.spec.readiness import Finding

TARGET = Path("docs") / "calls.md"
INTRODUCTION = """\
<!-- Written by `nox -s regenerate`. Do not edit. -->
# Calls

The Python name of every operation, by resource.
A name is the verb of our operationId and its words that are not the tag, or what the spec states in `x-client-method`; no other operation can change it.
[Coverage](coverage.md) says how sure method and path are.
"""


def section(effective: Effective) -> str:
    """Return what the page says of one vendor."""
    rows = []
    for method, path, operation in effective.operations:
        if not (known_tag(operation) and known_id(operation)):
            continue  # adapt names it, and another one could change that name
        about = " ".join(str(operation.get("summary", "")).split()).replace("|", "\\|")
        rows.append((".".join(call_of(operation)), known_id(operation), f"`{method} {path}`", about))
    info = effective.document["info"]
    client = f"`{info['x-client-name']}`: the" if "x-client-name" in info else "The"
    lines = [
        f"\n## {info['title']}\n",
        f"{client} calls of the client, {len(rows)}.\n",
        "| call | operation | method and path | what it does |\n| --- | --- | --- | --- |",
        *(f"| `{name}` | {' | '.join(row)} |" for name, *row in sorted(rows)),
    ]
    return "\n".join(lines)

=======
from scripts.common.names import call_of, known_id, known_tag
from scripts.spec.readiness import Finding

>>>>>>> main

def check_names(document: dict[str, Any]) -> list[Finding]:
    """Return what would have the name of another one by the rule: operations in one resource, members in one schema."""
    seen: dict[tuple[str, str], str] = {}
    found = []
    for method, path, operation in operations(document):
        if not (known_tag(operation) and known_id(operation)):
            continue
        name, call = known_id(operation), call_of(operation)
        if call in seen:
            message = f"{name} would be {'.'.join(call)}, as {seen[call]} is: state another name in x-client-method"
            found.append(Finding("method-name", show_place(("paths", path, method.lower())), message))
        seen.setdefault(call, name)
    for place, schema in walk_schemas(document):
        properties = mapping(mapping(schema).get("properties"))
        names: dict[str, str] = {}
        for wire, name in {**{wire: attribute_name(wire) for wire in properties}, **stated_names(properties)}.items():
            if name in names:
                message = f"{wire} would be {name}, as {names[name]} is: state another name in x-client-name"
                found.append(Finding("member-name", show_place((*place, "properties", wire)), message))
            names.setdefault(name, wire)
    return found
