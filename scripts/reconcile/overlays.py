"""Which overlay actions still fit the vendor's file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from scripts.common.document import METHODS
from scripts.common.problems import PipelineError
from scripts.reconcile.match import Match
from scripts.reconcile.operation import Operation
from scripts.spec.overlay import Action, apply_overlay

State = Literal["applies", "moved", "stale"]

# `['/users/{userId}'].get` or `["/users"]['get']`: the operation a target names, if it names one.
_NAMED = re.compile(rf"\[(['\"])(/[^'\"]*)\1\](?:\.({'|'.join(METHODS)})\b|\[(['\"])({'|'.join(METHODS)})\4\])?")
_BY_ID = re.compile(r"\$\.paths\[\*\]\[\?@\.operationId == (['\"])([^'\"]+)\1\]")


@dataclass(frozen=True)
class ActionState:
    """Tell how one action fares on the vendor's file: `moved` actions fit at `target`; stale ones say why."""

    action: Action
    state: State
    target: str = ""
    reason: str = ""


def check_actions(document: Any, actions: Iterable[Action], matches: Iterable[Match]) -> list[ActionState]:
    """Apply each action in turn, at its own target or where its operation moved to; a stale one is passed over."""
    matches = list(matches)
    moves = {(match.before.path, match.before.method.lower()): match.after for match in matches}
    by_id = {match.before.operation_id: match.after for match in matches}
    states = []
    for action in actions:
        try:
            document, _ = apply_overlay(document, [action])
            states.append(ActionState(action, "applies"))
            continue
        except PipelineError as problem:
            reason = f"{problem.found}. {problem.todo}"
        target = _moved_target(action.target, moves, by_id)
        if target != action.target:
            try:
                document, _ = apply_overlay(document, [replace(action, target=target)])
                states.append(ActionState(action, "moved", target, reason))
                continue
            except PipelineError as problem:
                reason = f"At {target}: {problem.found}. {problem.todo}"
        states.append(ActionState(action, "stale", reason=reason))
    return states


def _moved_target(target: str, moves: Mapping[tuple[str, str], Operation], by_id: Mapping[str, Operation]) -> str:
    def move(found: re.Match[str]) -> str:
        path, method = found[2], found[3] or found[5]
        if method:
            after = moves.get((path, method))
            return _select(after) if after else found[0]
        paths = {after.path for (old, _), after in moves.items() if old == path}
        return f"['{paths.pop()}']" if len(paths) == 1 else found[0]

    def move_by_id(found: re.Match[str]) -> str:
        after = by_id.get(found[2])
        return f"$.paths{_select(after)}" if after else found[0]

    return _BY_ID.sub(move_by_id, _NAMED.sub(move, target))


def _select(operation: Operation) -> str:
    return f"['{operation.path}'].{operation.method.lower()}"
