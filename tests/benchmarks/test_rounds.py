"""The arithmetic of the benchmarks: order, ratios, verdicts."""

from __future__ import annotations

import pytest

from benchmarks.figures import Goal, Result
from benchmarks.peers import OURS, STOCK
from benchmarks.report import show, verdict
from benchmarks.rounds import Spread, interleave, ratios, rotated, spread


def test_order_rotates() -> None:
    """Each subject comes first once in as many rounds as there are subjects."""
    assert [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"], ["a", "b", "c"]] == [
        rotated(["a", "b", "c"], turn) for turn in range(4)
    ]


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


def test_no_values_are_refused() -> None:
    """A figure that was not measured has no spread."""
    with pytest.raises(ValueError, match="at least one value"):
        spread([])


@pytest.mark.parametrize(
    ("median", "goal", "expected"),
    [(0.28, Goal(0.28), "met"), (0.2801, Goal(0.28), "MISSED"), (9.0, None, "–")],
)
def test_a_missed_goal_is_called_missed(median: float, goal: Goal | None, expected: str) -> None:
    """The median decides, and no rounding helps it."""
    result = Result("key", "title", "s", goal, STOCK, 1, {OURS: Spread(median, 0.1, 1.0)}, {})
    assert expected == verdict(result)


def test_peers_are_listed_least_first_without_ours_and_base() -> None:
    """The table names the peers in the order of their values."""
    values = {OURS: 1.0, STOCK: 1.0, "slow": 3.0, "fast": 2.0}
    result = Result("key", "title", "s", None, STOCK, 1, {n: spread([v]) for n, v in values.items()}, {})
    assert ["fast", "slow"] == [name for name, _ in result.peers()]


def test_spread_is_shown_with_its_range() -> None:
    """Small ratios keep three digits after the point."""
    assert "0.066 (0.061–0.11)" == show(Spread(0.0664, 0.0611, 0.1111))
    assert "11.0 MB (10.9–12.3)" == show(Spread(11.02, 10.94, 12.3), " MB")
