"""Changelog fragments: one file a pull request below `changes/`, written for users of the clients."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts.common.problems import PipelineError
from scripts.review.model import Change, Impact

FOLDER = "changes"
MARK = "**breaks**"
_HEAD = re.compile(r"bump: (major|minor|patch)\n")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_ENTRY = re.compile(r"- (\*\*breaks\*\* )?\S")
_LAYERS = {"spec": "wire", "python": "Python"}


@dataclass(frozen=True)
class Fragment:
    """Hold one fragment: how much of the version it moves, and its lines below the headings of vendors."""

    name: str
    bump: Impact
    sections: dict[str, list[str]]


def fragment_path(root: Path, name: str) -> Path:
    """Return where a fragment of this name is kept.

    Raises:
        PipelineError: the name is not lower case words joined by hyphens.
    """
    if not _NAME.fullmatch(name):
        raise PipelineError(
            f"{name!r} is no name for a fragment",
            where=FOLDER,
            todo="Use lower case words joined by hyphens, such as guest-tags.",
        )
    return root / FOLDER / f"{name}.md"


def read_fragments(root: Path) -> list[Fragment]:
    """Read every fragment, by name.

    Raises:
        PipelineError: one of them has another form; the message names file and line.
    """
    paths = sorted(path for path in (root / FOLDER).glob("*.md") if path.name != "README.md")
    return [parse_fragment(path.read_text(encoding="utf-8"), name=path.stem) for path in paths]


def parse_fragment(text: str, *, name: str) -> Fragment:
    """Read one fragment.

    Raises:
        PipelineError: the first line is no bump, a line is neither heading nor entry, or an entry breaks while the bump is not major.
    """
    where = f"{FOLDER}/{name}.md"
    head = _HEAD.match(text)
    if head is None:
        raise PipelineError(
            "it does not start with its bump",
            where=where,
            todo="Start it with `bump: major`, `bump: minor` or `bump: patch`.",
        )
    sections: dict[str, list[str]] = {}
    heading = ""
    for number, line in enumerate(text.splitlines()[1:], start=2):
        if line.startswith("## "):
            heading = line[3:].strip()
            sections.setdefault(heading, [])
        elif _ENTRY.match(line) and heading:
            sections[heading].append(line)
        elif line.startswith("  ") and heading and sections[heading]:
            sections[heading][-1] += f"\n{line}"
        elif line.strip():
            raise PipelineError(
                f"{line[:60]!r} is neither a heading nor an entry",
                where=f"{where}:{number}",
                todo="Write `## vendor`, then lines that start with `- `.",
            )
    if not any(sections.values()):
        raise PipelineError("it has no entry", where=where, todo="Say what users notice, or delete the file.")
    bump = Impact[head[1].upper()]
    breaking = next((line for lines in sections.values() for line in lines if line.startswith(f"- {MARK}")), None)
    if breaking is not None and bump is not Impact.MAJOR:
        raise PipelineError(
            f"it has an entry that breaks, but says bump: {bump.word}", where=where, todo="Write `bump: major`."
        )
    return Fragment(name, bump, sections)


def propose(changes: Iterable[Change]) -> str:
    """Write a fragment from changes: what users notice, breaks marked; empty when there is nothing to tell."""
    told = [
        change for change in changes if change.impact > Impact.NONE and not change.editorial and change.layer in _LAYERS
    ]
    if not told:
        return ""
    bump = max(change.impact for change in told)
    lines = [f"bump: {bump.word}"]
    for vendor in dict.fromkeys(change.vendor for change in told):
        lines += ["", f"## {vendor}", ""]
        own = [change for change in told if change.vendor == vendor]
        lines += [
            describe(change) for change in sorted(own, key=lambda item: (-item.impact, item.layer != "spec", item.id))
        ]
    return "\n".join(lines) + "\n"


def describe(change: Change) -> str:
    """Write one entry of a fragment."""
    mark = f"{MARK} " if change.breaks else ""
    values = (
        f" {_code(change.before)} → {_code(change.after)}"
        if change.before and change.after and "→" not in change.message
        else ""
    )
    told = f"- {mark}{_LAYERS[change.layer]}: {change.message.rstrip('.')}{'.' if not values else ':' + values + '.'}"
    return " ".join([told, *change.also])


def _code(text: str) -> str:
    return f"`{text.replace('`', ' ')}`"
