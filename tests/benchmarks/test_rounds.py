"""The arithmetic of the benchmarks: order, ratios, verdicts."""

from __future__ import annotations

import pytest

from benchmarks.figures import Goal, Result
from benchmarks.peers import OURS, STOCK
from benchmarks.report import verdict
from benchmarks.rounds import Spread, interleave, ratios


def test_every_subject_is_measured_once_a_round() -> None:
    """Rounds are interleaved in the rotated order, and values stay in the order of the rounds."""
    asked: list[str] = []

    def measure(name: str) -> float:
        asked.append(name)
        return float(len(asked))

    values = interleave(["a", "b"], measure, rounds=3)
    assert ["a", "b", "b", "a", "a", "b"] == asked
    assert {"a": [1.0, 4.0, 5.0], "b": [2.0, 3.0, 6.0]} == values


def test_ratios_are_taken_round_by_round() -> None:
    """A busy round slows both sides, so the ratio of that round stays; the ratio of medians would not."""
    values = {"ours": [1.0, 10.0, 2.0], "base": [2.0, 20.0, 8.0]}
    assert Spread(0.5, 0.25, 0.5) == ratios(values, "base")["ours"]
    assert Spread(1.0, 1.0, 1.0) == ratios(values, "base")["base"]


def test_an_empty_subject_is_subtracted_and_left_out() -> None:
    """The bare interpreter of the same round is taken from both sides."""
    found = ratios({"ours": [3.0, 5.0], "base": [5.0, 11.0], "bare": [1.0, 3.0]}, "base", empty="bare")
    assert {"ours": Spread(0.375, 0.25, 0.5), "base": Spread(1.0, 1.0, 1.0)} == found


@pytest.mark.parametrize(
    ("median", "goal", "expected"),
    [(0.28, Goal(0.28), "met"), (0.2801, Goal(0.28), "MISSED"), (9.0, None, "–")],
)
def test_a_missed_goal_is_called_missed(median: float, goal: Goal | None, expected: str) -> None:
    """The median decides, and no rounding helps it."""
    result = Result("key", "title", "s", goal, STOCK, 1, {OURS: Spread(median, 0.1, 1.0)}, {})
    assert expected == verdict(result)
