"""The Python names of calls: no two operations may have the same."""

from __future__ import annotations

from typing import Any

from scripts.common.document import operations
from scripts.common.jsonpath import show_place
from scripts.common.names import call_of, known_id, known_tag
from scripts.spec.readiness import Finding


def check_names(document: dict[str, Any]) -> list[Finding]:
    """Return the operations of an effective spec that would have the name of another one: the rule gives both the same."""
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
    return found
