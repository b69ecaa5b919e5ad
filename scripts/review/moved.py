"""Write the text of an issue when a fetch replaced a vendor's source: what moved, and what a maintainer does next."""

from __future__ import annotations

from collections import Counter

from scripts.common.layout import Vendor
from scripts.common.report import console
from scripts.review.base import base_tree, changed_files, resolve_base
from scripts.review.markdown import inline, shorten
from scripts.review.model import Change
from scripts.review.side import Side, load_side
from scripts.review.wire import compare_wire

_SHOWN = 40


def write_issue(before: Side, after: Side, *, reconciled: str = "") -> str:
    """Return the Markdown of the issue."""
    vendor = after.vendor.slug
    changes = [change for change in compare_wire(vendor, before.document, after.document) if not change.editorial]
    lost = [step for step in after.steps if step.status != "applied"]
    counts = Counter(_word(change) for change in changes)
    lines = [
        f"# {vendor}: the vendor's file moved",
        "",
        _record(before, after),
        f"Operations: {len(before.operations)} before, {len(after.operations)} now.",
        "On the wire: "
        + (", ".join(f"{count} {word}" for word, count in sorted(counts.items())) or "nothing changed")
        + ".",
        f"Overlay actions: {len(after.steps) - len(lost)} apply, {len(lost)} do not.",
        "",
    ]
    if changes:
        lines += [
            "## Changes",
            "",
            *(f"- {'**breaks** ' if item.breaks else ''}{inline(item.message)}" for item in changes[:_SHOWN]),
        ]
        lines += [f"- … and {len(changes) - _SHOWN} more."] if len(changes) > _SHOWN else []
        lines += [""]
    if lost:
        lines += ["## Overlay actions that do not apply", "", *(f"- {inline(step.error)}" for step in lost[:_SHOWN])]
        lines += [f"- … and {len(lost) - _SHOWN} more."] if len(lost) > _SHOWN else []
        lines += [""]
    lines += [
        "## What to do",
        "",
        f"1. `nox -s fetch -- {vendor}`, and commit the untouched file alone.",
        f"2. `nox -s reconcile -- {vendor}`, read its report, review the grades.",
        "3. Correct or drop the overlay actions above.",
        f"4. `nox -s regenerate validate review -- {vendor}`, and a fragment for the changelog.",
        "",
    ]
    if reconciled:
        lines += ["<details>", "<summary>Report of `reconcile`</summary>", "", reconciled.strip(), "", "</details>", ""]
    return "\n".join(lines)


def _word(change: Change) -> str:
    return "breaking" if change.breaks else "compatible"


def _record(before: Side, after: Side) -> str:
    old, new = before.provenance, after.provenance
    if old is None or new is None:
        return "The record of the source cannot be read."
    hashes = [record.sha256.get("openapi.yaml", "")[:12] for record in (old, new)]
    return f"Source: {old.kind} of {old.retrieved} (`{hashes[0]}`) before, {new.kind} of {new.retrieved} (`{hashes[1]}`) now."


def report_moved(vendor: Vendor) -> None:
    """Write `build/review/moved-<vendor>.md` when the vendor's source is not the committed one, and nothing otherwise.

    Raises:
        PipelineError: the vendor cannot be read on one of the sides.
    """
    root = vendor.root
    commit = resolve_base("HEAD", root=root)
    target = root / "build" / "review" / f"moved-{vendor.slug}.md"
    target.unlink(missing_ok=True)
    changed = changed_files(commit, f"specs/{vendor.slug}", root=root)
    if not [name for name in changed if not name.endswith("grades.yaml")]:
        console.print(f"{vendor.slug}: the source is the committed one.")
        return
    reconciled = root / "build" / "reconcile" / vendor.slug / "report.md"
    with base_tree(commit, root=root) as base:
        text = write_issue(
            load_side(Vendor(vendor.slug, base)),
            load_side(vendor),
            reconciled=reconciled.read_text(encoding="utf-8") if reconciled.is_file() else "",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(shorten(text), encoding="utf-8")
    console.print(f"{vendor.slug}: the source moved; build/review/{target.name} written.")
