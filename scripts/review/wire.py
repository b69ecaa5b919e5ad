"""What changed on the wire: operations, parameters, bodies, replies, schemas."""

from __future__ import annotations

import re
from typing import Any

from scripts.common.document import METHODS, join_pointer, operations, split_pointer
from scripts.common.names import known_id
from scripts.common.node import run_redocly
from scripts.common.yaml_io import dump_json
from scripts.review.align import align
from scripts.review.model import Change, Impact
from scripts.review.subjects import name_part
from scripts.spec.steps import copied

_EDITORIAL = frozenset({"description", "summary", "title", "examples", "example", "externalDocs", "x-undocumented"})
_EVIDENCE = frozenset({"x-provenance", "x-confidence", "x-evidence-ids"})  # compared by grades.py
_WIDEST = {None, "int64", "double"}  # formats that are the type itself

Key = tuple[str, str]  # method in upper case, path


def compare_wire(vendor: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return every change between two effective specs, breaking ones first."""
    kept, changes = match_operations(vendor, before, after)
    old, new = _only(before, kept, renamed=True), _only(after, kept, renamed=False)
    if old != new:
        old, new = copied(old), copied(new)
        _without_idle_security(old, new)
        align(old, new, (old, new))
        files = {"before.json": dump_json(old), "after.json": dump_json(new)}
        report = run_redocly(files, "diff", *files, "--fail-on=none", "--lint-config=off", where=vendor)
        changes += [
            change
            for item in pair_members(report["changes"])
            if (change := read_change(vendor, item, old, new)) is not None
        ]
    unique = {(change.id, change.pointer): change for change in changes}
    return sorted(unique.values(), key=lambda change: (-change.impact, change.editorial, change.id))


def match_operations(vendor: str, before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[Key, Key], list[Change]]:
    """Pair the operations of two specs by method and path, then by the operationId that users know; return the pairs (new → old) and the changes.

    `redocly diff` takes a removed and an added path for a renamed one when they look alike, so it is given the pairs only.
    """
    old = {(method, path): operation for method, path, operation in operations(before)}
    new = {(method, path): operation for method, path, operation in operations(after)}
    shapes = {(method, _shape(path)): (method, path) for method, path in old}
    by_id = {known_id(operation): key for key, operation in old.items()}
    pairs: dict[Key, Key] = {}
    for key in new:
        found = key if key in old else shapes.get((key[0], _shape(key[1])))
        if found is not None:
            pairs[key] = found
    changes: list[Change] = []
    for key, operation in new.items():
        origin = by_id.get(known_id(operation)) if known_id(operation) else None
        if key not in pairs and origin is not None and origin not in pairs.values():
            pairs[key] = origin
            changes.append(_moved(vendor, operation, origin, key))
    changes += [_present(vendor, "added", new[key], key) for key in new if key not in pairs]
    changes += [_present(vendor, "removed", old[key], key) for key in old if key not in pairs.values()]
    return pairs, changes


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _name(operation: dict[str, Any], key: Key) -> str:
    return known_id(operation) or f"{key[0]} {key[1]}"


def _moved(vendor: str, operation: dict[str, Any], old: Key, new: Key) -> Change:
    before, after, name = f"{old[0]} {old[1]}", f"{new[0]} {new[1]}", _name(operation, new)
    return Change(
        vendor,
        "spec",
        "operation-moved",
        name,
        f"`{name}` moved from `{before}` to `{after}`.",
        Impact.MAJOR,
        detail=f"{before}->{after}",
        before=before,
        after=after,
        pointer=join_pointer(("paths", new[1], new[0].lower())),
    )


def _present(vendor: str, verb: str, operation: dict[str, Any], key: Key) -> Change:
    name = _name(operation, key)
    message = f"Operation `{name}` (`{key[0]} {key[1]}`) was {verb}."
    impact = Impact.MINOR if verb == "added" else Impact.MAJOR
    pointer = join_pointer(("paths", key[1], key[0].lower())) if verb == "added" else ""
    return Change(vendor, "spec", f"operation-{verb}", name, message, impact, pointer=pointer)


def _only(document: dict[str, Any], pairs: dict[Key, Key], *, renamed: bool) -> dict[str, Any]:
    """Return the document with the paired operations only, those of the older side under the path of the newer."""
    result = {**document, "paths": {}}
    for new, old in pairs.items():
        method, path = old if renamed else new
        item = document["paths"][path]
        target = result["paths"].setdefault(new[1], {key: value for key, value in item.items() if key not in METHODS})
        target[new[0].lower()] = item[method.lower()]
    return result


def _without_idle_security(*documents: dict[str, Any]) -> None:
    """Drop the security of the whole document where every operation states its own: nothing uses it."""
    if all("security" in operation for document in documents for _, _, operation in operations(document)):
        for document in documents:
            document.pop("security", None)


def read_change(vendor: str, item: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> Change | None:
    """Turn one change of `redocly diff` into ours; changes of evidence are left to the layer that knows them."""
    old, new = item.get("base") or {}, item.get("revision") or {}
    # Where one side is a component of its own, the other tells where it is used.
    depths = [str(side.get("pointer", "")).count("/") for side in (old, new)]
    newer = item["kind"] != "removed" and "pointer" in new and depths[0] <= depths[1]
    pointer = str(new["pointer"] if newer else old.get("pointer", item["path"]))
    document = after if newer else before
    name = item.get("property")
    parts = split_pointer(pointer)
    if _EVIDENCE & {*parts, name}:
        return None
    subject, was, now = name_part(pointer, document), old.get("value"), new.get("value")
    rule, message = _told(item, parts, was, now)
    is_change = item["kind"] not in ("added", "removed")
    if is_change and name in ("key", "name") and rule.endswith("-removed"):
        return renamed_member(vendor, rule.removesuffix("removed") + "renamed", subject, item, pointer)
    # No request carries an operationId; the Python layer tells what it renames.
    silent = name == "operationId" or (name == "format" and {was, now} <= _WIDEST)
    impact = Impact.PATCH if silent else Impact[item["impact"].upper()]
    # A list that was not there had nothing in it.
    lists = [was or [], now or []] if isinstance(was or now, list) and name == "required" else [was, now]
    detail = _detail(*lists) if is_change else ""
    if rule == "schema-constraint-changed":  # which of them, so that two at one place stay apart
        detail = f"{name or parts[-1]} {_plain(was)}->{_plain(now)}"
    example = "Example" in item["typeName"] or bool(_EDITORIAL & set(parts[-2:]))
    return Change(
        vendor,
        "spec",
        rule,
        subject,
        f"`{subject}`: {message}",
        impact,
        detail=detail,
        before=_show(was),
        after=_show(now),
        pointer=pointer if newer else join_pointer(tuple(parts[:-1])),
        editorial=impact is Impact.PATCH and (name in _EDITORIAL or example),
    )


def _told(item: dict[str, Any], parts: list[str], was: Any, now: Any) -> tuple[str, str]:
    """Return rule and message of a change: those of redocly's verdicts where it has some."""
    kind = item["kind"] if item["kind"] in ("added", "removed") else "changed"
    name = item.get("property")
    plain = str(name or item["typeName"]).lstrip("#")
    if verdicts := item.get("verdicts"):
        rule = str(verdicts[0]["ruleId"])
        if rule == "schema-type-changed":
            return rule, _type_message(was, now)
        return rule, " ".join(dict.fromkeys(str(verdict["message"]) for verdict in verdicts))
    if kind == "added" and item["typeName"] == "Schema" and parts[-2:-1] == ["properties"]:
        return "property-added", f"property added ({_type(now)})."
    message = f"`{plain}` {kind}" if name else f"{_kebab(plain).replace('-', ' ')} {kind}"
    values = f": {_show(was)} → {_show(now)}" if kind == "changed" and name not in _EDITORIAL else ""
    return _kebab(f"{plain}-{kind}"), f"{message}{values}."


def _type_message(before: Any, after: Any) -> str:
    """Say of a type whether everything stays possible and more, less, or something else."""
    old, new = (set(value) if isinstance(value, list) else {value} for value in (before, after))
    old, new = (kinds | {"integer"} if "number" in kinds else kinds for kinds in (old, new))
    word = "widened" if old < new else "narrowed" if new < old else "changed"
    return f"type {word}: {_plain(before)} → {_plain(after)}."


def _kebab(text: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", text).lower()


def _type(schema: Any) -> str:
    if not isinstance(schema, dict):
        return "any"
    reference = schema.get("$ref")
    return str(reference).rpartition("/")[2] if reference else _plain(schema.get("type", "any"))


def _detail(before: Any, after: Any) -> str:
    """Write what distinguishes one change of a value from another: members that came and went, or old and new."""
    if isinstance(before, list) and isinstance(after, list):
        old, new = [_plain(item) for item in before], [_plain(item) for item in after]
        came, went = (f"+{item}" for item in new if item not in old), (f"-{item}" for item in old if item not in new)
        return ",".join([*came, *went])
    return f"{_plain(before)}->{_plain(after)}"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(_plain(item) for item in value)
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _show(value: Any, *, longest: int = 90) -> str:
    if isinstance(value, dict):
        return "…"
    text = " ".join(_plain(value).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


_SAMPLES = frozenset({"example", "examples"})


def pair_members(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items with a member that went and the only one that came beside it, told by the same words, as one rename."""
    found: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {}
    for item in items:
        side = {"removed": "base", "added": "revision"}.get(item["kind"])
        parts = split_pointer(str((item.get(side or "") or {}).get("pointer", "")))
        if side and item["typeName"] == "Schema" and parts[-2:-1] == ["properties"]:
            value = item[side].get("value")
            words = (
                {key: part for key, part in value.items() if key not in _SAMPLES} if isinstance(value, dict) else value
            )
            key = f"{join_pointer(tuple(parts[:-1]))} {dump_json(words)}"
            found.setdefault(key, ([], []))[side == "revision"].append(item)
    result = list(items)
    for gone, come in found.values():
        if len(gone) == len(come) == 1:
            old, new = gone[0], come[0]
            names = [split_pointer(str(item[side]["pointer"]))[-1] for item, side in ((old, "base"), (new, "revision"))]
            joined = {
                **old,
                "kind": "modified",
                "property": "key",
                "base": {**old["base"], "value": names[0]},
                "revision": {**new["revision"], "value": names[1]},
            }
            result[result.index(old)] = joined
            result.remove(new)
    return result


def renamed_member(vendor: str, rule: str, subject: str, item: dict[str, Any], pointer: str) -> Change:
    """Return the rename of a member or a parameter, named by its old name."""
    old, new = str(item["base"].get("value")), str(item["revision"].get("value"))
    subject = f"{subject.removesuffix(new)}{old}"
    message = f"`{subject}`: renamed to `{new}`."
    impact = Impact[item["impact"].upper()]
    return Change(vendor, "spec", rule, subject, message, impact, new, before=old, after=new, pointer=pointer)
