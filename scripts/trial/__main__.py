"""`nox -s try -- FILE|URL …`: what a client of any document would be, and whether its calls are what the document says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from scripts.common.problems import run
from scripts.common.report import console, print_table
from scripts.trial.judge import Verdict, judge_named

_BATCH = 50  # documents of one process


def _judge_all(names: list[str], jobs: int) -> Iterator[Verdict]:
    # New processes after a while, so that memory does not grow; `max_tasks_per_child` of Python 3.11 can stop for good when they change.
    size = _BATCH * jobs
    for start in range(0, len(names), size):
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            yield from pool.map(judge_named, names[start : start + size])


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="nox -s try --", description=__doc__)
    parser.add_argument("document", nargs="+", help="a file (JSON, YAML, gzip) or an address")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line for each document")
    parser.add_argument("--jobs", type=int, default=2, help="how many documents at once (default: 2)")
    options = parser.parse_args()
    verdicts = []
    for verdict in _judge_all(options.document, max(1, options.jobs)):
        verdicts.append(verdict)
        if options.json:
            print(verdict.as_json(), flush=True)
        else:
            for line in [
                *(f"  adapted {item}" for item in verdict.adapted[:20]),
                *(f"  {item}" for item in verdict.faults[:20]),
            ]:
                console.print(line, markup=False)
    if not options.json:
        rows = [
            (v.document, v.outcome, v.operations, v.called, v.conform, v.adaptations, f"{v.seconds:.1f}", v.line)
            for v in verdicts
        ]
        numbers = ["operations", "called", "conform", "adapted", "seconds"]
        print_table("Tried", ["document", "outcome", *numbers, "what"], rows, right=numbers)
    return 0 if all(verdict.outcome == "works" for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(run(main))
