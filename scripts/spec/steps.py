"""Apply overlay actions one by one, and keep what each of them found and left."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from typing import Any, Literal

from scripts.common.jsonpath import Place, find_places, value_at
from scripts.common.problems import PipelineError
from scripts.spec.overlay import Action, apply_overlay

Status = Literal["applied", "stale", "unnecessary", "unmatched", "broken"]
GONE: Any = object()  # the value at a place that is no more

_WORDS: tuple[tuple[str, Status], ...] = (
    ("the overlay is stale", "stale"),
    ("changes nothing", "unnecessary"),
    ("matches nothing", "unmatched"),
)


@dataclass(frozen=True)
class Touch:
    """Hold what one action did at one place."""

    place: Place
    before: Any
    after: Any


@dataclass(frozen=True)
class Step:
    """Hold what one overlay action did, or why it did nothing."""

    action: Action
    status: Status
    touches: tuple[Touch, ...] = ()
    error: str = ""


class _Borrowed:
    """Stand for a document that is changed in place: a copy for every action would cost seconds on a large spec."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return self._document


def copied(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a document, several times faster than `deepcopy`."""
    result: dict[str, Any] = pickle.loads(pickle.dumps(document, pickle.HIGHEST_PROTOCOL))  # noqa: S301 - our own bytes
    return result


def apply_in_place(document: dict[str, Any], actions: list[Action]) -> tuple[Place, ...]:
    """Apply actions to the document itself, and return the places; after a `PipelineError` it is of no use any more."""
    return tuple(place for one in apply_overlay(_Borrowed(document), actions)[1] for place in one.places)


def run_steps(source: dict[str, Any], actions: list[Action]) -> tuple[list[Step], dict[str, Any]]:
    """Apply the actions one by one, passing over those that fail; return the steps and the document they give."""
    document = copied(source)
    steps: list[Step] = []
    for action in actions:
        before: list[tuple[Place, Any]] = []
        try:
            before = [
                (place, copy.deepcopy(value_at(document, place))) for place in find_places(action.target, document)
            ]
            apply_in_place(document, [action])
        except (PipelineError, ValueError) as problem:
            _restore(document, before)
            steps.append(Step(action, _status(str(problem)), error=str(problem)))
            continue
        gone = action.body.get("remove") is True
        touches = (
            Touch(place, old, GONE if gone else copy.deepcopy(value_at(document, place))) for place, old in before
        )
        steps.append(Step(action, "applied", tuple(touches)))
    return steps, document


def _restore(document: dict[str, Any], before: list[tuple[Place, Any]]) -> None:
    """Put back what an action changed at its first places before it failed at a later one."""
    for place, old in before:
        if place:
            value_at(document, place[:-1])[place[-1]] = old


def _status(error: str) -> Status:
    for words, status in _WORDS:
        if words in error:
            return status
    return "broken"
