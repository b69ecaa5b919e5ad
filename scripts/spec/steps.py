"""Apply overlay actions one by one, and keep what each of them found and left."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterable, Iterator
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


def copied(document: Any) -> Any:
    """Return a copy of a document, several times faster than `deepcopy`."""
    return pickle.loads(pickle.dumps(document, pickle.HIGHEST_PROTOCOL))  # noqa: S301 - our own bytes


def apply_in_place(document: dict[str, Any], actions: list[Action]) -> tuple[Place, ...]:
    """Apply actions to the document itself, and return the places; after a `PipelineError` it is of no use any more."""
    return tuple(place for one in apply_overlay(_Borrowed(document), actions)[1] for place in one.places)


def walk_steps(
    source: dict[str, Any], actions: Iterable[Action]
) -> Iterator[tuple[Step, dict[str, Any], dict[str, Any]]]:
    """Apply the actions one by one, passing over those that fail; yield each step with the document before and after, not to be changed."""
    document = source
    for action in actions:
        try:
            places = find_places(action.target, document)
            made = _apart(document, places)
            apply_in_place(made, [action])
        except (PipelineError, ValueError) as problem:
            yield Step(action, _status(str(problem)), error=str(problem)), document, document
            continue
        gone = action.body.get("remove") is True
        touches = (Touch(place, value_at(document, place), GONE if gone else value_at(made, place)) for place in places)
        yield Step(action, "applied", tuple(touches)), document, made
        document = made


def run_steps(source: dict[str, Any], actions: Iterable[Action]) -> tuple[list[Step], dict[str, Any]]:
    """Apply the actions one by one, passing over those that fail; return the steps and the document they give."""
    done = list(walk_steps(source, actions))
    return [step for step, _, _ in done], copied(done[-1][2] if done else source)


def _apart(document: dict[str, Any], places: Iterable[Place]) -> dict[str, Any]:
    """Return a document of which what is at some places can be changed; the rest it shares with the given one."""
    made = {"": document}
    for place in sorted((("", *place) for place in places), key=len):
        node: Any = made
        for step in place[:-1]:
            node[step] = copy.copy(node[step])
            node = node[step]
        node[place[-1]] = copied(node[place[-1]])
    return made[""]


def _status(error: str) -> Status:
    for words, status in _WORDS:
        if words in error:
            return status
    return "broken"
