"""Renames of members and parameters on the wire: one that went and one that came are one change when they are one thing."""

from __future__ import annotations

from typing import Any

from scripts.common.document import join_pointer, split_pointer
from scripts.common.yaml_io import dump_json
from scripts.review.model import Change, Impact

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
