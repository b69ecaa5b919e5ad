"""What making costs, beside stock."""

from __future__ import annotations

import sys

import pytest

from benchmarks.making import measured
from scripts.common.problems import PipelineError


def test_the_time_and_the_peak_are_those_of_the_command_and_its_children() -> None:
    """Time is that of the processors, children included; the peak is that of the largest process."""
    child = "import time; kept = bytearray(60_000_000); [None for _ in range(3_000_000)]"
    idle = (
        "import subprocess, sys, time; time.sleep(0.3); subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
    )
    seconds, peak = measured([sys.executable, "-c", idle, child])
    bare, _ = measured([sys.executable, "-c", "import time; time.sleep(0.5)"])
    assert seconds > bare
    assert peak > 60


def test_a_command_that_fails_is_named() -> None:
    """What a failed command took is no figure."""
    with pytest.raises(PipelineError, match="the command failed"):
        measured([sys.executable, "-c", "raise SystemExit(3)"])
