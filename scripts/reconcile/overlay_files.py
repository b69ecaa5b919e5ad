"""Rewrite overlay files action by action: what stays keeps its text, comments and line breaks included."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from scripts.common.layout import Vendor
from scripts.common.yaml_io import dump_yaml
from scripts.reconcile.moves import Move


def rewrite(vendor: Vendor, moves: Iterable[Move]) -> dict[Path, str | None]:
    """Return file → its new text, None for a file that has no action left; files that stay as they are are left out."""
    by_file: dict[str, dict[int, Move]] = {}
    for move in moves:
        by_file.setdefault(move.action.file, {})[move.action.number] = move
    result: dict[Path, str | None] = {}
    for path in vendor.overlays():
        fates = by_file.get(vendor.show(path), {})
        if any(move.fate != "kept" for move in fates.values()):
            result[path] = _rewritten(path.read_text(encoding="utf-8"), fates)
    return result


def _rewritten(text: str, fates: dict[int, Move]) -> str | None:
    lines = text.splitlines(keepends=True)
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    actions = next(value for key, value in root.value if key.value == "actions")
    starts = [node.start_mark.line for node in actions.value]
    column = actions.value[0].start_mark.column - 2
    ends = [*starts[1:], len(lines)]
    written = "".join(lines[: starts[0]])
    left = 0
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        move = fates.get(number)
        if move is None or move.fate == "kept":
            written += "".join(lines[start:end])
            left += 1
        elif move.fate == "moved":
            written += textwrap.indent(dump_yaml(list(move.actions)), " " * column)
            left += len(move.actions)
    return written if left else None
