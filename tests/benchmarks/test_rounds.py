"""What makes a figure of the benchmarks true: order, ratios, verdicts, and programs that see nothing of their caller."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import pytest

from benchmarks.environments import Environment
from benchmarks.figures import Goal, Result
from benchmarks.layout import LOCKS, ROOT
from benchmarks.making import measured
from benchmarks.peers import OURS, STOCK
from benchmarks.processes import run_program
from benchmarks.report import verdict
from benchmarks.rounds import Spread, interleave, ratios


def test_rounds_are_interleaved_and_compared_one_by_one() -> None:
    """Every subject is measured once a round in the rotated order; a busy round slows both sides, so its ratio stays; what is empty is subtracted."""
    asked: list[str] = []

    def measure(name: str) -> float:
        asked.append(name)
        return float(len(asked))

    assert {"a": [1.0, 4.0, 5.0], "b": [2.0, 3.0, 6.0]} == interleave(["a", "b"], measure, rounds=3)
    assert ["a", "b", "b", "a", "a", "b"] == asked
    assert Spread(0.5, 0.25, 0.5) == ratios({"ours": [1.0, 10.0, 2.0], "base": [2.0, 20.0, 8.0]}, "base")["ours"]
    found = ratios({"ours": [3.0, 5.0], "base": [5.0, 11.0], "bare": [1.0, 3.0]}, "base", empty="bare")
    assert {"ours": Spread(0.375, 0.25, 0.5), "base": Spread(1.0, 1.0, 1.0)} == found


@pytest.mark.parametrize(
    ("median", "goal", "expected"), [(0.28, Goal(0.28), "met"), (0.2801, Goal(0.28), "MISSED"), (9.0, None, "–")]
)
def test_a_missed_goal_is_called_missed(median: float, goal: Goal | None, expected: str) -> None:
    """The median decides, and no rounding helps it."""
    result = Result("key", "title", "s", goal, STOCK, 1, {OURS: Spread(median, 0.1, 1.0)}, {})
    assert expected == verdict(result)


def test_time_and_peak_are_those_of_the_command_and_its_children() -> None:
    """Time is that of the processors, children included; the peak is that of the largest process."""
    child = "kept = bytearray(60_000_000); [None for _ in range(3_000_000)]"
    run = (
        "import subprocess, sys, time; time.sleep(0.3); subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
    )
    seconds, peak = measured([sys.executable, "-c", run, child])
    assert (True, True) == (seconds > measured([sys.executable, "-c", "import time; time.sleep(0.5)"])[0], peak > 60)


def test_measured_programs_see_nothing_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an import path nor a proxy of the caller reaches them, and they write no bytecode."""

    class Here(Environment):
        @property
        def python(self) -> Path:
            return Path(sys.executable)

    monkeypatch.setenv("PYTHONPATH", "somewhere")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com")
    names = "PYTHONPATH HTTP_PROXY PYTHONDONTWRITEBYTECODE"
    program = f"import json, os; print(json.dumps([os.environ.get(n) for n in '{names}'.split()]))"
    assert [None, None, "1"] == json.loads(run_program(Here("none"), program, what="test").output)


def test_our_environment_has_what_the_project_declares() -> None:
    """Nothing more and nothing less than the dependencies of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (LOCKS / "ours.in").read_text(encoding="utf-8").splitlines()
    assert sorted(project["dependencies"]) == sorted(line for line in lines if not line.startswith("#"))
