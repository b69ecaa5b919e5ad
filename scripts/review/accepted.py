"""The breaks that were accepted: a reviewed file with the id of each, a reason, and the version it will appear in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from packaging.version import Version

from scripts.common.records import Text, read_records
from scripts.common.yaml_io import dump_yaml, load_yaml
from scripts.review.model import Change

NAME = "changes/accepted-breaks.yaml"
NO_REASON = "…"  # what a printed entry holds until somebody writes the reason
_TODO = "Give id (one or a list), a reason and a version of three numbers."


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    id: Text | Annotated[list[Text], msgspec.Meta(min_length=1)]
    reason: Annotated[str, msgspec.Meta(pattern=rf"[^\s{NO_REASON}]")]
    version: Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+\.\d+$")]


@dataclass(frozen=True)
class Accepted:
    """Hold one accepted break."""

    id: str
    reason: str
    version: Version


def read_accepted(root: Path) -> list[Accepted]:
    """Read the accepted breaks; no file means none.

    Raises:
        PipelineError: an entry lacks id, reason or version.
    """
    path = root / NAME
    raw = load_yaml(path, name=NAME) if path.is_file() else None
    return [
        Accepted(name, " ".join(entry.reason.split()), Version(entry.version))
        for entry in read_records(raw or [], list[_Entry], where=NAME, todo=_TODO)
        for name in ([entry.id] if isinstance(entry.id, str) else entry.id)
    ]


def write_entry(ids: Sequence[str], reason: str, version: Version) -> str:
    """Return one entry as it is written into the file."""
    listed = ids[0] if len(ids) == 1 else list(ids)
    return dump_yaml([{"id": listed, "reason": " ".join(reason.split()), "version": str(version)}])


def split_breaks(
    breaks: list[Change], accepted: list[Accepted], *, released: Version
) -> tuple[dict[str, Accepted], list[Change]]:
    """Return id → entry for accepted breaks, and the breaks nobody accepted.

    An entry for a version that is out already accepts nothing: the same break, made again, needs a new entry.
    """
    valid = [(_pattern(entry.id), entry) for entry in accepted if entry.version > released]
    found = {
        change.id: entry for change in breaks for pattern, entry in reversed(valid) if pattern.fullmatch(change.id)
    }
    return found, [change for change in breaks if change.id not in found]


def _pattern(text: str) -> re.Pattern[str]:
    """Return what an id stands for: itself, and any words where it has a star."""
    return re.compile(".*".join(map(re.escape, text.split("*"))))
