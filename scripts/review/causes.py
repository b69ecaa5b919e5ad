"""One cause, one entry: a Python change that follows from a change on the wire is told with it, and what was removed and added is one rename when it is one thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scripts.common.document import mapping, members_of, operations, reached, referred_name, walk
from scripts.common.names import known_id, snake
from scripts.reference.python_calls import Key, PythonCall
from scripts.review.model import Change, Impact

Calls = Mapping[Key, PythonCall]


def join_renames(changes: list[Change], before: Calls, after: Calls) -> list[Change]:
    """Return the Python changes with each rename as one; the calls by address tell which functions are the same."""
    changes = list(changes)
    _join_functions(changes, before, after)
    for kind in ("class", "function", "member", "value", "parameter"):
        for old, new in _pairs(changes, kind, {call.name for call in before.values()}):
            _replace(changes, f"{kind}-renamed", old, new, [old, new])
    for change in [item for item in changes if item.rule == "class-renamed"]:
        _drop_mentions(changes, change)
    return changes


def _join_functions(changes: list[Change], before: Calls, after: Calls) -> None:
    """Pair the functions of one address; when a whole resource got another name, that is one rename."""
    removed = {item.subject: item for item in changes if item.rule == "function-removed"}
    added = {item.subject: item for item in changes if item.rule == "function-added"}
    moved: dict[tuple[str, str], list[tuple[Change, Change]]] = defaultdict(list)
    for key in before.keys() & after.keys():
        was, now = before[key], after[key]
        if was.name in removed and now.name in added:
            pair = (removed[was.name], added[now.name])
            if was.method == now.method:
                moved[was.resource, now.resource].append(pair)
            else:
                _replace(changes, "function-renamed", *pair, list(pair))
    for (old_name, new_name), pairs in sorted(moved.items()):
        parts = [part for pair in pairs for part in pair]
        ends = {f".{old_name}": "member-removed", f".{new_name}": "member-added"}
        parts += [
            item
            for item in changes
            if any(item.subject.endswith(end) and item.rule == rule for end, rule in ends.items())
        ]
        if len(pairs) == 1:
            _replace(changes, "function-renamed", *pairs[0], parts)
        else:
            old, new = (replace(pairs[0][side], subject=name) for side, name in ((0, old_name), (1, new_name)))
            _replace(changes, "resource-renamed", old, new, parts)


def _pairs(changes: list[Change], kind: str, calls: set[str]) -> Iterator[tuple[Change, Change]]:
    """Yield what was removed with what was added beside it and has the same shape, where only one of each is there.

    Calls are left out: their addresses tell more. So are shapes that say little, such as that of an open object.
    """
    found: dict[tuple[str, str], tuple[list[Change], list[Change]]] = defaultdict(lambda: ([], []))
    for change in changes:
        if change.subject in calls or (kind == "class" and (change.before or change.after).count("\n.") < 1):
            continue
        if change.rule == f"{kind}-removed" and change.before:
            found[_owner(change.subject), change.before][0].append(change)
        elif change.rule in (f"{kind}-added", f"{kind}-added-required") and change.after:
            found[_owner(change.subject), change.after][1].append(change)
    for old, new in list(found.values()):
        if len(old) == len(new) == 1:
            yield old[0], new[0]


def _owner(subject: str) -> str:
    return re.split(r"[.(](?=[^.(]*$)", subject)[0] if re.search(r"[.(]", subject) else ""


def _replace(changes: list[Change], rule: str, old: Change, new: Change, parts: list[Change]) -> None:
    """Put one rename in the place of its parts."""
    position = changes.index(parts[0])
    renamed = replace(
        old,
        rule=rule,
        subject=old.subject,
        detail=new.subject,
        message=f"`{old.subject}` is now `{new.subject}`.",
        impact=Impact.MAJOR,
        before=old.subject,
        after=new.subject,
    )
    changes[position] = renamed
    for part in parts:
        if part in changes:
            changes.remove(part)


def _drop_mentions(changes: list[Change], renamed: Change) -> None:
    """Drop changes of types that only mention a renamed class."""
    old = re.compile(rf"\b{re.escape(renamed.before)}\b")
    changes[:] = [
        item
        for item in changes
        if not (
            item.rule.endswith("type-changed") and item.before and old.sub(renamed.after, item.before) == item.after
        )
    ]


Document = dict[str, Any]


def join_causes(
    wire: list[Change], python: list[Change], sides: Sequence[tuple[Document, Calls]]
) -> tuple[list[Change], list[Change]]:
    """Return the changes on the wire, each with what follows from it, and the Python changes that are left; `sides` are the documents before and after, with their calls.

    A Python change is never hidden behind a smaller change on the wire.
    """
    left = list(python)
    result = []
    for change in wire:
        names = set().union(*(_names(change, *side) for side in sides)) if not change.editorial else set()
        mine = [item for item in left if item.impact <= change.impact and _plain(item.subject) in names]
        if change.rule.startswith("enum-value"):
            start = _plain(change.subject).replace(".", "") + "."
            mine += [item for item in left if item.impact <= change.impact and _plain(item.subject).startswith(start)]
        gone = set().union(*(_classes(change, before) for before, _ in sides[:1]))
        mine += [item for item in left if item.rule == "class-removed" and _plain(item.subject) in gone]
        left = [item for item in left if item not in mine]
        result.append(replace(change, also=tuple(f"Python: {item.message}" for item in mine)))
    return _join_required(result), left


def _join_required(wire: list[Change]) -> list[Change]:
    """Take a list of required members that changed by a rename only for a part of that rename."""
    renamed = {
        (item.subject.rpartition(".")[0], f"+{item.after},-{item.before}")
        for item in wire
        if item.rule == "property-renamed"
    }
    return [
        item
        for item in wire
        if not (item.rule.startswith("required-properties") and (item.subject, item.detail) in renamed)
    ]


def _names(change: Change, document: Document, calls: Calls) -> set[str]:
    """Return the Python subjects that a change on the wire explains, as `_plain` writes them."""
    if change.rule in ("schema-added", "schema-removed"):
        return set()  # the wire does not know names of schemas; Python tells whether one was renamed
    root, _, rest = change.subject.partition(".")
    if root in mapping(mapping(document.get("components")).get("schemas")):
        members = _members(change, rest)
        found = {_plain(f"{root}.{member}") for member in members} or {_plain(root)}
        for method, path, operation in operations(document):
            call = calls.get((method, path))
            if call is not None and _body_schema(operation) == root:
                found |= {_plain(f"{call.name}({snake(member)})") for member in members}
        return found
    for method, path, operation in operations(document):
        call = calls.get((method, path))
        if call is not None and (known_id(operation) or f"{method} {path}") == root:
            if not rest:
                return {_plain(call.name)}
            place, _, name = rest.partition(".")
            if place in ("query", "header", "path", "cookie", "body"):
                return {_plain(f"{call.name}({snake(item)})") for item in _members(change, name)}
    return set()


def _classes(change: Change, before: Document) -> set[str]:
    """Return the classes that an operation or a member which is gone stood on, as `_plain` writes them."""
    named = mapping(mapping(before.get("components")).get("schemas"))
    if change.rule == "operation-removed":
        found = [
            item
            for method, path, item in operations(before)
            if (known_id(item) or f"{method} {path}") == change.subject
        ]
    elif change.rule == "property-removed":
        root, _, member = change.subject.partition(".")
        found = [members_of(before, named.get(root)).get(member) or {}]
    else:
        return set()
    leads = {name: _referred(schema) for name, schema in named.items()}
    start = _referred(found)
    all_names = start.union(*(reached(leads, name) for name in start))
    inline = (f"{name}{member}" for name in all_names for member in members_of(before, named.get(name)))
    return {_plain(change.subject).replace(".", ""), *map(_plain, all_names), *map(_plain, inline)}


def _referred(part: Any) -> set[str]:
    references = (inner.node.get("$ref") for inner in walk(part) if isinstance(inner.node, dict))
    return {referred_name(reference) for reference in references if isinstance(reference, str)}


def _members(change: Change, name: str) -> set[str]:
    """Return the names of members or parameters a change concerns: both of a rename, all of a list that grew."""
    if change.rule.endswith("-renamed"):
        return {change.before, change.after}
    if change.rule.startswith("required-properties"):
        return {part[1:] for part in change.detail.split(",")}
    return {re.split(r"[.\[{]", name)[0]} if name else set()


def _body_schema(operation: dict[str, Any]) -> str:
    for content in mapping(mapping(operation.get("requestBody")).get("content")).values():
        return str(mapping(mapping(content).get("schema")).get("$ref", "")).rpartition("/")[2]
    return ""


def _plain(subject: str) -> str:
    """Write a subject without what only spelling differs in: `NewMember.e-mail` and `NewMember.e_mail` are one."""
    return re.sub(r"[^0-9a-z.()]", "", subject.lower())
