"""The comparison with the evidence sees what is wrong: every fact, turned into another, no longer holds; planted faults are found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.common.layout import Vendor, find_vendors
from scripts.common.problems import PipelineError
from scripts.common.yaml_io import load_yaml
from scripts.evidence_coverage.fact import Fact
from scripts.evidence_coverage.hold import holds
from scripts.evidence_coverage.judge import compare
from scripts.evidence_coverage.read import Evidence, read_evidence
from scripts.evidence_coverage.schema_checks import types
from scripts.evidence_coverage.subject import Operation, find_operations, find_subject
from scripts.spec.effective import Effective, is_download
from scripts.spec.overlay import Action, apply_overlay
from tests.specs.evidence.made import coverage_of, effective_of, evidence_of, facts_of, held_by, names_of

INVENTED = "Invented"


def elsewhere(fact: Fact) -> Fact | None:
    """Return the fact told of something that does not exist."""
    if not fact.subject or fact.kind == "security" or fact.value is False or fact.attribute == "status inferred":
        return None
    *way, last = fact.subject
    if last == "[]":
        return replace(fact, subject=(*way[:-1], way[-1] + INVENTED, last)) if way and way[-1] != "[]" else None
    if fact.kind == "reply":
        return replace(fact, subject=("299", *way)) if not way else None
    return replace(fact, subject=(*way, last + INVENTED))


# Another value for each attribute, wrong wherever the true one holds.
OTHER: dict[str, Callable[[Any], Any]] = {
    "method": lambda value: "TRACE",
    "path": lambda value: f"{value}/nowhere",
    "grade": lambda value: "inferred" if value != "inferred" else "stated",
    "source": lambda value: "98765-98766",
    "alternative": lambda value: "/nowhere",
    "alternatives at least": lambda value: value + 20,
    "roles": lambda value: (*value, "ROLE_INVENTED"),
    "alternatives": lambda value: (*value, INVENTED),
    "kind": lambda value: "bearer" if value == "none" else "none",
    "type": lambda value: ("geometry",),
    "allows": lambda value: "geometry",
    "variants": lambda value: tuple(f"{INVENTED}{number} kind" for number in range(12)),
    "enum": lambda value: (*value, INVENTED),
    "inconsistencies": lambda value: (*value, "X-999"),
    "default in words": lambda value: "another sentence entirely, elsewhere written",
    "lowest version": lambda value: value + 1,
    "number in words": lambda value: value + 70,
    "pagination": lambda value: "cursor-links" if value != "cursor-links" else "laravel-links-meta",
    "default": lambda value: f"{value}{INVENTED}",
    "minLength": lambda value: value + 1,
    "maxLength": lambda value: value + 1,
    "minItems": lambda value: value + 1,
    "maxItems": lambda value: value + 1,
    "minimum": lambda value: value + 1,
    "minProperties": lambda value: value + 1,
    **{
        name: lambda value: not value
        for name in ("required", "deprecated", "newer", "reason", "explode", "end announced")
    },
    **{
        name: lambda value: INVENTED
        for name in ("grade confidence", "method confidence", "path confidence", "confidence")
    },
    **{name: lambda value: INVENTED for name in ("format", "pattern", "schema", "sample", "media type", "style")},
}
# Nothing but there or not there, or a statement without a value: the planted faults below take care of them.
WITHOUT = {
    "there",
    "absent",
    "body not documented",
    "status inferred",
    "marked as inferred",
    "one of several",
    "uniqueItems",
}


def test_every_attribute_has_another_value(evidence: list[Evidence]) -> None:
    """The tests below leave out no attribute the evidence has."""
    attributes = {fact.attribute for item in evidence for fact in item.facts}
    assert attributes - set(OTHER) - WITHOUT == set()


def test_facts_of_something_else_do_not_hold(vendor: Vendor, effective: Effective) -> None:
    """A fact about a parameter, member, reply, tag or header that does not exist is never there."""
    told = [(operation, other) for operation, fact in facts_of(vendor) if (other := elsewhere(fact)) is not None]
    assert [str(other) for operation, other in told if holds(operation, other)] == []
    assert len(told) > len(effective.operations)


def test_facts_with_another_value_do_not_hold(vendor: Vendor, effective: Effective) -> None:
    """A fact with a wrong value is never there."""
    told = [
        (operation, replace(fact, value=OTHER[fact.attribute](fact.value)))
        for operation, fact in facts_of(vendor)
        if fact.attribute in OTHER and holds(operation, fact) and not is_open(operation, fact)
    ]
    assert [str(other) for operation, other in told if holds(operation, other)] == []
    assert len(told) > len(effective.operations)


def is_open(operation: Operation, fact: Fact) -> bool:
    """Tell whether no value could be wrong: any type is allowed, an alternative has no path, several replies are meant."""
    if fact.attribute == "allows":
        return any("any" in types(node) for node in find_subject(operation, fact))
    if fact.attribute == "required" and fact.subject[:1] == ("failure",):  # the label of the status is lost
        return True
    return fact.attribute == "alternative" and not fact.value.startswith("/")


def planted() -> list[Any]:
    """Read the planted faults: a change of an effective spec, written as an overlay action, and the fact it breaks."""
    page = Path(__file__).with_name("planted.yaml")
    return [pytest.param(case, id=case["missing"]) for case in load_yaml(page, name=page.name)]


@pytest.mark.parametrize("case", planted())
def test_planted_fault_is_found(case: dict[str, Any]) -> None:
    """A spec with one thing missing or wrong is short of exactly the fact that says so, perhaps with others that depend on it."""
    vendor = find_vendors([case["vendor"]])[0]
    if is_download(vendor):
        pytest.skip("the source is the vendor's own file; the faults are planted in the transcription")
    action = Action("planted.yaml", 1, case["target"], ("planted",), "A planted fault.", "none", case)
    faulty, _ = apply_overlay(effective_of(vendor).document, [action])
    operations, names = find_operations(faulty), names_of(vendor)
    lost = {
        f"{fact.operation}: {fact.kind} {fact.name}: {fact.attribute}"
        for fact in held_by(vendor)
        if not holds(operations[names[fact.operation]], fact)
    }
    assert case["missing"] in lost
    assert len(lost) <= case.get("with", 12)


def test_planted_fault_is_missing_not_corrected() -> None:
    """The whole comparison calls a planted fault missing, though an action of the overlays acts on the same operation."""
    vendor = find_vendors(["stampede"])[0]
    effective, evidence = effective_of(vendor), evidence_of(vendor)
    document = copy.deepcopy(effective.document)
    document["paths"]["/v1/guests"]["get"]["parameters"].pop(0)
    faulty = compare(vendor.slug, evidence, replace(effective, document=document))
    missing = [item.fact for item in faulty.results if item.outcome == "missing"]
    assert {(fact.operation, fact.subject) for fact in missing} == {("listGuests", ("search",))}


def test_operation_left_out_is_missing() -> None:
    """An operation the spec has not is missing with every fact, and one the evidence has not is named."""
    vendor = find_vendors(["stamps"])[0]
    effective, evidence = effective_of(vendor), evidence_of(vendor)
    document = copy.deepcopy(effective.document)
    document["paths"]["/api/stamps/new"] = {"post": {"operationId": "invented", "responses": {}}}
    del document["paths"]["/api/stamps/add"]
    faulty = compare(vendor.slug, evidence, replace(effective, document=document))
    facts = next(len(item.facts) for item in evidence if item.name == "addStamps")
    missing = [item for item in faulty.results if item.outcome != "there"]
    assert sum(item.fact.operation == "addStamps" and item.outcome == "missing" for item in missing) >= facts - 2
    assert faulty.unknown == ("invented",)


def test_correction_is_the_action_that_changed_the_fact() -> None:
    """Of many actions on one operation, the one that changed the fact gives the number."""
    vendor = find_vendors(["stampede"])[0]
    found = {
        (item.fact.attribute, item.fact.value): item.numbers
        for item in coverage_of(vendor).results
        if item.fact.operation == "listGuests" and item.fact.subject == ("limit",) and item.outcome == "corrected"
    }
    assert found == {("type", ("string",)): ("S-16",), ("format", "date"): ("S-16",)}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"colour": "red"}, "the member 'colour'"),
        ({"query": [{"name": "a", "type": "string", "shape": "round"}]}, "the member 'shape'"),
        ({"query": [{"name": "a", "type": "strings and numbers"}]}, "the type 'strings and numbers'"),
        ({"responses": {"200": {"fields": {"a": "text"}}}}, "the type 'text'"),
        ({"responses": {"200": {"sound": "loud"}}}, "the member of a reply 'sound'"),
        ({"response": {"documented": True, "sample": "object", "sound": "loud"}}, "the member of a reply 'sound'"),
        ({"request_body": {"content_type": "application/json", "weight": 3}}, "the member of a body 'weight'"),
    ],
)
def test_unknown_evidence_is_refused(entry: dict[str, Any], message: str) -> None:
    """Evidence in a form that no check knows stops the comparison instead of going unread."""
    with pytest.raises(PipelineError) as caught:
        read_evidence([{"id": "getIt", "method": "GET", "path": "/it", **entry}])
    assert message in str(caught.value)
