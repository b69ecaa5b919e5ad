"""Notes about places of a document, each put at the innermost part around it that a page shows."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from scripts.common.jsonpath import Place


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
