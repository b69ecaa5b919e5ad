"""Interleaved measuring: every subject once a round, in an order that rotates, so that a busy moment hits all alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """Median of some values with the least and the greatest."""

    median: float
    least: float
    greatest: float


def spread(values: Sequence[float]) -> Spread:
    """Return the median with the range; raise `ValueError` for no values."""
    if not values:
        raise ValueError("a spread needs at least one value")
    return Spread(median(values), min(values), max(values))


def rotated(names: Sequence[str], turn: int) -> list[str]:
    """Return the names in the order of a round: each comes first, second … equally often."""
    start = turn % len(names)
    return [*names[start:], *names[:start]]


def interleave(
    names: Sequence[str], measure: Callable[[str], float], *, rounds: int, progress: Callable[[int], None] | None = None
) -> dict[str, list[float]]:
    """Measure every name once a round and return the values in the order of the rounds."""
    values: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        for name in rotated(names, turn):
            values[name].append(measure(name))
        if progress is not None:
            progress(turn + 1)
    return values


def ratios(values: Mapping[str, Sequence[float]], base: str, *, empty: str = "") -> dict[str, Spread]:
    """Return each subject's spread of per-round ratios to the base.

    `empty` names a subject whose value of the same round is subtracted from both sides, such as a bare interpreter.
    """
    nothing = values[empty] if empty else [0.0] * len(values[base])
    found = {}
    for name, own in values.items():
        if name == empty:
            continue
        rows = zip(own, values[base], nothing, strict=True)
        found[name] = spread([(value - zero) / (whole - zero) for value, whole, zero in rows])
    return found
