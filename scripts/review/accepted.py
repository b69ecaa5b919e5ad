"""The breaks that were accepted: a reviewed file with the id of each, a reason, and the version it will appear in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml
from scripts.review.model import Change
from scripts.review.versioning import Version

NAME = "changes/accepted-breaks.yaml"
HEAD = """# Breaks that were accepted: id (one, or a list for one cause), reason, version. See docs/contributing.md, `Accept a break`.
# Add entries below, or run `nox -s review -- --accept ID --reason REASON`.
"""
NO_REASON = "…"  # what a printed entry holds until somebody writes the reason
_TODO = "Give id (one or a list), reason and version."


@dataclass(frozen=True)
class Accepted:
    """Hold one accepted break."""

    id: str
    reason: str
    version: Version


def read_accepted(root: Path) -> list[Accepted]:
    """Read the accepted breaks; no file means none.

    Raises:
        PipelineError: an entry lacks id, reason or version, or lists an id twice.
    """
    path = root / NAME
    if not path.is_file():
        return []
    raw = load_yaml(path, name=NAME) or []
    if not isinstance(raw, list):
        raise PipelineError("it is not a list", where=NAME, todo=_TODO)
    entries = [entry for number, item in enumerate(raw, start=1) for entry in _read(item, number)]
    seen: set[tuple[str, Version]] = set()
    for entry in entries:
        if (entry.id, entry.version) in seen:
            raise PipelineError(f"{entry.id} is accepted twice for {entry.version}", where=NAME, todo="Keep one entry.")
        seen.add((entry.id, entry.version))
    return entries


def _read(item: Any, number: int) -> list[Accepted]:
    where = f"{NAME}, entry {number}"
    if not isinstance(item, dict):
        raise PipelineError("it is not a mapping", where=where, todo=_TODO)
    unknown = sorted(set(item) - {"id", "reason", "version"})
    if unknown:
        raise PipelineError(f"unknown member {unknown[0]!r}", where=where, todo=_TODO)
    listed = item.get("id")
    ids = [
        name for name in (listed if isinstance(listed, list) else [listed]) if isinstance(name, str) and name.strip()
    ]
    if not ids or (isinstance(listed, list) and len(ids) < len(listed)):
        raise PipelineError("it has no id", where=where, todo=_TODO)
    if not isinstance(item.get("reason"), str) or item["reason"].strip() in ("", NO_REASON):
        raise PipelineError("it has no reason", where=where, todo="Say why users are worth the break.")
    return [
        Accepted(name, " ".join(item["reason"].split()), Version.parse(str(item.get("version", "")), where=where))
        for name in ids
    ]


def write_entry(ids: Sequence[str], reason: str, version: Version) -> str:
    """Return one entry as it is written into the file."""
    quoted = ["'" + name.replace("'", "''") + "'" for name in ids]
    listed = quoted[0] if len(quoted) == 1 else "\n" + "\n".join(f"    - {name}" for name in quoted)
    told = "'" + " ".join(reason.split()).replace("'", "''") + "'"
    return f"- id: {listed}\n  reason: {told}\n  version: {version}\n".replace("id: \n", "id:\n")


def accept(root: Path, ids: Sequence[str], reason: str, version: Version) -> None:
    """Add an entry to the file; what is in it stays as it is.

    Raises:
        PipelineError: there is no reason, or the file is malformed.
    """
    if reason.strip() in ("", NO_REASON):
        raise PipelineError("it is empty", where="review --reason", todo="Say why users are worth the break.")
    entries = read_accepted(root)
    path = root / NAME
    text = path.read_text(encoding="utf-8") if path.is_file() else HEAD
    if not entries:  # an empty list, written out, cannot be followed by entries
        text = "".join(line for line in text.splitlines(keepends=True) if line.strip() != "[]")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.rstrip("\n") + "\n" + write_entry(ids, reason, version), encoding="utf-8", newline="\n")


def split_breaks(
    breaks: list[Change], accepted: list[Accepted], *, released: Version
) -> tuple[dict[str, Accepted], list[Change]]:
    """Return id → entry for accepted breaks, and the breaks nobody accepted.

    An entry for a version that is out already accepts nothing: the same break, made again, needs a new entry.
    """
    valid = {entry.id: entry for entry in accepted if entry.version > released}
    return {change.id: valid[change.id] for change in breaks if change.id in valid}, [
        change for change in breaks if change.id not in valid
    ]
