"""`nox -s try -- FILE|URL …`: what a client of any document would be, and whether its calls are what the document says."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from scripts.common.problems import run
from scripts.common.report import console, print_table
from scripts.trial.judge import judge_named


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="nox -s try --", description=__doc__)
    parser.add_argument("document", nargs="+", help="a file (JSON, YAML, gzip) or an address")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line for each document")
    parser.add_argument("--jobs", type=int, default=2, help="how many documents at once (default: 2)")
    options = parser.parse_args()
    verdicts = []
    with ProcessPoolExecutor(max(1, options.jobs), mp_context=get_context("spawn"), max_tasks_per_child=50) as pool:
        for verdict in pool.map(judge_named, options.document):
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
