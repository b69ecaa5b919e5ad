"""The table on the screen, and `benchmarks/RESULTS.md`."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from benchmarks.figures import Result
from benchmarks.layout import LOCKS, RESULTS
from benchmarks.peers import OURS, STOCK, Peers, installed
from benchmarks.rounds import Spread
from scripts.common.report import print_table

_SHOWN = ("httpx", "httpcore", "attrs", "msgspec", "pydantic", "urllib3", "anyio")
_GENERATORS = ("openapi-python-client", "datamodel-code-generator", "ruff")


def show(value: Spread, unit: str = "") -> str:
    """Write a median with its range, to three significant places or so."""
    return f"{_number(value.median)}{unit} ({_number(value.least)}–{_number(value.greatest)})"


def _number(value: float) -> str:
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def _seconds(value: Spread) -> str:
    if value.median >= 1:
        return show(value, " s")
    return show(Spread(value.median * 1e3, value.least * 1e3, value.greatest * 1e3), " ms")


def _unit(result: Result) -> str:
    return " MB" if result.unit == "MB" else ""


def verdict(result: Result) -> str:
    """Say whether the goal is met."""
    if result.goal is None:
        return "–"
    return "met" if result.met else "MISSED"


def _goal(result: Result) -> str:
    return "–" if result.goal is None else f"≤ {_number(result.goal.most)}{_unit(result)}"


def _peers(result: Result) -> str:
    return "; ".join(f"{name} {_number(value.median)}" for name, value in result.peers()) or "–"


def print_results(results: Iterable[Result], peers: Peers) -> None:
    """Print every figure with its goal, what was measured, and the peers."""
    rows = [(r.title, r.base or "absolute", _goal(r), show(r.ours, _unit(r)), verdict(r), _peers(r)) for r in results]
    print_table("Benchmarks", ["figure", "compared with", "goal", "ours (min–max)", "goal is", "peers"], rows)
    for name, reason in peers.skipped.items():
        print(f"skipped: {name}: {reason}", file=sys.stderr)


def write_results(results: Sequence[Result], peers: Peers, *, arguments: Sequence[str]) -> None:
    """Write `benchmarks/RESULTS.md`."""
    RESULTS.write_text("\n".join(_lines(results, peers, arguments)) + "\n", encoding="utf-8", newline="\n")


def _lines(results: Sequence[Result], peers: Peers, arguments: Sequence[str]) -> Iterable[str]:
    yield "# Benchmark results"
    yield ""
    command = " ".join(["nox -s bench", *(["--", *arguments] if arguments else [])])
    yield f"Measured on {datetime.now(UTC):%Y-%m-%d} by `{command}` on {machine()}; {_load()}."
    yield "Ratios are the result; absolute figures belong to that machine. How each figure is taken: `docs/performance.md`."
    yield "Every ratio is the median of the ratios of single rounds, with the least and the greatest; lower is better."
    yield ""
    yield from _table(
        ["figure", "compared with", "goal", "ours (min–max)", "goal is", "best peer when the goal was set"],
        (
            [r.title, r.base or "absolute", _goal(r), show(r.ours, _unit(r)), verdict(r), r.goal.peer]
            for r in results
            if r.goal is not None
        ),
    )
    for result in results:
        if result.key not in ("growth", "concurrency"):
            yield from _section(result)
    yield from _concurrency([result for result in results if result.key == "concurrency"])
    yield from _growth([result for result in results if result.key == "growth"])
    if peers.notes or peers.skipped:
        yield from ["", "## Not alike", ""]
        yield from (f"- {note}" for note in peers.notes)
        yield from (f"- skipped: {name}: {reason}" for name, reason in peers.skipped.items())
    yield from ["", "## Versions", ""]
    yield from _versions(peers)


def _section(result: Result) -> Iterable[str]:
    base = f"1.00 is {result.base}; " if result.base else ""
    yield from [
        "",
        f"## {result.title[0].upper()}{result.title[1:]}",
        "",
        f"{base}{result.rounds} rounds; {result.unit}.",
        "",
    ]
    head = ["subject", f"ratio to {result.base}" if result.base else "median (min–max)"]
    absolute = bool(result.absolute)
    rows = []
    for name, value in sorted(result.compared.items(), key=lambda item: item[1].median):
        own = [f"**{name}**" if name == OURS else name, show(value, _unit(result))]
        rows.append([*own, *([_seconds(result.absolute[name])] if absolute else []), result.notes.get(name, "")])
    yield from _table([*head, *(["time (min–max)"] if absolute else []), "remarks"], rows)


def _growth(results: Sequence[Result]) -> Iterable[str]:
    if not results:
        return
    yield from ["", "## How cost grows with the number of operations", ""]
    yield "Synthetic specs with five operations and six schemas for each resource; time as ratio to stock, memory in MB."
    yield ""
    rows = [[r.title, str(r.rounds), f"**{show(r.ours, _unit(r))}**", _own(r), _peers(r)] for r in results]
    yield from _table(["figure", "rounds", "ours (min–max)", "ours and stock, time", "peers"], rows)


def _concurrency(results: Sequence[Result]) -> Iterable[str]:
    if not results:
        return
    yield from ["", "## Many calls at once", ""]
    yield "Calls a second and CPU time of one call; at most 100 connections for everybody, the server in a process of its own."
    yield ""
    names = list(results[0].absolute)
    rows = []
    for result in results:
        if result.absolute:
            cells = [
                f"{1 / result.absolute[name].median:.0f}/s, {result.notes[name]}" if name in result.absolute else ""
                for name in names
            ]
            rows.append([result.title, *cells])
    yield from _table(["", *names], rows)


def _own(result: Result) -> str:
    return " and ".join(_seconds(result.absolute[name]) for name in (OURS, STOCK) if name in result.absolute)


def _versions(peers: Peers) -> Iterable[str]:
    own = [f"{name} {version(name)}" for name in _GENERATORS]
    other = (LOCKS / "generators.in").read_text(encoding="utf-8").splitlines()[-1].replace("==", " ")
    yield f"Generators: {', '.join([*own, other])}."
    yield ""
    rows = []
    for name, environment in peers.environments.items():
        found = installed(environment)
        rows.append([name, ", ".join(f"{package} {found[package]}" for package in _SHOWN if package in found)])
    yield from _table(["environment", "installed"], rows)


def machine() -> str:
    """Describe the machine in general words."""
    system = platform.system()
    return f"{os.cpu_count()} cores ({platform.machine()}), {system}, {platform.python_implementation()} {platform.python_version()}"


def _load() -> str:
    """Say how busy the machine was, since figures that use several cores depend on it."""
    if not hasattr(os, "getloadavg"):
        return "load unknown"
    return f"average load of the last quarter of an hour {os.getloadavg()[2]:.1f}, the benchmark itself included"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join(' --- ' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(cell or '–' for cell in row)} |"
