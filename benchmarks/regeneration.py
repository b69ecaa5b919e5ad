"""Measuring generation: all vendors from nothing, beside the stock generator on the same specs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figures import Goal, Result, Setting
from benchmarks.layout import BUILD, ROOT
from benchmarks.peers import OURS, STOCK, generate
from benchmarks.rounds import interleave, ratios, spread
from scripts.common.layout import find_vendors
from scripts.common.problems import PipelineError

_INPUTS = ("specs", "overlays", "docs/evidence", "pyproject.toml")


def regenerate_figure(setting: Setting) -> list[Result]:
    """Measure `nox -s regenerate` in an empty copy, against stock generation of the effective specs one after another."""
    rounds = max(1, setting.rounds // 5)
    specs = {vendor.slug: vendor.generated / "openapi.yaml" for vendor in find_vendors()}

    def once(name: str) -> float:
        setting.say(f"regenerate: {name}")
        folder = _empty(BUILD / "regenerate" / ("ours" if name == OURS else "stock"))
        if name == OURS:
            _copy_inputs(folder)
            return _seconds_of_ours(folder)
        started = time.perf_counter()
        for slug, spec in specs.items():
            generate(STOCK, slug, spec, folder / f"{slug}_client")
        return time.perf_counter() - started

    times = interleave([OURS, STOCK], once, rounds=rounds)
    notes = {
        OURS: "sources, overlays, validation, clients with facade, pydantic models, import of every module, manifests",
        STOCK: "clients only, from finished specs",
    }
    absolute = {name: spread(values) for name, values in times.items()}
    title = "regenerate all four vendors from nothing"
    return [Result("regenerate", title, "s", Goal(1.0), STOCK, rounds, ratios(times, STOCK), absolute, notes)]


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _copy_inputs(folder: Path) -> None:
    for name in _INPUTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        elif (ROOT / name).is_file():
            shutil.copy(ROOT / name, folder / name)


def _seconds_of_ours(folder: Path) -> float:
    command = [sys.executable, "-m", "scripts.regenerate", "--root", str(folder)]
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise PipelineError(f"regenerate failed: {last[:200]}", where="benchmarks", todo="Run `nox -s regenerate`.")
    return seconds
