"""How large the generated diff is."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from scripts.common.problems import PipelineError
from scripts.review.model import Size


def measure(before: Path, after: Path) -> Size:
    """Count files and lines that differ between two folders; either may be absent.

    Raises:
        PipelineError: git cannot compare them.
    """
    if not before.exists() and not after.exists():
        return Size()
    pair = [str(path) if path.exists() else "/dev/null" for path in (before, after)]
    if "/dev/null" in pair:
        return _count_all(after if after.exists() else before, added=after.exists())
    command = ["git", "diff", "--no-index", "--no-renames", "--numstat", "-z", "--no-ext-diff", *pair]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise PipelineError(
            f"git diff failed: {done.stderr.strip()}", where=after.name, todo="Check the generated folder."
        )
    counts = [head for head, names in _read_numstat(done.stdout) if not any("__pycache__" in name for name in names)]
    return Size(
        files=len(counts), added=sum(added for added, _ in counts), removed=sum(removed for _, removed in counts)
    )


def _read_numstat(output: str) -> Iterator[tuple[tuple[int, int], tuple[str, str]]]:
    """Read `--numstat -z` of two folders: added TAB removed TAB, then both names as fields of their own; counts of binary files are `-`."""
    fields = iter(output.split("\0"))
    for head in fields:
        if head.count("\t") == 2:
            added, removed, _ = head.split("\t")
            yield (_number(added), _number(removed)), (next(fields, ""), next(fields, ""))


def _count_all(folder: Path, *, added: bool) -> Size:
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    return Size(files=len(files), added=lines if added else 0, removed=0 if added else lines)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
