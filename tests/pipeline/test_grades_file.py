"""`specs/<vendor>/grades.yaml` raises grades of the effective spec, and says what is wrong with itself."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from scripts.common.layout import Vendor
from scripts.common.problems import PipelineError
from scripts.spec.grades import apply_grades, dump_grades, load_grades

SEEN = {
    "method": "observed",
    "path": "observed",
    "observed": {"capture": "0" * 64, "host": "api.example.com", "date": "2026-11-28", "count": 14},
}
INFERRED = {"method": "inferred", "path": "inferred", "confidence": "low", "source": "a page", "reason": "by its title"}


@pytest.fixture
def vendor(tmp_path: Path) -> Vendor:
    """Return a vendor that has a folder and no file of grades."""
    vendor = Vendor("acme", tmp_path)
    vendor.specs.mkdir(parents=True)
    return vendor


def document() -> dict[str, Any]:
    """Return an effective spec of one inferred operation."""
    return {"paths": {"/users": {"get": {"x-provenance": copy.deepcopy(INFERRED)}}}}


def test_an_entry_replaces_the_members_it_gives(vendor: Vendor) -> None:
    """What the file gives goes over what the source says; the rest stays; without the file nothing changes."""
    plain = document()
    apply_grades(plain, vendor)
    assert plain == document()
    vendor.grades.write_text(dump_grades({"GET /users": SEEN}, slug="acme"))
    raised = document()
    apply_grades(raised, vendor)
    assert raised["paths"]["/users"]["get"]["x-provenance"] == {**INFERRED, **SEEN}


def test_names_every_grade_without_an_operation(vendor: Vendor) -> None:
    """Entries that the effective spec has no operation for are all named at once."""
    vendor.grades.write_text(dump_grades({"GET /gone": SEEN, "PUT /users": SEEN}, slug="acme"))
    with pytest.raises(PipelineError) as caught:
        apply_grades(document(), vendor)
    text = str(caught.value)
    assert "specs/acme/grades.yaml: GET /gone is no operation" in text
    assert "PUT /users is no operation" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- GET /a\n", "the file is not a mapping of operations"),
        ("get /a: {}\n", "'get /a' is not an operation"),
        ("GET /a: {}\n", "the members of 'GET /a' are not those of x-provenance"),
        ("GET /a: {note: n}\n", "the members of 'GET /a' are not those of x-provenance"),
        ("GET /a: {method: sure}\n", "'GET /a' has the method 'sure'"),
        ("GET /a: {method: observed}\n", "'GET /a' is observed, but does not say where"),
        ("GET /a: {observed: {host: h}}\n", "'GET /a', observed: "),
    ],
)
def test_refuses_broken_grades(text: str, message: str, tmp_path: Path) -> None:
    """A file of grades that a hand has broken is named with its place."""
    path = tmp_path / "grades.yaml"
    path.write_text(text)
    with pytest.raises(PipelineError, match=f"specs/acme/grades.yaml: {message}"):
        load_grades(path, name="specs/acme/grades.yaml")
