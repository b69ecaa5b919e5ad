"""The specs of the repository keep the rules they are written by."""

from __future__ import annotations

from pathlib import Path

from jsonschema import Draft202012Validator

from scripts.common.document import operations, walk_schemas
from scripts.common.jsonpath import show_place
from scripts.common.layout import Vendor
from scripts.spec.bundle import bundle
from scripts.spec.effective import Effective, is_download
from scripts.spec.normalise import normalise
from scripts.validate import validate


def test_committed_spec_is_what_the_sources_give(vendor: Vendor, effective: Effective) -> None:
    """The effective spec in the repository is byte for byte what source and overlays give."""
    committed = (vendor.generated / "openapi.yaml").read_text(encoding="utf-8")
    assert effective.text == committed, f"run `nox -s regenerate -- {vendor.slug}`"


def test_validate_finds_nothing(vendor: Vendor) -> None:
    """The spec is valid and ready, its grades, hashes and counts are true, and its ledger is complete."""
    entries, faults, _ = validate(vendor)
    assert faults == []
    assert entries != []


def test_every_property_is_described(effective: Effective) -> None:
    """A property says what it is, or is a reference to a schema that does."""
    missing = [
        f"{show_place(place)}, {name}"
        for place, schema in walk_schemas(effective.document)
        if isinstance(schema, dict) and place[-1] not in ("if", "then", "else", "not")  # conditions, not members
        for name, part in (schema.get("properties") or {}).items()
        if "$ref" not in part and not part.get("description")
    ]
    assert missing == []


def test_every_component_is_described(effective: Effective) -> None:
    """A named schema says what it is, so that a bare reference to it needs no words."""
    schemas = effective.document["components"]["schemas"]
    missing = [name for name, schema in schemas.items() if "$ref" not in schema and not schema.get("description")]
    assert missing == []


def test_defaults_fit_their_schemas(effective: Effective) -> None:
    """A default is a value its schema allows; the linter says so of examples."""
    schemas = ((place, node) for place, node in walk_schemas(effective.document) if isinstance(node, dict))
    wrong = [
        show_place(place)
        for place, node in schemas
        if "default" in node and "$ref" not in node and not Draft202012Validator(node).is_valid(node["default"])
    ]
    assert wrong == []


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
