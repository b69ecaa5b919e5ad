"""Where the benchmarks keep things: everything that is made lies below `build/bench/`."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
BUILD = ROOT / "build" / "bench"
LOCKS = HERE / "locks"
WORKERS = HERE / "workers"
RESULTS = HERE / "RESULTS.md"

GROWTH = (200, 800, 3000)
"""Operations of the synthetic specs."""


def growth_name(operations: int) -> str:
    """Return the slug of a synthetic spec, from which package names are made."""
    return f"growth{operations}"
