"""Every fact of the evidence is in the effective spec, or an overlay action corrects it by its number."""

from __future__ import annotations

import re
from collections import Counter

from scripts.common.layout import Vendor, find_vendors
from scripts.evidence_coverage.fact import Result
from scripts.evidence_coverage.judge import Coverage
from scripts.evidence_coverage.read import Evidence
from scripts.evidence_coverage.subject import find_operations
from scripts.spec.effective import Effective
from scripts.spec.ledger import evidence_numbers
from tests.specs.evidence.made import names_of

OPERATIONS = {"orderingstack": 31, "pepper": 172, "stampede": 20, "stamps": 3}
CATALOGUED = {"stamps": 117}
# Corrections after which something printed is gone: wrong names, families of names, a class name as a tag, a member no sample has.
# A new one belongs here only if the page is wrong about it.
TAKEN_AWAY = {"O-24", "P-01", "P-02", "P-03", "P-12", "P-14", "T-01"}


def corrected(coverage: Coverage) -> list[Result]:
    """Return the named exceptions."""
    return [result for result in coverage.results if result.outcome == "corrected"]


def test_no_fact_is_missing(coverage: Coverage) -> None:
    """The effective spec says all that the evidence says; the list names what it does not."""
    assert [f"{item.fact}, found {item.found}" for item in coverage.results if item.outcome == "missing"] == []


def test_no_operation_is_added(coverage: Coverage) -> None:
    """The spec has no operation the evidence does not know."""
    assert coverage.unknown == ()


def test_all_operations_are_compared(vendor: Vendor, coverage: Coverage) -> None:
    """Each operation of the evidence has facts, and each of the spec is compared."""
    assert len({item.fact.operation for item in coverage.results}) == OPERATIONS[vendor.slug]
    assert coverage.catalogued == CATALOGUED.get(vendor.slug, 0)


def test_exceptions_name_known_inconsistencies(vendor: Vendor, coverage: Coverage) -> None:
    """The numbers of the named exceptions stand in the evidence."""
    known = set(evidence_numbers(vendor.evidence.read_text(encoding="utf-8")))
    assert [str(item.fact) for item in corrected(coverage) if not item.numbers or not set(item.numbers) <= known] == []


def references(node: object) -> set[str]:
    """Collect every component that a part of a document refers to."""
    if isinstance(node, dict):
        own = {str(node["$ref"])} if "$ref" in node else set()
        return own.union(*map(references, node.values()))
    return set().union(*map(references, node)) if isinstance(node, list) else set()


def parts(document: dict[str, object], path: str, method: str) -> set[str]:
    """Return an operation as pointers: its own place and every component it reaches."""
    paths, components = document["paths"], document["components"]
    assert isinstance(paths, dict)
    assert isinstance(components, dict)
    found: set[str] = set()
    waiting = references(paths[path].get(method.lower())) | references(paths[path].get("parameters"))
    while waiting:
        pointer = waiting.pop()
        if pointer not in found:
            found.add(pointer)
            kind, name = pointer.split("/")[2:4]
            waiting |= references(components[kind][name])
    return found | {f"#/paths/{path}", f"#/paths/{path}/{method.lower()}"}


def test_exceptions_name_an_action_that_touches_the_operation(
    vendor: Vendor, effective: Effective, coverage: Coverage
) -> None:
    """An action with one of the numbers acts on the operation or on a component it refers to; read from the places it matched."""
    touched: dict[str, set[str]] = {}
    for applied in effective.applied:
        for place in applied.places:
            spots = {"#/" + "/".join(map(str, place[:size])) for size in range(2, 4)}
            for number in applied.action.ids:
                touched.setdefault(number, set()).update(spots)
    before, after = find_operations(effective.source), find_operations(effective.document)
    names = names_of(vendor)
    shared = {"#/components/schemas", "#/components/parameters"}  # an action on one of them adds or removes a component
    untouched = []
    for item in corrected(coverage):
        name = names[item.fact.operation]
        own = parts(effective.source, before[name].path, before[name].method)
        own |= parts(effective.document, after[name].path, after[name].method)
        if not any(touched.get(number, set()) & (own | shared) for number in item.numbers):
            untouched.append(f"{item.fact}: {item.numbers}")
    assert untouched == []


