"""The preview of a vendor: its reference page, with what changed against the base noted where it acts."""

from __future__ import annotations

from scripts.common.document import split_pointer
from scripts.reference.notes import Note
from scripts.reference.python_calls import read_calls
from scripts.reference.render import render
from scripts.review.model import Change, VendorReview
from scripts.review.side import Side


def write_preview(review: VendorReview, after: Side) -> str:
    """Return the page of one vendor; it loads nothing from anywhere."""
    changes = [change for change in review.changes if not change.editorial]
    changes.sort(key=lambda change: (-change.impact, change.layer != "spec", change.id))
    return render(
        after.document,
        slug=after.vendor.slug,
        calls=read_calls(after.vendor.generated / after.vendor.client_package),
        steps=after.steps,
        changes=None if review.state == "added" else [_note(change) for change in changes],
    )


def _note(change: Change) -> Note:
    kind = "breaks" if change.breaks else ("new" if change.rule.endswith("-added") else "changed")
    return Note(_place(change), kind, "", (), " ".join([change.message, *change.also]))


def _place(change: Change) -> tuple[str | int, ...]:
    """Return the place of a pointer: below lists the steps are numbers."""
    lists = ("parameters", "allOf", "oneOf", "anyOf", "prefixItems")
    parts = split_pointer(change.pointer)
    return tuple(
        int(part) if part.isdigit() and index and parts[index - 1] in lists else part
        for index, part in enumerate(parts)
    )
