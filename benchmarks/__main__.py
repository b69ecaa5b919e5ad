"""`nox -s bench`: measure the clients beside their peers, print the table, and with `--save` write `benchmarks/RESULTS.md`."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from time import monotonic

from benchmarks.concurrency import concurrency_figures
from benchmarks.figures import Result, Setting, call_figures, cold_figure, import_figures, read_figure, write_figure
from benchmarks.growth import growth_figures
from benchmarks.layout import BUILD, RESULTS
from benchmarks.peers import HTTPX, LOCKS, OURS, RAW, STOCK, Peers, prepare
from benchmarks.regeneration import regenerate_figure
from benchmarks.report import print_results, write_results
from benchmarks.server import running
from scripts.common.problems import PipelineError, run
from scripts.common.report import console

FIGURES: dict[str, Callable[[Setting], list[Result]]] = {
    "import": import_figures,
    "cold": cold_figure,
    "read": read_figure,
    "write": write_figure,
    "call": call_figures,
    "concurrency": concurrency_figures,
    "regenerate": regenerate_figure,
    "growth": growth_figures,
}
_NEEDED = (OURS, STOCK, HTTPX)


def measure(names: list[str], *, rounds: int, fresh: bool) -> tuple[list[Result], Peers]:
    """Prepare what the figures need and measure them; `fresh` makes every environment and package anew."""
    if fresh:
        shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True, exist_ok=True)
    wanted = [OURS, STOCK, *RAW] if names == ["concurrency"] else list(LOCKS)
    peers = Peers() if names == ["regenerate"] else prepare(wanted, growth="growth" in names, say=console.print)
    if names != ["regenerate"]:
        for name in _NEEDED:
            if name in peers.skipped:
                raise PipelineError(
                    f"{name} is needed: {peers.skipped[name]}", where="benchmarks", todo="Correct that."
                )
    results: list[Result] = []
    with running() as base_url:
        setting = Setting(peers.environments, base_url, rounds, console.print)
        for name in names:
            console.print(f"measuring: {name}")
            results.extend(FIGURES[name](setting))
    return results, peers


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description="Measure the clients beside their peers.")
    parser.add_argument("figure", nargs="*", help=f"only these: {', '.join(FIGURES)} (default: all)")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="interleaved rounds (default: 15)")
    parser.add_argument(
        "--quick", action="store_true", help="three rounds, without growth and concurrency: to see that it runs"
    )
    parser.add_argument("--save", action="store_true", help="write benchmarks/RESULTS.md")
    parser.add_argument("--check", action="store_true", help="end with exit code 1 when a goal is missed")
    parser.add_argument("--fresh", action="store_true", help="make every environment and package anew")
    options = parser.parse_args()
    unknown = [name for name in options.figure if name not in FIGURES]
    if unknown:
        raise PipelineError(f"unknown figure {unknown[0]!r}", where="benchmarks", todo=f"Known: {', '.join(FIGURES)}.")
    rounds = 3 if options.quick else options.rounds
    if rounds < 1:
        raise PipelineError(f"{rounds} rounds", where="benchmarks", todo="Give at least one.")
    chosen = options.figure or [name for name in FIGURES if not (options.quick and name in ("growth", "concurrency"))]
    begun = monotonic()
    results, peers = measure(chosen, rounds=rounds, fresh=options.fresh)
    print_results(results, peers)
    if options.save:
        write_results(results, peers, arguments=sys.argv[1:])
        console.print(f"written: benchmarks/{RESULTS.name}")
    missed = [result.title for result in results if result.met is False]
    minutes = (monotonic() - begun) / 60
    told = f"{': ' + '; '.join(missed) if missed else ''}."
    console.print(f"{len(results)} figures in {minutes:.0f} minutes, {len(missed)} goals missed{told}")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(run(main))
