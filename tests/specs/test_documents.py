"""The specs of the repository keep the rules they are written by."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from scripts.common.document import is_data, mapping, operations, walk_schemas
from scripts.common.jsonpath import show_place
from scripts.common.layout import Vendor
from scripts.common.names import module_name
from scripts.generate.package_check import called_operations
from scripts.spec.bundle import bundle
from scripts.spec.effective import Effective, is_download
from scripts.spec.ledger import make_ledger
from scripts.spec.normalise import normalise
from scripts.spec.provenance import check_hashes, read_provenance
from scripts.spec.readiness import check_readiness
from scripts.spec.structure import check_structure


def test_committed_spec_is_what_the_sources_give(vendor: Vendor, effective: Effective) -> None:
    """The effective spec in the repository is byte for byte what source and overlays give."""
    committed = (vendor.generated / "openapi.yaml").read_text(encoding="utf-8")
    assert effective.text == committed, f"run `nox -s regenerate -- {vendor.slug}`"


def test_structure(effective: Effective) -> None:
    """The effective spec is valid OpenAPI 3.1."""
    assert check_structure(effective.document) == []


def test_readiness(effective: Effective) -> None:
    """The generator carries all of the effective spec."""
    assert [str(finding) for finding in check_readiness(effective.document)] == []


def test_operation_ids_are_unique_in_python(effective: Effective) -> None:
    """No two operations have one Python name."""
    counts = Counter(module_name(operation["operationId"]) for _, _, operation in effective.operations)
    assert {name: count for name, count in counts.items() if count > 1} == {}


def test_number_of_operations_is_recorded(vendor: Vendor, effective: Effective) -> None:
    """The provenance records how many operations the spec has."""
    assert len(effective.operations) == read_provenance(vendor).operations


def test_package_has_exactly_these_operations(vendor: Vendor, effective: Effective) -> None:
    """The generated client calls the methods and paths of the spec, none less and none more."""
    expected = {(method, path) for method, path, _ in effective.operations}
    assert expected == called_operations(vendor.generated / vendor.client_package)


def test_ledger_is_complete(vendor: Vendor, effective: Effective) -> None:
    """Each inconsistency that concerns an operation is treated, or says why not."""
    entries, faults = make_ledger(vendor, [item.action for item in effective.applied], effective.document)
    assert faults == []
    assert entries != []


def test_hashes_are_true(vendor: Vendor) -> None:
    """A downloaded source is byte for byte what was downloaded."""
    assert [str(mismatch) for mismatch in check_hashes(vendor)] == []


def test_every_property_is_described(effective: Effective) -> None:
    """A property says what it is, or is a reference to a schema that does."""
    missing = [
        f"{show_place(place)}, {name}"
        for place, schema in walk_schemas(effective.document)
        if not {"if", "then", "else", "not"} & set(place)
        for name, part in (mapping(schema).get("properties") or {}).items()
        if "$ref" not in part and not part.get("description")
    ]
    assert missing == []


def test_every_component_is_described(effective: Effective) -> None:
    """A named schema says what it is, so that a bare reference to it needs no words."""
    schemas = effective.document["components"]["schemas"]
    missing = [name for name, schema in schemas.items() if "$ref" not in schema and not schema.get("description")]
    assert missing == []


def test_every_parameter_is_described(effective: Effective) -> None:
    """A parameter says what it does, in operations, path items and components."""
    missing: list[str] = []

    def walk(node: object, place: tuple[str | int, ...]) -> None:
        if is_data(place):
            return
        if isinstance(node, dict):
            parameter = "name" in node and "in" in node and "schemes" not in str(place[-2:-1]).lower()
            if parameter and not node.get("description"):
                missing.append(show_place(place))
            for key, value in node.items():
                walk(value, (*place, key))
        elif isinstance(node, list):
            for index, value in enumerate(node):
                walk(value, (*place, index))

    walk(effective.document, ())
    assert missing == []


def test_every_operation_has_a_summary(effective: Effective) -> None:
    """An operation says in one line what it does."""
    summaries = {f"{method} {path}": operation.get("summary") or "" for method, path, operation in effective.operations}
    assert [place for place, text in summaries.items() if not text.strip() or "\n" in text] == []


def yaml_files(vendor: Vendor) -> list[Path]:
    """List the source and overlay files that we write ourselves."""
    sources = [] if is_download(vendor) else vendor.source_files()
    return [*sources, *vendor.overlays(), *([vendor.ledger] if vendor.ledger.is_file() else [])]


def test_lines_fit_a_review(vendor: Vendor) -> None:
    """No line of a spec or overlay is longer than 140 columns."""
    assert [
        f"{vendor.show(path)}:{number}"
        for path in yaml_files(vendor)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 140
    ] == []


def test_operations_are_written_in_one_order(vendor: Vendor) -> None:
    """Members and statuses of an operation stand in the source as in the effective spec: diffs of both look alike."""
    if is_download(vendor):
        return
    source = bundle(vendor.source)
    ordered = operations(normalise(source))
    for (method, path, before), (_, _, after) in zip(operations(source), ordered, strict=True):
        assert list(after) == list(before), f"{method} {path}"
        assert list(after.get("responses", {})) == list(before.get("responses", {})), f"{method} {path}"
