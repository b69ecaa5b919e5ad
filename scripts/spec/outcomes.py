"""`x-outcome-check`: what is wrong with a declared read-back, and the page `docs/outcomes.md` of what settles each call that changes something."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.common.document import mapping, operations, parameters, resolve, split_pointer
from scripts.common.names import call_of, known_id, known_tag
from scripts.spec.effective import Effective
from scripts.spec.shapes import Fault

TARGET = Path("docs") / "outcomes.md"
INTRODUCTION = """\
<!-- Written by `nox -s regenerate`. Do not edit. -->
# When an answer is lost

What settles a call whose answer was lost, for every operation that may change something.

- **key**: a header under which repeating is safe (`x-…`), or a natural key: a member of the body by which the same call has the same effect.
- **check**: the read in which the call shows, and by what; [`resolve()`](runtime.md#when-the-answer-is-lost) makes it. *certain*: the vendor states, or
  recorded traffic shows, the read and the key. *likely*: one of them is inferred.
- **settles**: after how many seconds a call that does not show will not show any more. No vendor states one; these are chosen well above the time after which
  gateways give up.

Where there is neither, only the vendor can tell.
"""
_MEMBERS = frozenset(
    ["operation", "arguments", "items", "entry", "same", "time", "gone", "absent", "certainty", "settle", "source"]
)
_NEEDED = frozenset(["operation", "certainty", "settle", "source"])
_EXPRESSION = re.compile(r"\$request\.(?:(path|query|header)\.(.+)|(body)(?:#(/.+))?)")
_OPEN: dict[str, Any] = {}


def check_outcomes(document: dict[str, Any]) -> list[Fault]:
    """Return what is wrong with the read-backs of an effective spec, a line each."""
    listed = [(method, path, item) for method, path, item in operations(document)]
    # An operation is referred to by the vendor's id, or by the one that users know.
    known = {
        **{known_id(item): (method, path, item) for method, path, item in listed},
        **{item["operationId"]: (method, path, item) for method, path, item in listed if "operationId" in item},
    }
    found = []
    for method, path, operation in operations(document):
        check = operation.get("x-outcome-check")
        if check is not None:
            place = ("paths", path, method.lower(), "x-outcome-check")
            faults = _faults(document, known, (method, path, operation), mapping(check))
            found += [Fault(place, fault) for fault in faults]
    return found


def _faults(
    document: dict[str, Any], known: Mapping[Any, Any], call: tuple[str, str, dict[str, Any]], check: dict[str, Any]
) -> Iterator[str]:
    for name in sorted(check.keys() - _MEMBERS):
        yield f"there is no member {name!r}; known are {', '.join(sorted(_MEMBERS))}"
    for name in sorted(_NEEDED - check.keys()):
        yield f"`{name}` is missing"
    settle = check.get("settle", 1)
    if isinstance(settle, bool) or not isinstance(settle, int | float) or settle <= 0:
        yield f"`settle` is {settle!r}; give seconds above 0"
    if not (check.get("entry") or check.get("gone")):
        yield "`entry` is empty, so every entry would count as the call"
    if check.get("operation") not in known:
        yield f"`operation` names {check.get('operation')!r}, which does not exist"
        return
    method, path, read = known[check["operation"]]
    if method != "GET":
        yield f"`operation` names {check['operation']}, a {method}; only a GET can be asked without changing anything"
    grades = mapping(read.get("x-provenance") or {"path": "stated"})
    if check.get("certainty") not in ("certain", "likely"):
        yield f"`certainty` is {check.get('certainty')!r}; it is certain or likely"
    elif check["certainty"] == "certain" and grades.get("path") not in ("stated", "observed"):
        yield f"`certainty` is certain, but the path of {check['operation']} is {grades.get('path')}; that is likely"
    declared = {str(item.get("name")): item for item in parameters(document, path, read)}
    given = mapping(check.get("arguments"))
    for name in given.keys() - declared.keys():
        yield f"`arguments` gives {name!r}, which {check['operation']} does not take"
    for name, item in declared.items():
        if item.get("required") and name not in given:
            yield f"`arguments` lacks {name!r}, which {check['operation']} requires"
    for part in ("arguments", "entry", "same"):
        for value in mapping(check.get(part)).values():
            yield from _expression(document, call, value)
    yield from _members(document, read, check)


def _expression(document: dict[str, Any], call: tuple[str, str, dict[str, Any]], value: Any) -> Iterator[str]:
    if not (isinstance(value, str) and value.startswith("$")):
        return
    found = _EXPRESSION.fullmatch(value)
    if found is None:
        yield f"{value!r} is no expression; write $request.path.NAME, .query.NAME, .header.NAME or $request.body#/MEMBER"
        return
    place, name, _, pointer = found.groups()
    _method, path, operation = call
    if place:
        if not any(
            (item.get("in"), item.get("name")) == (place, name) for item in parameters(document, path, operation)
        ):
            yield f"{value} names no parameter of {operation.get('operationId')}"
        return
    body = resolve(document, operation.get("requestBody"))
    schema: Any = next((mapping(item).get("schema") for item in mapping(body.get("content")).values()), None)
    for step in split_pointer(pointer or ""):
        schema = _below(document, schema, step)
    if schema is None:
        yield f"{value} names no member of the body of {operation.get('operationId')}"


def _members(document: dict[str, Any], read: dict[str, Any], check: dict[str, Any]) -> Iterator[str]:
    success = next(
        (resolve(document, each) for status, each in mapping(read.get("responses")).items() if str(status)[:1] == "2"),
        {},
    )
    schema: Any = next((mapping(item).get("schema") for item in mapping(success.get("content")).values()), _OPEN)
    items = check.get("items") or ""
    for step in items.split(".") if items else ():
        schema = _below(document, schema, step)
    if schema is None:
        yield f"`items` names {items!r}, which the reply of {check['operation']} does not have"
        return
    entry = resolve(document, schema)
    entry = entry.get("items", schema)
    names = [*mapping(check.get("entry")), *mapping(check.get("same")), *([check["time"]] if check.get("time") else [])]
    for name in names:
        member: Any = entry
        for step in str(name).split(".") if name else ():
            member = _below(document, member, step)
        if member is None:
            yield f"{name!r} is no member of an entry of {check['operation']}"


def _below(document: dict[str, Any], schema: Any, name: str) -> Any:
    """Return the schema of a member, an empty one where nothing is stated, None where there is no such member."""
    if schema is None:
        return None
    node = resolve(document, schema)
    parts = [each for keyword in ("allOf", "oneOf", "anyOf") for each in node.get(keyword) or []]
    if name in mapping(node.get("properties")):
        return node["properties"][name]
    found = [
        below
        for part in parts
        if resolve(document, part).get("type") != "null" and (below := _below(document, part, name)) is not None
    ]
    if found:
        return found[0]
    stated = node.get("properties") or parts
    return None if stated and not node.get("additionalProperties") and not node.get("x-undocumented") else _OPEN


def section(effective: Effective) -> str:
    """Return what the page says of one vendor."""
    rows, counts = [], Counter[str]()
    for method, _, operation in effective.operations:
        if method in ("GET", "HEAD", "OPTIONS") or operation.get("x-safe") is True:
            continue
        key, check = mapping(operation.get("x-idempotency")), mapping(operation.get("x-outcome-check"))
        told = f"`{key['header']}`" if key.get("header") else f"`{key['member']}`" if key.get("member") else ""
        counts["key"] += bool(told)
        counts[check.get("certainty", "")] += bool(check)
        counts["nothing"] += not (told or check)
        call = ".".join(call_of(operation)) if known_tag(operation) and known_id(operation) else ""
        rows.append([f"`{call}`", known_id(operation), told, *_told(check)])
    total = f"{len(rows)} operations may change something: {counts['key']} have a key, {counts['certain']} a certain check, {counts['likely']} a likely one, {counts['nothing']} neither."
    lines = [
        f"\n## {effective.document['info']['title']}\n\n{total}\n",
        "| call | operation | key | check | sure | settles |\n| --- | --- | --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in sorted(rows)),
    ]
    return "\n".join(lines)


def _told(check: dict[str, Any]) -> list[str]:
    if not check:
        return ["", "", ""]
    by = [f"`{name or 'all members'}`" for name in [*mapping(check.get("entry")), *mapping(check.get("same"))]]
    how = f"{check['operation']}: {'gone' if check.get('gone') else ', '.join(by)}"
    return [how, str(check.get("certainty")), f"{check.get('settle'):g} s"]
