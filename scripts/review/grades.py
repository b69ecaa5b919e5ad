"""What changed in the evidence: grades of operations and parts, numbered inconsistencies, the record of the source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.common.document import join_pointer, operations, walk
from scripts.review.model import Change, Impact
from scripts.review.side import Side
from scripts.review.subjects import name_part
from scripts.spec.grades import CONFIDENCES, GRADES

_RANKS = {word: rank for words in (GRADES, CONFIDENCES) for rank, word in enumerate(words)}
_TREATED = frozenset({"overlay", "source", "client", "none"})
_RECORD = ("kind", "retrieved", "reviewed", "download", "terms")


def compare_evidence(vendor: str, before: Side, after: Side) -> list[Change]:
    """Return grades that moved, numbers newly treated or reopened, and changes of the source's record."""
    return [
        *_operation_grades(vendor, before, after),
        *_part_grades(vendor, before, after),
        *_ledger(vendor, before, after),
        *_record(vendor, before, after),
    ]


def _operation_grades(vendor: str, before: Side, after: Side) -> Iterator[Change]:
    old = {operation.get("operationId"): operation for _, _, operation in operations(before.document)}
    for method, path, operation in operations(after.document):
        earlier = old.get(operation.get("operationId"))
        if earlier is None:
            continue
        was, now = earlier.get("x-provenance") or {}, operation.get("x-provenance") or {}
        pointer = join_pointer(("paths", path, method.lower()))
        for member in ("method", "path", "confidence"):
            if was.get(member) != now.get(member):
                yield _grade(
                    vendor, str(operation.get("operationId")), member, was.get(member), now.get(member), pointer
                )
        if was.get("source") != now.get("source") and all(
            was.get(member) == now.get(member) for member in ("method", "path", "confidence")
        ):
            name = str(operation.get("operationId"))
            yield Change(
                vendor=vendor,
                layer="evidence",
                rule="source-changed",
                subject=name,
                message=f"`{name}`: another source is cited.",
                impact=Impact.NONE,
                before=str(was.get("source", "")),
                after=str(now.get("source", "")),
                pointer=pointer,
                editorial=True,
            )


def _part_grades(vendor: str, before: Side, after: Side) -> Iterator[Change]:
    old, new = _confidences(before.document), _confidences(after.document)
    for subject in dict.fromkeys([*new, *old]):
        was, now = old.get(subject, ("", ""))[0], new.get(subject, ("", ""))[0]
        if was != now and subject in old and subject in new:
            yield _grade(vendor, subject, "confidence", was, now, new[subject][1])


def _confidences(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return subject → (`x-confidence`, pointer) for every part of a document that has one."""
    found: dict[str, tuple[str, str]] = {}
    for place, _, node in walk(document):
        if isinstance(node, dict) and isinstance(node.get("x-confidence"), str):
            pointer = join_pointer(place)
            found[name_part(pointer, document)] = (node["x-confidence"], pointer)
    return found


def _grade(vendor: str, subject: str, member: str, was: Any, now: Any, pointer: str) -> Change:
    rank = _RANKS.get(str(now), -1) - _RANKS.get(str(was), -1)
    direction = "raised" if rank > 0 else "lowered"
    return Change(
        vendor=vendor,
        layer="evidence",
        rule=f"grade-{direction}",
        subject=subject,
        detail=f"{member} {was}->{now}",
        message=f"`{subject}`: {member} {was or 'ungraded'} → {now or 'ungraded'} ({direction}).",
        impact=Impact.NONE,
        before=str(was or ""),
        after=str(now or ""),
        pointer=pointer,
    )


def _ledger(vendor: str, before: Side, after: Side) -> Iterator[Change]:
    old, new = ({entry.number: entry for entry in side.ledger} for side in (before, after))
    for number in dict.fromkeys([*new, *old]):
        was, now = (entry.treatment if (entry := entries.get(number)) else "" for entries in (old, new))
        if was == now:
            continue
        if now in _TREATED:
            rule, words = (
                ("number-treated", "newly treated") if was not in _TREATED else ("number-moved", "treated elsewhere")
            )
        else:
            rule, words = (
                ("number-reopened", "reopened")
                if was in _TREATED
                else ("number-changed", "new and open" if now else "gone from the evidence")
            )
        yield Change(
            vendor=vendor,
            layer="evidence",
            rule=rule,
            subject=number,
            detail=f"{was or 'absent'}->{now or 'absent'}",
            message=f"{number}: {words} ({was or 'not listed'} → {now or 'not listed'}).",
            impact=Impact.NONE,
            before=was,
            after=now,
        )


def _record(vendor: str, before: Side, after: Side) -> Iterator[Change]:
    if before.provenance is None or after.provenance is None:
        return
    for member in _RECORD:
        was, now = str(getattr(before.provenance, member)), str(getattr(after.provenance, member))
        if was != now:
            yield Change(
                vendor=vendor,
                layer="evidence",
                rule="record-changed",
                subject=f"provenance.{member}",
                detail=f"{was}->{now}",
                message=f"provenance.toml: `{member}` {was or 'empty'} → {now or 'empty'}.",
                impact=Impact.NONE,
                before=was,
                after=now,
            )
