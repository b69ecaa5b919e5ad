"""Notes about places of a document, each put at the innermost part around it that a page shows; what overlay actions changed, as such notes."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.common.jsonpath import Place
from scripts.spec.steps import GONE, Step


@dataclass(frozen=True)
class Note:
    """Hold one note: `kind` is `correction`, `new`, `changed` or `breaks`; `label` stands in its first line."""

    place: Place
    kind: str
    label: str
    lines: tuple[str, ...] = ()
    reason: str = ""
    evidence: str = ""
    until: str = ""


class Placed:
    """Answer which notes stand at a part, given every place a page shows."""

    def __init__(self, notes: Iterable[Note], shown: Iterable[Place]) -> None:
        known = {(), *shown}
        self._at: dict[Place, list[Note]] = {}
        for note in notes:
            self._at.setdefault(innermost(note.place, known), []).append(note)

    def at(self, place: Place) -> Sequence[Note]:
        """Return the notes of exactly this part."""
        return self._at.get(place, ())

    def under(self, *places: Place) -> list[str]:
        """Return the kinds of notes at some parts and below them, sorted; what is new below a part is a change of it."""
        return sorted(
            {
                "changed" if note.kind == "new" and at not in places else note.kind
                for at, notes in self._at.items()
                if any(at[: len(place)] == place for place in places)
                for note in notes
            }
        )


def innermost(place: Place, known: Container[Place]) -> Place:
    """Return the innermost known place around a place; the document itself, (), has to be known."""
    while place not in known:
        place = place[:-1]
    return place


_LONGEST = 160


def correction_notes(steps: list[Step], shown: Iterable[Place]) -> list[Note]:
    """Return one note for each shown part that applied actions changed; actions of one number at one part are one note."""
    known = {(), *shown}
    found: dict[tuple[Place, tuple[str, ...]], list[tuple[str, Any, Any, Step]]] = {}
    for step in steps:
        for touch in step.touches if step.status == "applied" else ():
            for place, before, after in _leaves(touch.place, touch.before, touch.after):
                part = innermost(place, known)
                member = ".".join(map(str, place[len(part) :]))
                found.setdefault((part, step.action.ids), []).append((member, before, after, step))
    return [_note(place, ids, leaves) for (place, ids), leaves in found.items()]


def _leaves(place: Place, before: Any, after: Any) -> Iterator[tuple[Place, Any, Any]]:
    """Split what an action did at a place into the single values that differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key, GONE), after.get(key, GONE)
            if old is GONE or new is GONE:
                yield (*place, key), old, new
            elif old != new:
                yield from _leaves((*place, key), old, new)
    elif isinstance(before, list) and isinstance(after, list) and after[: len(before)] == before:
        for index in range(len(before), len(after)):
            yield (*place, index), GONE, after[index]
    elif before != after:
        yield place, before, after


def _note(place: Place, ids: tuple[str, ...], leaves: list[tuple[str, Any, Any, Step]]) -> Note:
    values: dict[str, tuple[Any, Any]] = {}
    for member, before, after, _ in leaves:
        # Of several changes of one member the first before and the last after count.
        values[member] = (values.get(member, (before,))[0], after)
    actions = list({id(step.action): step.action for *_, step in leaves}.values())
    return Note(
        place,
        "correction",
        ", ".join(ids),
        tuple(_line(member, *pair) for member, pair in values.items() if pair[0] is not pair[1] and pair[0] != pair[1]),
        "\n\n".join(dict.fromkeys(action.description for action in actions)),
        " · ".join(dict.fromkeys(action.evidence for action in actions)),
        " · ".join(dict.fromkeys(str(action.body["x-until"]) for action in actions if action.body.get("x-until"))),
    )


def _line(member: str, before: Any, after: Any) -> str:
    head = f"{member}: " if member else ""
    if before is GONE:
        return f"{head}added, {_short(after)}"
    if after is GONE:
        return f"{head}removed; the source has {_short(before)}"
    same = 0
    if isinstance(before, str) and isinstance(after, str) and len(before) > _LONGEST:
        pairs = enumerate(zip(before, after, strict=False))
        same = max(next((n for n, (a, b) in pairs if a != b), min(len(before), len(after))) - 20, 0)
    old, new = (f"…{value[same:]}" if same else value for value in (before, after))
    return f"{head}the source has {_short(old)}; here it is {_short(new)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
