"""Overlay corrections at the place where they act: what the vendor's page says, what we say, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scripts.common.jsonpath import Place
from scripts.review.preview.markup import Markup, code, join, prose, tag
from scripts.review.side import GONE, Step
from scripts.spec.overlay import Action

ABSENT: Any = object()


@dataclass(frozen=True)
class Leaf:
    """Hold one value that an action changed; `ABSENT` stands for no value."""

    place: Place
    before: Any
    after: Any
    action: Action


@dataclass
class Correction:
    """Collect what the actions of one number did at one rendered part: member → (value of the source, value now)."""

    values: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)

    def add(self, member: str, leaf: Leaf) -> None:
        """Take in one more value; of several changes of one member the first before and the last after count."""
        first = self.values[member][0] if member in self.values else leaf.before
        self.values[member] = (first, leaf.after)
        if leaf.action not in self.actions:
            self.actions.append(leaf.action)


class Notes:
    """Hand out each correction once, to the innermost part that is rendered around it; inner parts are rendered first."""

    def __init__(self, steps: list[Step]) -> None:
        applied = [step for step in steps if step.status == "applied"]
        self._open = [
            leaf
            for step in applied
            for touch in step.touches
            for leaf in leaves(touch.place, touch.before, touch.after, step.action)
        ]
        self.actions = len(applied)
        self.numbers = {number for step in applied for number in step.action.ids}

    def take(self, place: Place) -> Markup:
        """Return the notes for a part at `place` and everything below it that no inner part has taken."""
        size = len(place)
        mine = [leaf for leaf in self._open if leaf.place[:size] == place]
        if not mine:
            return Markup("")
        self._open = [leaf for leaf in self._open if leaf.place[:size] != place]
        found: dict[tuple[str, ...], Correction] = {}
        for leaf in mine:
            name = ".".join(map(str, leaf.place[size:])) or "this part"
            found.setdefault(leaf.action.ids, Correction()).add(name, leaf)
        return join(*(_write(", ".join(ids), correction) for ids, correction in found.items()))


def leaves(place: Place, before: Any, after: Any, action: Action) -> Iterator[Leaf]:
    """Split what an action did at a place into the single values that differ."""
    if after is GONE:
        yield Leaf(place, before, ABSENT, action)
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            if key not in before:
                yield Leaf((*place, key), ABSENT, after[key], action)
            elif key not in after:
                yield Leaf((*place, key), before[key], ABSENT, action)
            elif before[key] != after[key]:
                yield from leaves((*place, key), before[key], after[key], action)
    elif (
        isinstance(before, list)
        and isinstance(after, list)
        and after[: len(before)] == before
        and isinstance((after[len(before) :] or [None])[0], dict)
    ):
        for index in range(len(before), len(after)):
            yield Leaf((*place, index), ABSENT, after[index], action)
    elif before != after:
        yield Leaf(place, before, after, action)


def _write(numbers: str, correction: Correction) -> Markup:
    lines = [
        tag("li", tag("b", member), ": the vendor's page says ", _value(before), "; we say ", _value(after), ".")
        for member, (before, after) in correction.values.items()
        if before is not after and before != after
    ]
    first = correction.actions[0]
    evidence = dict.fromkeys(action.evidence for action in correction.actions)
    until = dict.fromkeys(str(action.body["x-until"]) for action in correction.actions if action.body.get("x-until"))
    # A reference to a shared part, such as an error reply every operation gets, is told in a line: the shared part has the reasons.
    if all(
        before is ABSENT and isinstance(after, dict) and set(after) == {"$ref"}
        for before, after in correction.values.values()
    ):
        names = [name for name in correction.values if name != "this part"]
        what = f": {', '.join(names)}" if names else ""
        return tag("p", f"Added by an overlay, because {numbers}{what}.", class_="addition", title=" · ".join(evidence))
    return tag(
        "aside",
        tag(
            "p",
            tag("b", f"Corrected, because {numbers}"),
            tag("span", first.file.rpartition("/")[2], class_="file"),
            class_="head",
        ),
        tag("ul", *lines) if lines else None,
        *(tag("div", prose(action.description), class_="why") for action in correction.actions),
        tag("p", "Evidence: ", " · ".join(evidence), class_="small"),
        tag("p", "Until: ", " · ".join(until), class_="small") if until else None,
        class_="correction",
        data_numbers=numbers,
    )


def _value(value: Any) -> Markup:
    return tag("i", "nothing") if value is ABSENT else code(value)
