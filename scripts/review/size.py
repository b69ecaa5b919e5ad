"""How large the generated diff is."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from scripts.common.problems import PipelineError
from scripts.review.model import Size


def measure(before: Path, after: Path) -> Size:
    """Count files and lines that differ between two folders; either may be absent.

    Raises:
        PipelineError: git cannot compare them.
    """
    with tempfile.TemporaryDirectory() as empty:
        pair = [str(path) if path.exists() else empty for path in (before, after)]
        command = ["git", "diff", "--no-index", "--no-renames", "--numstat", "--no-ext-diff", *pair]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        found = f"git diff failed: {done.stderr.strip()}"
        raise PipelineError(found, where=after.name, todo="Check the generated folder.")
    rows = [line.split("\t") for line in done.stdout.splitlines() if "__pycache__" not in line]
    added, removed = (sum(int(row[side]) for row in rows if row[side].isdigit()) for side in (0, 1))
    return Size(files=len(rows), added=added, removed=removed)