def test_little_is_taken_away(coverage: Coverage) -> None:
    """What an overlay corrects stays there in another form; the few names that go are listed above."""
    gone = [item for item in corrected(coverage) if item.fact.attribute == "there" and item.fact.value is True]
    assert [f"{item.fact}: {item.numbers}" for item in gone if not set(item.numbers) & TAKEN_AWAY] == []


# Counted on the text, without YAML and without the reader: an expression, and the facts it must be outnumbered by.
COUNTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "operations": (r"^ {2}method: ", ("method",)),
    "paths": (r"^ {2}path: ", ("path",)),
    "grades": (r"^ {2}grade: ", ("grade",)),
    "parameters and members": (r"^\s*- \{?name: ", ("there",)),
    "required or not": (r"\brequired: ", ("required",)),
    "limits of length": (r"\bm(?:in|ax)Length: ", ("minLength", "maxLength")),
    "limits of lists": (r"\bm(?:in|ax)Items: ", ("minItems", "maxItems")),
    "minima": (r"\bminimum: ", ("minimum",)),
    "patterns": (r"\bpattern: ", ("pattern",)),
    "lists of values": (r"\b(?:items_)?enum:", ("enum",)),
    "formats": (r"\bformat: ", ("format",)),
    "defaults": (r"\bdefault(?:_as_printed)?: ", ("default", "default in words")),
    "printed values": (r", e\.g\. ", ("sample",)),
    "types": (
        r"[\w\]?\"'](?<!reasoning): [\"'(]*(?:string|number|boolean|object|array|integer|any|Array|Date)\b",
        ("type", "allows", "variants"),
    ),
    "lines of the page": (r"^ {2}seed_lines:", ("source",)),
    "deprecations": (r"\bdeprecated: ", ("deprecated",)),
    "lists of inconsistencies": (r"^ {2}issues: \[", ("inconsistencies",)),
    "alternatives": (r"^ {2}alternatives:(?! \[])", ("alternatives at least",)),
    "versions": (r"\bx_api_version: ", ("lowest version", "number in words")),
}


def own_text(vendor: Vendor) -> str:
    """Return the file of operations as text, without the operations that are catalogued only."""
    page = vendor.evidence.with_name(f"{vendor.slug}-operations.yaml")
    entries = re.split(r"^(?=- )", page.read_text(encoding="utf-8"), flags=re.M)
    return "".join(entry for entry in entries if entry.startswith("- ") and "depth: compact" not in entry)


def test_as_many_facts_as_the_text_has(vendor: Vendor, coverage: Coverage) -> None:
    """No kind of fact is overlooked: the text, counted line by line, never has more of a kind than was compared."""
    text = own_text(vendor)
    facts = Counter(item.fact.attribute for item in coverage.results)
    too_few = {}
    for what, (expression, attributes) in COUNTS.items():
        counted = len(re.findall(expression, text, flags=re.M))
        compared = sum(facts[name] for name in attributes)
        if compared < counted:
            too_few[what] = (compared, counted)
    assert too_few == {}


def test_counting_finds_something() -> None:
    """No expression of the count above is blind: each finds its kind in one vendor's text at least."""
    text = "".join(map(own_text, find_vendors()))
    assert [what for what, (expression, _) in COUNTS.items() if not re.search(expression, text, flags=re.M)] == []


def test_tags_are_counted(vendor: Vendor, evidence: list[Evidence]) -> None:
    """Each tag an operation is printed under is a fact, the second one of a repeated operation included."""
    tags = Counter(fact.subject[0] for item in evidence for fact in item.facts if fact.kind == "tag")
    assert sum(tags.values()) == {"orderingstack": 37, "pepper": 193}.get(vendor.slug, 0)
