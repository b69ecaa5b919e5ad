"""How cost grows with the number of operations: import, memory and generation of synthetic specs."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace

from benchmarks.figures import Result, Setting, measure_imports
from benchmarks.layout import BUILD, GROWTH, growth_name
from benchmarks.peers import GROWING, OURS, STOCK, generate
from benchmarks.rounds import Spread, interleave, ratios, spread
from benchmarks.snippets import BARE, importing

_THING = {"tag": "things3", "operation": "get_thing_3", "model": "Thing3"}


def growth_figures(setting: Setting) -> list[Result]:
    """Measure each size; there are no goals, the three sizes are read beside each other."""
    return [result for operations in GROWTH for result in _one_size(setting, operations)]


def _one_size(setting: Setting, operations: int) -> list[Result]:
    setting.say(f"growth: {operations} operations")
    slug = growth_name(operations)
    names = [name for name in GROWING if name in setting.environments]
    few = replace(setting, rounds=max(1, setting.rounds // 3))
    times, peaks = measure_imports(few, {name: importing(name, slug, **_THING) for name in names})
    found = _result(f"import, {operations} operations", "s", few.rounds, ratios(times, STOCK, empty=BARE))
    found.absolute = {
        name: spread([value - zero for value, zero in zip(values, times[BARE], strict=True)])
        for name, values in times.items()
        if name != BARE
    }
    memory = _result(f"memory, {operations} operations", "MB", few.rounds, {n: spread(v) for n, v in peaks.items()})
    return [found, memory, _generation(few, slug, operations)]


def _generation(setting: Setting, slug: str, operations: int) -> Result:
    spec = BUILD / "specs" / f"{slug}.yaml"
    rounds = max(1, setting.rounds // 2)

    def once(name: str) -> float:
        folder = BUILD / "growth" / ("ours" if name == OURS else "stock")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        started = time.perf_counter()
        generate(name, slug, spec, folder / f"{slug}_client")
        return time.perf_counter() - started

    times = interleave([OURS, STOCK], once, rounds=rounds)
    made = _result(f"generation, {operations} operations", "s", rounds, ratios(times, STOCK))
    made.absolute = {name: spread(values) for name, values in times.items()}
    return made


def _result(title: str, unit: str, rounds: int, compared: dict[str, Spread]) -> Result:
    base = STOCK if unit == "s" else ""
    return Result("growth", title, unit, None, base, rounds, compared, {})
