"""Say of every fact: there, corrected by which overlay action, or missing.

The action that corrects a fact is found by applying the actions one after the other: it is the last one after which the fact
no longer holds, though it held before, or the one that brought in what the page leaves out, in another form than the evidence has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from scripts.common.jsonpath import Place
from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.evidence_coverage.fact import Fact, Result
from scripts.evidence_coverage.hold import found, holds
from scripts.evidence_coverage.read import Evidence, evidence_file, read_evidence
from scripts.evidence_coverage.subject import Operation, find_operations, find_subject, reachable
from scripts.spec.effective import Effective, is_download, make_effective
from scripts.spec.overlay import Action, Applied, apply_overlay


@dataclass(frozen=True)
class Coverage:
    """Hold the results of one vendor, the operations the evidence lists without details, and those of the spec it does not know."""

    vendor: str
    results: tuple[Result, ...]
    catalogued: int
    unknown: tuple[str, ...]


def cover(vendor: Vendor) -> Coverage:
    """Compare the evidence of one vendor with its effective spec.

    Raises:
        PipelineError: the evidence has a form no check knows, or the source is no longer the transcription.
    """
    if is_download(vendor):
        raise PipelineError(
            "the source is the vendor's own file, not the transcription of the evidence",
            where=vendor.show(vendor.provenance),
            todo=f"Compare the two with `nox -s reconcile -- {vendor.slug}`.",
        )
    return compare(vendor.slug, read_evidence(evidence_file(vendor)), make_effective(vendor))


def compare(vendor: str, evidence: list[Evidence], effective: Effective) -> Coverage:
    """Compare evidence with an effective spec."""
    source, final = find_operations(effective.source), find_operations(effective.document)
    ids = {(operation.method, operation.path): name for name, operation in source.items()}
    results: list[Result] = []
    open_facts: list[tuple[str, Fact]] = []
    known = set()
    for item in evidence:
        name = item.operation_id or ids.get((item.method, item.path), "")
        known.add(name)
        if item.catalogued:
            continue
        for fact in item.facts:
            if name in final and holds(final[name], fact):
                results.append(Result(fact, "there"))
            else:
                open_facts.append((name, fact))
    corrected = _correctors(effective, open_facts)
    for name, fact in open_facts:
        action = corrected.get((name, fact))
        instead = found(final[name], fact) if name in final else "no such operation"
        if action:
            results.append(Result(fact, "corrected", action.ids, action.where, instead))
        else:
            results.append(Result(fact, "missing", found=instead))
    catalogued = sum(item.catalogued for item in evidence)
    return Coverage(vendor, tuple(results), catalogued, tuple(sorted(set(final) - known)))


def _correctors(effective: Effective, facts: Iterable[tuple[str, Fact]]) -> dict[tuple[str, Fact], Action]:
    """Find the action that changed each of these facts; one that never held, nor was brought in by an action, has none."""
    document: Any = effective.source
    source, final = find_operations(document), find_operations(effective.document)
    before = {key: _state(source, *key) for key in facts}
    reached = {name: reachable(source.get(name)) | reachable(final.get(name)) for name, _ in before}
    parts = {key: reached[key[0]] for key in before}
    result: dict[tuple[str, Fact], Action] = {}
    for batch, owners in _batches(effective.applied, parts):
        document, _ = apply_overlay(document, batch)
        operations = find_operations(document)
        for key, action in owners.items():
            there, held = before[key]
            now = before[key] = _state(operations, *key)
            if held and not now[1]:
                result[key] = action
            elif now[0] and not there and not now[1]:
                result.setdefault(key, action)
    return result


def _batches(
    applied: Iterable[Applied], parts: dict[tuple[str, Fact], frozenset[Place]]
) -> Iterator[tuple[list[Action], dict[tuple[str, Fact], Action]]]:
    """Cut the actions into batches in which no fact has two actions that act on its operation, so that a change has one author."""
    batch: list[Action] = []
    owners: dict[tuple[str, Fact], Action] = {}
    for item in applied:
        touched = [key for key, own in parts.items() if _touches(item, own)]
        if not owners.keys().isdisjoint(touched):
            yield batch, owners
            batch, owners = [], {}
        batch.append(item.action)
        owners.update(dict.fromkeys(touched, item.action))
    if batch:
        yield batch, owners


def _touches(applied: Applied, parts: frozenset[Place]) -> bool:
    """Tell whether an action acts on one of these parts, inside one, or on what holds one."""
    return any(
        place[:size] in parts or any(part[:size] == place for part in parts)
        for place in applied.places
        for size in [_size(place)]
    )


def _size(place: Place) -> int:
    return min(len(place), 2 if place[:1] == ("paths",) else 3)


def _state(operations: dict[str, Operation], name: str, fact: Fact) -> tuple[bool, bool]:
    """Tell whether the subject of a fact is there, and whether the fact holds."""
    operation = operations.get(name)
    if operation is None:
        return False, False
    return bool(find_subject(operation, fact)), holds(operation, fact)
