"""What making costs: our client, and all that `nox -s try` does, beside stock openapi-python-client.

`python -m benchmarks.making FILE…` prints a table in Markdown, a line a document, of ratios to stock. Stock is given the adapted document, finished, which
it accepts; ours start from the file: read, upgrade, adapt, validate, generate. `all` has the pydantic models besides, and every operation is called.
Time is what all processes take of the processors; memory is the peak of the largest process.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.layout import ROOT
from benchmarks.peers import OURS, STOCK, generator_command
from benchmarks.report import show
from benchmarks.rounds import interleave, ratios
from scripts.common.problems import PipelineError, run

# What makes is imported by the measured processes alone: a peak is never told lower than that of the process that started them.
ADAPTED, ALL = "adapted", "all"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.making", description=__doc__)
    parser.add_argument("document", nargs="+", help="files in JSON or YAML, also gzip")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="interleaved rounds (default: 5)")
    parser.add_argument("--part", choices=_PARTS, help="only make this once: what the measured processes do")
    options = parser.parse_args()
    if options.part:
        for name in options.document:
            _PARTS[options.part](name)
        return 0
    if options.rounds < 1:
        raise PipelineError(f"{options.rounds} rounds", where="benchmarks", todo="Give at least one.")
    print("| document | client, time | client, memory | all, time | all, memory |\n| --- | --- | --- | --- | --- |")
    for name in options.document:
        print(f"| {Path(name).name.removesuffix('.gz')} | {' | '.join(compare(name, options.rounds))} |", flush=True)
    return 0


def compare(name: str, rounds: int) -> list[str]:
    """Return the ratios to stock for one document: time and memory of the client, then of all."""
    peaks: dict[str, list[float]] = {part: [] for part in (STOCK, OURS, ALL)}
    with tempfile.TemporaryDirectory(prefix="making-") as place:
        adapted = Path(place) / "openapi.json"
        with adapted.open("wb") as file:
            subprocess.run(_command(ADAPTED, name), cwd=ROOT, stdout=file, check=True)

        def once(part: str) -> float:
            command = _command(part, name)
            if part == STOCK:
                command = generator_command(STOCK, "made", adapted, Path(tempfile.mkdtemp(dir=place)) / "made_client")
            seconds, peak = measured(command)
            peaks[part].append(peak)
            return seconds

        times = interleave(list(peaks), once, rounds=rounds)
    return [show(ratios(values, STOCK)[part]) for part in (OURS, ALL) for values in (times, peaks)]


def _command(part: str, name: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.making", "--part", part, name]


def measured(command: list[str]) -> tuple[float, float]:
    """Run a command and return the seconds of processor that it and its children took, and the peak of the largest of them in MB.

    Raises:
        PipelineError: it fails, or this system does not tell what a process took.
    """
    if not hasattr(os, "wait4"):
        raise PipelineError("this system does not tell what a process took", where="benchmarks", todo="Use a Unix.")
    paths = os.pathsep.join([str(ROOT), str(ROOT / "runtime")])
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    variables = {**os.environ, "PYTHONPATH": paths, "PATH": tools}
    child = os.posix_spawn(command[0], command, variables, file_actions=silent)
    _, status, used = os.wait4(child, 0)
    if status:
        raise PipelineError("the command failed", where=" ".join(command), todo="Run it by hand.")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _adapted(name: str) -> None:
    from scripts.trial.judge import read_document
    from scripts.trial.make import prepare

    print(json.dumps(prepare(name, read_document(name))[1].document))


def _client(name: str) -> None:
    from scripts.generate.derive import client_of
    from scripts.trial.judge import read_document
    from scripts.trial.make import prepare

    with tempfile.TemporaryDirectory(prefix="making-") as place:
        source, derived = prepare(name, read_document(name))
        client_of("made", derived, source, Path(place) / "made_client")


def _everything(name: str) -> None:
    from scripts.trial.judge import judge_named

    verdict = judge_named(name)
    if verdict.outcome != "works":
        raise PipelineError(f"{verdict.outcome}: {verdict.line}", where=name, todo="Measure a document that works.")


_PARTS: dict[str, Callable[[str], None]] = {ADAPTED: _adapted, OURS: _client, ALL: _everything}


if __name__ == "__main__":
    sys.exit(run(main))
