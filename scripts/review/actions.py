"""What changed in the overlays: actions that came, went, changed, or do not apply any more."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from scripts.review.model import Change, Impact
from scripts.review.side import Side
from scripts.spec.overlay import Action
from scripts.spec.steps import Step

Key = tuple[str, str, str]  # numbers, target, kind of change

_WORDS = {
    "added": "was added",
    "removed": "was removed",
    "changed": "changes something else now",
    "stale": "is stale: the source no longer says what `x-expect` states",
    "unnecessary": "is unnecessary: the source already says so",
    "unmatched": "matches nothing any more",
    "broken": "does not apply",
}


def compare_actions(vendor: str, before: Side, after: Side) -> list[Change]:
    """Return the changes of overlay actions; one is the same on both sides when ids, target and kind of change are."""
    old, new = _by_key(before.steps), _by_key(after.steps)
    changes = []
    for key in dict.fromkeys([*old, *new]):
        left, right = old.get(key, []), new.get(key, [])
        for earlier, later in zip(left, right, strict=False):
            changes += [_change(vendor, word, later, key, earlier) for word in _differences(earlier, later)]
        changes += [_change(vendor, "removed", step, key) for step in left[len(right) :]]
        for step in right[len(left) :]:
            changes += [_change(vendor, word, step, key) for word in ("added", step.status) if word in _WORDS]
    return changes


def _by_key(steps: list[Step]) -> dict[Key, list[Step]]:
    result: dict[Key, list[Step]] = defaultdict(list)
    for step in steps:
        kind = next((kind for kind in ("update", "copy") if kind in step.action.body), "remove")
        result[", ".join(step.action.ids), step.action.target, kind].append(step)
    return dict(result)


def _content(action: Action) -> Any:
    return {key: value for key, value in action.body.items() if key in ("update", "copy", "remove")}


def _differences(earlier: Step, later: Step) -> Iterator[str]:
    if _content(earlier.action) != _content(later.action):
        yield "changed"
    if later.status != "applied" and earlier.status != later.status:
        yield later.status


def _change(vendor: str, word: str, step: Step, key: Key, earlier: Step | None = None) -> Change:
    (ids, target, kind), action = key, step.action
    place = f"{action.file.rpartition('/')[2]} #{action.number}, {kind}"
    reason = " ".join(action.description.split())
    values = [_content(item.action) for item in (earlier, step) if item and word == "changed"] or [None, None]
    old, new = (json.dumps(value, ensure_ascii=False, default=str) if value else "" for value in values)
    return Change(
        vendor,
        "overlay",
        f"action-{word}",
        ids,
        f"{ids}: the action on `{target}` ({place}) {_WORDS[word]}. {reason}",
        Impact.PATCH if word in ("added", "removed", "changed") else Impact.NONE,
        detail=f"{kind} {target}",
        before=old,
        after=new,
    )
