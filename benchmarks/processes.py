"""Measuring whole processes: seconds from start to end, and the peak of their resident memory."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import Environment, clean_environment
from scripts.common.problems import PipelineError

HAS_PEAK = Path("/proc/self/status").is_file()


@dataclass(frozen=True)
class Run:
    """One process: seconds, and what it printed."""

    seconds: float
    output: str


def run_program(environment: Environment, program: str, *, what: str) -> Run:
    """Run a program in an environment and time it.

    Raises:
        PipelineError: it ends with an error; its last line is quoted.
    """
    command = [str(environment.python), "-c", program]
    variables = clean_environment()
    started = time.perf_counter()
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise PipelineError(f"the program failed: {last[:200]}", where=what, todo="Run it by hand in its environment.")
    return Run(seconds, done.stdout.strip())
