"""What reconciling found and did, as Markdown for a person, and as a few lines."""

from __future__ import annotations

from collections import Counter

from scripts.reconcile.match import Match, Single
from scripts.reconcile.operation import Operation
from scripts.reconcile.plan import Plan

Rows = list[tuple[str, ...]]


def as_markdown(plan: Plan) -> str:
    """Return the page for the maintainer: first what is left to a person, then everything that was decided."""
    origin = plan.record.origin or plan.record.received or plan.record.download
    head = f"Vendor's file: {origin}, retrieved {plan.record.retrieved}. {summary(plan)}"
    parts = [f"# {plan.vendor.slug}: the vendor's file and the transcription\n\n{head}\n"]
    for title, columns, rows in _tables(plan):
        if rows:
            ruler = "|".join(" --- " for _ in columns.split(" | "))
            parts += [f"## {title} ({len(rows)})\n\n| {columns} |\n|{ruler}|"]
            parts += [
                "| " + " | ".join(" ".join(cell.split()).replace("|", r"\|") for cell in row) + " |" for row in rows
            ]
            parts += [""]
    return "\n".join(parts)


def _tables(plan: Plan) -> list[tuple[str, str, Rows]]:
    """Return title, columns and rows of each table."""
    matches = plan.matching.matches
    elsewhere = [
        (_key(m.before), f"{m.grade('method')} / {m.grade('path')}", _key(m.after), _by(m)) for m in matches if m.wrong
    ]
    members = [
        (_key(m.after), _code(*sorted(theirs - ours)), _code(*sorted(ours - theirs)))
        for m in matches
        if (theirs := m.after.given) != (ours := m.before.given)
    ]
    actions = [
        (_code(move.action.where), move.fate, _code(*(body["target"] for body in move.actions)) or move.reason)
        for move in plan.moves
        if move.fate != "kept"
    ]
    return [
        ("Left to a person", "what", [(doubt,) for doubt in plan.doubts]),
        ("Other methods and paths", "transcription | grade | vendor | matched by", [*elsewhere]),
        ("Parameters and body members", "operation | only vendor | only transcription", [*members]),
        ("Only in the transcription", "operation | resembles", _resembling(plan.matching.only_before)),
        ("Only in the vendor's file", "operation | resembles", _resembling(plan.matching.only_after)),
        ("Overlay actions", "action | fate | targets or reason", [*actions]),
    ]


def summary(plan: Plan) -> str:
    """Return the counts in one line."""
    matches = plan.matching.matches
    right = sum(not match.wrong for match in matches)
    fates = Counter(move.fate for move in plan.moves)
    return (
        f"{right} of {len(matches)} matched operations right, {len(plan.matching.only_before)} only transcribed, "
        f"{len(plan.matching.only_after)} only in the vendor's file; overlay actions: {fates['kept']} kept, {fates['moved']} moved, "
        f"{fates['dropped']} dropped; names kept: {len(plan.names.operations)} operations, {len(plan.names.schemas)} schemas; "
        f"left to a person: {len(plan.doubts)}."
    )


def _resembling(singles: tuple[Single, ...]) -> Rows:
    return [
        (_key(single.operation), ", ".join(f"{_key(other)} ({likeness:.2f})" for other, likeness in single.candidates))
        for single in singles
    ]


def _key(operation: Operation) -> str:
    return _code(f"{operation.method} {operation.base}{operation.path}")


def _by(match: Match) -> str:
    return f"{match.by} {match.likeness:.2f}" if match.by == "likeness" else match.by


def _code(*texts: str) -> str:
    return ", ".join(f"`{text}`" for text in texts if text)
