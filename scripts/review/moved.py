"""Write the text of an issue when a fetch replaced a vendor's source: what moved, and what a maintainer does next."""

from __future__ import annotations

from scripts.common.layout import Vendor
from scripts.common.report import console
from scripts.review.base import base_tree, changed_files, resolve_base
from scripts.review.markdown import inline, shorten
from scripts.review.side import Side, load_side
from scripts.review.wire import compare_wire

_SHOWN = 40
_ISSUE = """\
# {vendor}: the vendor's file moved

{record}
Operations: {before} before, {now} now.
On the wire: {breaking} breaking and {compatible} compatible changes.
Overlay actions: {apply} apply, {lost} do not.
{lists}
## What to do

1. `nox -s fetch -- {vendor}`, and commit the untouched file alone.
2. `nox -s reconcile -- {vendor}`, read its report, review the grades.
3. Correct or drop the overlay actions above.
4. `nox -s regenerate validate review -- {vendor}`, and a fragment for the changelog.
"""


def write_issue(before: Side, after: Side, *, reconciled: str = "") -> str:
    """Return the Markdown of the issue."""
    vendor = after.vendor.slug
    changes = [change for change in compare_wire(vendor, before.document, after.document) if not change.editorial]
    lost = [step.error for step in after.steps if step.status != "applied"]
    breaking = sum(change.breaks for change in changes)
    told = [f"{'**breaks** ' if change.breaks else ''}{inline(change.message)}" for change in changes]
    text = _ISSUE.format(
        vendor=vendor,
        record=_record(before, after),
        before=len(before.operations),
        now=len(after.operations),
        breaking=breaking,
        compatible=len(changes) - breaking,
        apply=len(after.steps) - len(lost),
        lost=len(lost),
        lists=_list("Changes", told) + _list("Overlay actions that do not apply", [inline(error) for error in lost]),
    )
    if reconciled:
        text += f"\n<details>\n<summary>Report of `reconcile`</summary>\n\n{reconciled.strip()}\n\n</details>\n"
    return text


def _list(title: str, lines: list[str]) -> str:
    shown = lines[:_SHOWN] + ([f"… and {len(lines) - _SHOWN} more."] if len(lines) > _SHOWN else [])
    return "\n".join(["", f"## {title}", "", *(f"- {line}" for line in shown), ""]) if lines else ""


def _record(before: Side, after: Side) -> str:
    records = [side.provenance for side in (before, after)]
    old, new = (
        f"{record.kind} of {record.retrieved} (`{record.sha256.get('openapi.yaml', '')[:12]}`)" if record else "unknown"
        for record in records
    )
    return f"Source: {old} before, {new} now."


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
    path = root / "build" / "reconcile" / vendor.slug / "report.md"
    reconciled = path.read_text(encoding="utf-8") if path.is_file() else ""
    with base_tree(commit, root=root) as base:
        text = write_issue(load_side(Vendor(vendor.slug, base)), load_side(vendor), reconciled=reconciled)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(shorten(text), encoding="utf-8")
    console.print(f"{vendor.slug}: the source moved; build/review/{target.name} written.")
