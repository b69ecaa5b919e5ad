"""The Python names of calls and members: no two that stand beside each other may have the same."""

from __future__ import annotations

from typing import Any

from scripts.common.document import mapping, operations, walk_schemas
from scripts.common.names import attribute_name, call_of, known_id, known_tag, stated_names
from scripts.spec.shapes import Fault


def check_names(document: dict[str, Any]) -> list[Fault]:
    """Return what would have the name of another one by the rule: operations of one resource, members of one schema."""
    return [*_check_calls(document), *_check_members(document)]


def _check_calls(document: dict[str, Any]) -> list[Fault]:
    seen: dict[tuple[str, str], str] = {}
    found = []
    for method, path, operation in operations(document):
        if not (known_tag(operation) and known_id(operation)):
            continue
        name, call = known_id(operation), call_of(operation)
        if call in seen:
            message = f"{name} would be {'.'.join(call)}, as {seen[call]} is: state another name in x-client-method"
            found.append(Fault(("paths", path, method.lower()), message))
        seen.setdefault(call, name)
    return found


def _check_members(document: dict[str, Any]) -> list[Fault]:
    found = []
    for place, schema in walk_schemas(document):
        properties = mapping(mapping(schema).get("properties"))
        seen: dict[str, str] = {}
        for wire, name in {**{wire: attribute_name(wire) for wire in properties}, **stated_names(properties)}.items():
            if name in seen:
                message = f"{wire} would be {name}, as {seen[name]} is: state another name in x-client-name"
                found.append(Fault((*place, "properties", wire), message))
            seen.setdefault(name, wire)
    return found
