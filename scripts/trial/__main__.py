"""`nox -s try -- FILE|URL …`: what a client of any document would be, and whether its calls are what the document says.

For each document: read, upgrade, adapt, generate in a temporary folder, call every operation sync and async against a server on 127.0.0.1, and compare
with the document. `works`: every operation of it is there and conforms. `refused`: the document, or one of its operations, is refused by name.
`wrong`: a call or a reply differs. `crashed`: a fault of this pipeline. The exit code is 0 only if all work.
"""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.status import Status

from scripts.common.problems import run
from scripts.common.report import console, print_table
from scripts.trial.fleet import GIBIBYTES, SECONDS, judge_each
from scripts.trial.verdict import Verdict

SHOWN = 20  # lines of each kind for one document


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        prog="nox -s try --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    document = "a file (JSON, YAML, also gzip) or an https address"
    parser.add_argument("document", nargs="+", metavar="FILE|URL", help=document)
    parser.add_argument("--json", action="store_true", help="print one JSON object a line for each document")
    parser.add_argument("--jobs", type=_positive, default=2, help="how many documents at once (default: %(default)s)")
    seconds = "what one document may take (default: %(default)s)"
    parser.add_argument("--seconds", type=_positive, default=int(SECONDS), help=seconds)
    memory = "what memory one document may take (default: %(default)s)"
    parser.add_argument("--gibibytes", type=_positive, default=GIBIBYTES, help=memory)
    options = parser.parse_args()
    verdicts = []
    shown = Console(quiet=True) if options.json else console
    if not shown.is_terminal:
        shown.print(f"Trying {len(options.document)} …")
    with Status("starting", console=shown) as status:
        for verdict in judge_each(
            options.document,
            jobs=options.jobs,
            seconds=options.seconds,
            gibibytes=options.gibibytes,
            say=lambda name, step: status.update(f"{name}: {step}"),
        ):
            verdicts.append(verdict)
            if options.json:
                print(verdict.as_json(), flush=True)
            else:
                _details(verdict)
    if not options.json:
        _table(verdicts)
    return 0 if all(verdict.outcome == "works" for verdict in verdicts) else 1


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is below 1")
    return number


def _details(verdict: Verdict) -> None:
    for title, lines in (("adapted", verdict.adapted), ("wrong", verdict.faults)):
        for line in lines[:SHOWN]:
            console.print(f"  {title} {line}", markup=False)
        if len(lines) > SHOWN:
            console.print(f"  {title} {len(lines) - SHOWN} more", markup=False)


def _table(verdicts: list[Verdict]) -> None:
    numbers = ["operations", "called", "conform", "adapted", "seconds"]
    rows = [
        (v.document, v.outcome, v.operations, v.called, v.conform, v.adaptations, f"{v.seconds:.1f}", v.line)
        for v in verdicts
    ]
    print_table("Tried", ["document", "outcome", *numbers, "what"], rows, right=numbers)


if __name__ == "__main__":
    sys.exit(run(main))
