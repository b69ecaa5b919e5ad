"""Marks of what is new, changed or gone against the base."""

from __future__ import annotations

from scripts.review.preview.facts import Facts
from scripts.review.preview.markup import Markup, code, join, tag

NEW, CHANGED, GONE, SAME = "new", "changed", "gone", ""


def state(before: Facts | None, after: Facts, *, compared: bool) -> str:
    """Return the state of a part: `compared` is false when there is no base to compare with."""
    if not compared:
        return SAME
    if before is None:
        return NEW
    return CHANGED if before != after else SAME


def chip(word: str) -> Markup:
    """Write the chip of a state, or nothing."""
    return tag("span", word, class_=f"chip {word}") if word else Markup("")


def was(before: Facts | None, after: Facts) -> Markup:
    """Write what a changed part said before."""
    if before is None or before == after:
        return Markup("")
    lines = [
        tag(
            "li",
            tag("b", member),
            " was ",
            code(before[member]) if member in before else tag("i", "not stated"),
            ", is ",
            code(after[member]) if member in after else tag("i", "not stated"),
        )
        for member in dict.fromkeys([*after, *before])
        if before.get(member) != after.get(member)
    ]
    return tag("ul", *lines, class_="was")


def gone(names: list[str], what: str) -> Markup:
    """Write the names of parts that were removed."""
    return join(*(tag("p", chip(GONE), f" {what} ", tag("del", tag("code", name)), class_="removed") for name in names))
