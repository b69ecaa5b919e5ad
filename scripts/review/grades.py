"""What changed in the evidence: grades of operations and parts, numbered inconsistencies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.common.document import join_pointer, mapping, operations, walk
from scripts.common.names import known_id
from scripts.review.model import Change, Impact
from scripts.review.side import Side
from scripts.review.subjects import name_part
from scripts.spec.grades import CONFIDENCES, GRADES

_RANKS = {word: rank for words in (GRADES, CONFIDENCES) for rank, word in enumerate(words)}
_TREATED = frozenset({"overlay", "source", "client", "none"})
_GRADES = ("method", "path", "confidence")


def compare_evidence(vendor: str, before: Side, after: Side) -> list[Change]:
    """Return grades that moved, numbers newly treated or reopened."""
    return [
        *_operation_grades(vendor, before, after),
        *_part_grades(vendor, before, after),
        *_ledger(vendor, before, after),
    ]


def _operation_grades(vendor: str, before: Side, after: Side) -> Iterator[Change]:
    old = {known_id(operation): operation for _, _, operation in operations(before.document)}
    for method, path, operation in operations(after.document):
        name = known_id(operation)
        if name not in old:
            continue
        was, now = mapping(old[name].get("x-provenance")), mapping(operation.get("x-provenance"))
        pointer = join_pointer(("paths", path, method.lower()))
        for member in _GRADES:
            if was.get(member) != now.get(member):
                yield _grade(vendor, name, member, was.get(member), now.get(member), pointer)


def _part_grades(vendor: str, before: Side, after: Side) -> Iterator[Change]:
    old, new = _confidences(before.document), _confidences(after.document)
    for subject, (now, pointer) in new.items():
        if subject in old and old[subject][0] != now:
            yield _grade(vendor, subject, "confidence", old[subject][0], now, pointer)


def _confidences(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return subject → (`x-confidence`, pointer) for every part of a document that has one."""
    found: dict[str, tuple[str, str]] = {}
    for place, _, node in walk(document):
        if isinstance(node, dict) and isinstance(node.get("x-confidence"), str):
            pointer = join_pointer(place)
            found[name_part(pointer, document)] = (node["x-confidence"], pointer)
    return found


def _grade(vendor: str, subject: str, member: str, was: Any, now: Any, pointer: str) -> Change:
    direction = "raised" if _RANKS.get(str(now), -1) > _RANKS.get(str(was), -1) else "lowered"
    message = f"`{subject}`: {member} {was or 'ungraded'} → {now or 'ungraded'} ({direction})."
    rule, detail = f"grade-{direction}", f"{member} {was}->{now}"
    return _change(vendor, rule, subject, message, was, now, detail=detail, pointer=pointer)


def _ledger(vendor: str, before: Side, after: Side) -> Iterator[Change]:
    old, new = ({entry.number: entry.treatment for entry in side.ledger} for side in (before, after))
    for number in dict.fromkeys([*new, *old]):
        was, now = old.get(number, ""), new.get(number, "")
        if was == now:
            continue
        rule, words = {
            (False, True): ("number-treated", "newly treated"),
            (True, True): ("number-moved", "treated elsewhere"),
            (True, False): ("number-reopened", "reopened"),
            (False, False): ("number-changed", "new and open" if now else "gone from the evidence"),
        }[was in _TREATED, now in _TREATED]
        message = f"{number}: {words} ({was or 'not listed'} → {now or 'not listed'})."
        yield _change(vendor, rule, number, message, was, now, detail=f"{was or 'absent'}->{now or 'absent'}")


def _change(vendor: str, rule: str, subject: str, message: str, was: Any, now: Any, **more: Any) -> Change:
    old, new = str(was or ""), str(now or "")
    return Change(vendor, "evidence", rule, subject, message, Impact.NONE, before=old, after=new, **more)
