"""What changed in the overlays: actions that came, went, changed, or do not apply any more."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from scripts.review.model import Change, Impact
from scripts.review.side import Side
from scripts.spec.overlay import Action
from scripts.spec.steps import Step

Key = tuple[str, str, str]  # numbers, target, kind of change

_LOST = {
    "stale": "is stale: the source no longer says what `x-expect` states",
    "unnecessary": "is unnecessary: the source already says so",
    "unmatched": "matches nothing any more",
    "broken": "does not apply",
}


def compare_actions(vendor: str, before: Side | None, after: Side) -> list[Change]:
    """Return the changes of overlay actions; one is the same on both sides when ids, target and kind of change are."""
    old, new = _by_key(before.steps if before else []), _by_key(after.steps)
    changes = _moved(vendor, old, new)
    for key in dict.fromkeys([*old, *new]):
        left, right = old.get(key, []), new.get(key, [])
        for earlier, later in zip(left, right, strict=False):
            changes += _compare(vendor, earlier, later, key)
        changes += [
            _change(vendor, "action-removed", step, key, "was removed", Impact.PATCH) for step in left[len(right) :]
        ]
        changes += [
            _change(vendor, "action-added", step, key, "was added", Impact.PATCH) for step in right[len(left) :]
        ]
        changes += [
            _change(vendor, f"action-{step.status}", step, key, _LOST[step.status], Impact.NONE)
            for step in right[len(left) :]
            if step.status != "applied"
        ]
    return changes


def _moved(vendor: str, old: dict[Key, list[Step]], new: dict[Key, list[Step]]) -> list[Change]:
    """Pair actions that do the same for the same numbers at another target, and take them out of both sides."""
    changes: list[Change] = []
    for key, right in new.items():
        for later in right[len(old.get(key, [])) :]:
            for other, left in old.items():
                spare = left[len(new.get(other, [])) :]
                earlier = next((step for step in spare if _content(step.action) == _content(later.action)), None)
                if earlier is not None and (other[0], other[2]) == (key[0], key[2]):
                    left.remove(earlier)
                    right.remove(later)
                    words = f"acted on `{other[1]}` before"
                    changes.append(_change(vendor, "action-retargeted", later, key, words, Impact.NONE))
                    break
    return changes


def _by_key(steps: list[Step]) -> dict[Key, list[Step]]:
    result: dict[Key, list[Step]] = defaultdict(list)
    for step in steps:
        result[", ".join(step.action.ids), step.action.target, _kind(step.action)].append(step)
    return dict(result)


def _kind(action: Action) -> str:
    return next((kind for kind in ("update", "copy") if kind in action.body), "remove")


def _content(action: Action) -> Any:
    return {key: value for key, value in action.body.items() if key in ("update", "copy", "remove")}


def _compare(vendor: str, earlier: Step, later: Step, key: Key) -> list[Change]:
    changes = []
    if _content(earlier.action) != _content(later.action):
        changes.append(
            _change(
                vendor,
                "action-changed",
                later,
                key,
                "changes something else now",
                Impact.PATCH,
                _content(earlier.action),
                _content(later.action),
            )
        )
    elif earlier.action.body != later.action.body:
        changes.append(
            _change(
                vendor, "action-reworded", later, key, "has another description, evidence or condition", Impact.NONE
            )
        )
    if later.status != "applied" and earlier.status != later.status:
        changes.append(_change(vendor, f"action-{later.status}", later, key, _LOST[later.status], Impact.NONE))
    return changes


def _change(
    vendor: str,
    rule: str,
    step: Step,
    key: Key,
    words: str,
    impact: Impact,
    before: Any = None,
    after: Any = None,
) -> Change:
    ids, target, kind = key
    action = step.action
    return Change(
        vendor=vendor,
        layer="overlay",
        rule=rule,
        subject=ids,
        detail=f"{kind} {target}",
        message=f"{ids}: the action on `{target}` ({action.file.rpartition('/')[2]} #{action.number}, {kind}) {words}. {' '.join(action.description.split())}",
        impact=impact,
        before=_json(before),
        after=_json(after),
        editorial=rule == "action-reworded",
    )


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
