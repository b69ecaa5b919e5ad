"""What the tests of this folder compare, made once for all of them."""

from __future__ import annotations

from functools import cache

from scripts.common.layout import Vendor
from scripts.evidence_coverage.fact import Fact
from scripts.evidence_coverage.hold import holds
from scripts.evidence_coverage.judge import Coverage, compare
from scripts.evidence_coverage.read import Evidence, evidence_file, read_evidence
from scripts.evidence_coverage.subject import Operation, find_operations
from scripts.spec.effective import Effective, make_effective


@cache
def effective_of(vendor: Vendor) -> Effective:
    """Return the effective spec."""
    return make_effective(vendor)


@cache
def evidence_of(vendor: Vendor) -> list[Evidence]:
    """Return what the evidence says of every operation."""
    return read_evidence(evidence_file(vendor))


@cache
def coverage_of(vendor: Vendor) -> Coverage:
    """Return the comparison of the two."""
    return compare(vendor.slug, evidence_of(vendor), effective_of(vendor))


def names_of(vendor: Vendor) -> dict[str, str]:
    """Return the operationId of each operation by its name in the evidence, found by method and path where the page prints no id."""
    source = find_operations(effective_of(vendor).source)
    by_place = {(operation.method, operation.path): name for name, operation in source.items()}
    own = [item for item in evidence_of(vendor) if not item.catalogued]
    return {item.name: item.operation_id or by_place[item.method, item.path] for item in own}


@cache
def facts_of(vendor: Vendor) -> list[tuple[Operation, Fact]]:
    """Return every fact with the operation of the effective spec it is told of."""
    final, names = find_operations(effective_of(vendor).document), names_of(vendor)
    return [(final[names[item.name]], fact) for item in evidence_of(vendor) for fact in item.facts]


@cache
def held_by(vendor: Vendor) -> list[Fact]:
    """Return the facts that the effective spec has as they are."""
    return [fact for operation, fact in facts_of(vendor) if holds(operation, fact)]
